"""What stands beside raw hours: how reliable somebody is, and for how many weeks in a row they have come.

Reliable is who comes when a place was promised: of the promises of a period that were kept, not kept or cancelled
late, the share that was kept. A streak is weeks in a row with service, up to the last week of the period that has any
right to be counted: the week that is still running does not break it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from activities.models import RankingRow, RankingSnapshot, SignUp, Tally
from activities.rules import next_period, period_start

FIRST = 1000  # lines of a snapshot that get both: as many as a reader can leaf through
WEEK = timedelta(days=7)
MOST_WEEKS = 104  # a longer streak is told as this
STREAKS = """
SELECT subject_id, array_agg(period_starts_on ORDER BY period_starts_on DESC)
FROM activities_tally
WHERE subject_kind = %s AND period = 'week' AND minutes > 0 AND subject_id = ANY(%s)
  AND period_starts_on BETWEEN %s AND %s
GROUP BY subject_id
"""


@dataclass(frozen=True)
class Beside:
    reliability: int | None  # percent; None without a promise in the period
    streak_weeks: int | None


def last_day_of(period: str, starts_on: date, today: date) -> date:
    """The last day of the period that has come."""
    return today if period == "all" else min(next_period(period, starts_on) - timedelta(days=1), today)


def streak_of(weeks: Sequence[date], last_day: date) -> int:
    """Weeks in a row, back from the week of `last_day` or the one before. `weeks` are Mondays, newest first."""
    this = period_start("week", last_day)
    if not weeks or weeks[0] < this - WEEK:
        return 0
    streak, expected = 0, weeks[0]
    for week in weeks:
        if week != expected:
            break
        streak, expected = streak + 1, week - WEEK
    return streak


def streaks(subject_kind: str, ids: Sequence[int], last_day: date) -> dict[int, int]:
    """One query, for the subjects of a page."""
    with connection.cursor() as cursor:
        cursor.execute(STREAKS, [subject_kind, list(ids), last_day - MOST_WEEKS * WEEK, last_day])
        return {subject: streak_of(weeks, last_day) for subject, weeks in cursor.fetchall()}


def reliabilities(ids: Sequence[int], first_day: date, last_day: date) -> dict[int, int]:
    """Percent of promises kept, for volunteers with a promise for a shift that is over. One query."""
    now = timezone.now()
    was = Q(status=SignUp.Status.CHECKED_OUT)
    broken = Q(status=SignUp.Status.SIGNED_UP) | Q(status=SignUp.Status.CANCELLED, is_late_cancel=True)
    rows = (
        SignUp.objects.filter(
            was | broken,
            volunteer__in=ids,
            shift__ends_at__lt=now,
            shift__starts_at__date__range=(first_day, last_day),
        )
        .values("volunteer")
        .annotate(kept=Count("pk", filter=was), promised=Count("pk"))
        .order_by()
    )
    return {row["volunteer"]: round(100 * row["kept"] / row["promised"]) for row in rows}


def beside(subject_kind: str, ids: Sequence[int], *, period: str, starts_on: date) -> dict[int, Beside]:
    """Both figures for the subjects of a page; a subdistrict has neither. Two queries."""
    if subject_kind == Tally.Subject.SUBDISTRICT or not ids:
        return {}
    last_day = last_day_of(period, starts_on, timezone.localdate())
    weeks = streaks(subject_kind, ids, last_day)
    kept = reliabilities(ids, starts_on, last_day) if subject_kind == Tally.Subject.VOLUNTEER else {}
    return {subject: Beside(kept.get(subject), weeks.get(subject, 0)) for subject in ids}


def note_beside(snapshot: RankingSnapshot) -> None:
    """Freeze both figures for the first lines of a snapshot."""
    rows = list(snapshot.rows.filter(position__lte=FIRST))
    found = beside(
        snapshot.subject_kind,
        [row.subject_id for row in rows],
        period=snapshot.period,
        starts_on=snapshot.period_starts_on,
    )
    for row in rows:
        if row.subject_id in found:
            row.reliability = found[row.subject_id].reliability
            row.streak_weeks = found[row.subject_id].streak_weeks
    RankingRow.objects.bulk_update(rows, ["reliability", "streak_weeks"], batch_size=500)
