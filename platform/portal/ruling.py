"""What rules say, how they differ, and what a change would have done to last year's records."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.rules import URGENCIES, rule_fields
from accounts.models import RuleSet
from accounts.working_days import working_days_after
from core.codes import Skill

Word = str | Promise
DAYS = 365
# One pass over last year's records of the area; each figure is a rule seen in what really happened.
STARS = """
SELECT count(*) FILTER (WHERE minutes >= %s * 60) FROM activities_tally
WHERE subject_kind = 'volunteer' AND period = 'all' AND division_code LIKE %s
"""
CAPPED = """
SELECT count(*) FILTER (WHERE minutes > %(cap)s), coalesce(sum(greatest(minutes - %(cap)s, 0)), 0) FROM (
    SELECT volunteer_id, date_trunc(%(unit)s, starts_at AT TIME ZONE %(zone)s) AS span, sum(minutes) AS minutes
    FROM activities_servicerecord
    WHERE division_id LIKE %(below)s AND starts_at >= %(since)s GROUP BY 1, 2
) AS given
"""
ROUNDED = """
SELECT coalesce(sum(round(minutes::numeric / %s) * %s), 0), coalesce(sum(minutes), 0) FROM activities_servicerecord
WHERE division_id LIKE %s AND starts_at >= %s AND minutes > 0 AND reverses_id IS NULL
"""
LATE = """
SELECT count(*) FROM activities_signup s JOIN activities_shift h ON h.id = s.shift_id
JOIN activities_activity a ON a.id = h.activity_id
WHERE s.status = 'cancelled' AND a.division_id LIKE %s AND h.starts_at >= %s
  AND s.cancelled_at > h.starts_at - make_interval(hours => %s) AND s.cancelled_at <= h.starts_at
"""
RECORDED = """
SELECT (ends_at AT TIME ZONE %(zone)s)::date AS ended, (recorded_at AT TIME ZONE %(zone)s)::date AS recorded, count(*)
FROM activities_servicerecord
WHERE division_id LIKE %(below)s AND starts_at >= %(since)s AND reverses_id IS NULL AND revision = 0
GROUP BY 1, 2 HAVING (recorded_at AT TIME ZONE %(zone)s)::date > (ends_at AT TIME ZONE %(zone)s)::date
"""
YOUNG = """
SELECT count(DISTINCT r.volunteer_id) FROM activities_servicerecord r JOIN accounts_volunteer v ON v.id = r.volunteer_id
WHERE r.division_id LIKE %s AND r.starts_at >= %s AND v.born_on > (r.starts_at::date - make_interval(years => %s))
"""


@dataclass(frozen=True)
class Difference:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Effect:
    """A figure of last year, under the rules of today and under those that are asked about."""

    label: Word
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


def shown(name: str, value: Any) -> str:
    """A rule's value in words."""
    if isinstance(value, bool):
        return str(_("yes")) if value else str(_("no"))
    if isinstance(value, dict):
        return str(_(", ")).join(f"{URGENCIES.get(key, key)} {figure}" for key, figure in value.items())
    if name == "licensed_skills":
        labels = dict(Skill.choices)
        return str(_(", ")).join(str(labels.get(code, code)) for code in value) or "—"
    if isinstance(value, list):
        return str(_(", ")).join(str(part) for part in value) or "—"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value)


def differences(before: RuleSet | None, after: RuleSet) -> list[Difference]:
    """Every rule that the second says otherwise than the first."""
    if before is None:
        return []
    return [
        Difference(
            str(field.verbose_name),
            shown(field.name, getattr(before, field.name)),
            shown(field.name, getattr(after, field.name)),
        )
        for field in rule_fields()
        if getattr(before, field.name) != getattr(after, field.name)
    ]


@dataclass(frozen=True)
class Decided:
    """A rule set of the history with what it changed."""

    rules: RuleSet
    changes: list[Difference]
    is_in_force: bool
    is_to_come: bool


def history(codes: Sequence[str], today: date) -> list[Decided]:
    """Newest first; each compared with what held in its area the day before. Two queries for the whole page."""
    rows = list(RuleSet.objects.select_related("division", "decided_by").order_by("-effective_on", "-id"))
    seen = [row for row in rows if row.division is None or row.division_id.startswith(tuple(codes))]  # type: ignore[union-attr]
    return [
        Decided(
            rules=row,
            changes=differences(_before(row, rows), row),
            is_in_force=row.effective_on <= today and _latest(rows, row.division_id, today) == row,
            is_to_come=row.effective_on > today,
        )
        for row in seen
    ]


def _latest(rows: Sequence[RuleSet], division_id: str | None, day: date) -> RuleSet | None:
    return next((row for row in rows if row.division_id == division_id and row.effective_on <= day), None)


def _before(row: RuleSet, rows: Sequence[RuleSet]) -> RuleSet | None:
    """What held in the area the day before: its own rules, or those of the area around it."""
    day, code = row.effective_on - timedelta(days=1), row.division_id
    around: list[str | None] = [code[:length] for length in (12, 9, 6) if code and len(code) >= length]
    for area in dict.fromkeys([*around, None]):
        if found := _latest(rows, area, day):
            return found
    return None


def effects(before: RuleSet, after: RuleSet, code: str) -> list[Effect]:
    """Last year's records of the area under both. About a dozen queries, each over one area and one year."""
    old, new = dict(_figures(before, code)), dict(_figures(after, code))
    return [Effect(label, old[label], new[label]) for label in new]


def _figures(rules: RuleSet, code: str) -> Iterator[tuple[Word, str]]:
    now = timezone.now()
    since, below = now - timedelta(days=DAYS), f"{code}%"
    zone = timezone.get_current_timezone_name()
    for number, hours in enumerate(rules.star_hours, 1):
        people = _asked(STARS, [hours, below])[0][0]
        yield _("people with the hours for star %(number)s") % {"number": number}, str(people)
    rounded, exact = _asked(ROUNDED, [rules.rounding_minutes, rules.rounding_minutes, below, since])[0]
    yield gettext_lazy("hours as they are shown, all records together"), f"{float(rounded) / 60:.1f}"
    yield gettext_lazy("difference from the exact minutes (hours)"), f"{float(rounded - exact) / 60:+.1f}"
    for unit, cap, label in (
        ("day", rules.daily_cap_minutes, gettext_lazy("days on which somebody gave more than counts")),
        ("year", rules.yearly_cap_minutes, gettext_lazy("people who gave more in a year than counts")),
    ):
        asked = {"cap": cap or 2**30, "unit": unit, "zone": zone, "below": below, "since": since}
        yield label, str(_asked(CAPPED, asked)[0][0])
    yield (
        gettext_lazy("cancellations that were late"),
        str(_asked(LATE, [below, since, rules.late_cancel_hours])[0][0]),
    )
    overdue = _late_records({"zone": zone, "below": below, "since": since}, rules.record_working_days)
    yield gettext_lazy("records that were completed too late"), str(overdue)
    young = _asked(YOUNG, [below, since, rules.minimum_age])[0][0]
    yield gettext_lazy("people below the minimum age who served"), str(young)


def _asked(sql: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _late_records(asked: dict[str, str | datetime], working_days: int) -> int:
    late, last_days = 0, dict[date, date]()
    for ended, recorded, records in _asked(RECORDED, asked):
        if ended not in last_days:
            last_days[ended] = working_days_after(ended, working_days)
        late += records if recorded > last_days[ended] else 0
    return late
