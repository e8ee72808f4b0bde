"""Rankings read from the tallies. Ties share a place; names obey consent (Shanghai volunteer regulation, Art 12).

A tally carries the division where its subject was at home when it last changed, so a person who moves is ranked in
the new neighbourhood from the next hour given there. Nothing here reads a whole ranking: a page is a stretch of an
index, and how many are before it is counted from the bands (activities/bands.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet, Sum
from django.db.models.functions import Left

from accounts.models import Division, Organisation, Studio, Volunteer
from activities.bands import people_above
from activities.beside import Beside, beside
from activities.models import Tally
from activities.rules import period_start

PER_PAGE = 50
MOST_PAGES = 20  # a reader leafs through the first thousand; everybody else finds their own line
SUBDISTRICT_DIGITS = 9
__all__ = [
    "RankingLine",
    "own_place",
    "people_ranked",
    "period_start",
    "ranked",
    "ranking_page",
    "shown_lines",
    "tally_minutes",
]
Subject = Tally.Subject


@dataclass(frozen=True)
class RankingLine:
    """One line as it may be shown to everybody; `minutes` are not rounded."""

    place: int
    subject_id: int
    name: str
    detail: str
    minutes: int
    services: int
    beside: Beside | None = None


@dataclass(frozen=True)
class Standing:
    """What a subject has given in the period, before it has a place and a name."""

    subject_id: int
    minutes: int
    services: int


def ranked(*, subject_kind: str, period: str, day: date, division_code: str) -> "QuerySet[Tally, Tally]":
    """The tallies of a ranking, most minutes first; whoever has none is not in it. Subdistricts have no rows."""
    rows = Tally.objects.filter(
        subject_kind=subject_kind,
        period=period,
        period_starts_on=period_start(period, day),
        minutes__gt=0,
    ).order_by("-minutes", "subject_id")
    if len(division_code) > SUBDISTRICT_DIGITS:
        return rows.filter(division_code=division_code)
    if len(division_code) == SUBDISTRICT_DIGITS:
        # A subdistrict is a good part of the district: reading by minutes and leaving out the others finds a page
        # sooner than sorting all of it, which the planner would do if it could use the prefix.
        return rows.alias(subdistrict=Left("division_code", SUBDISTRICT_DIGITS)).filter(
            subdistrict=division_code
        )
    return rows.filter(division_code__startswith=division_code)


def _subdistricts(*, period: str, day: date, division_code: str) -> list[Standing]:
    """All subdistricts of the area, summed from their neighbourhoods: some hundred rows."""
    rows = (
        ranked(subject_kind=Subject.DIVISION, period=period, day=day, division_code=division_code)
        .annotate(subdistrict=Left("division_code", SUBDISTRICT_DIGITS))
        .order_by()
        .values("subdistrict")
        .annotate(given=Sum("minutes"), times=Sum("services"))
        .order_by("-given", "subdistrict")
    )
    return [Standing(int(row["subdistrict"]), row["given"], row["times"]) for row in rows]


def people_ranked(*, subject_kind: str, period: str, day: date, division_code: str) -> int:
    """How many lines the whole ranking has."""
    if subject_kind == Subject.VOLUNTEER:
        starts_on = period_start(period, day)
        return people_above(period=period, starts_on=starts_on, division_code=division_code, minutes=0)
    if subject_kind == Subject.SUBDISTRICT:
        return len(_subdistricts(period=period, day=day, division_code=division_code))
    return ranked(subject_kind=subject_kind, period=period, day=day, division_code=division_code).count()


class _Counted(Paginator):  # type: ignore[type-arg]
    """Pages of a ranking whose length is known without counting rows; no more than MOST_PAGES of them."""

    def __init__(self, rows: object, per_page: int, count: int) -> None:
        super().__init__(rows, per_page)  # type: ignore[arg-type]
        self._known = min(count, per_page * MOST_PAGES)

    @property
    def count(self) -> int:
        return self._known


def ranking_page(
    *, subject_kind: str, period: str, day: date, division_code: str, page: int | str = 1
) -> Page[RankingLine]:
    """A page of the ranking as it stands now, with lines that may be shown. At most six queries, whatever the size."""
    rows: Sequence[Standing] | QuerySet[Tally, Tally]
    if subject_kind == Subject.SUBDISTRICT:
        rows = _subdistricts(period=period, day=day, division_code=division_code)
        count = len(rows)
    else:
        rows = ranked(subject_kind=subject_kind, period=period, day=day, division_code=division_code)
        count = people_ranked(subject_kind=subject_kind, period=period, day=day, division_code=division_code)
    found = _Counted(rows, PER_PAGE, count).get_page(page)
    shown = [Standing(row.subject_id, row.minutes, row.services) for row in found.object_list]
    before = 0
    if shown and found.number > 1 and not isinstance(rows, list):
        before = rows.filter(minutes__gt=shown[0].minutes).count()
    lines = shown_lines(subject_kind, shown, before=before, start=found.start_index())
    more = beside(
        subject_kind,
        [line.subject_id for line in lines],
        period=period,
        starts_on=period_start(period, day),
    )
    lines = [replace(line, beside=more.get(line.subject_id)) for line in lines]
    return Page(lines, found.number, found.paginator)


def shown_lines(
    subject_kind: str, rows: Sequence[Standing | Tally], *, before: int = 0, start: int = 1
) -> list[RankingLine]:
    """Places and names for consecutive rows of a ranking.

    `start` is the position of the first row in the whole order, `before` how many have more minutes than it.
    """
    names = _names(subject_kind, [row.subject_id for row in rows])
    lines: list[RankingLine] = []
    for position, row in enumerate(rows, start):
        ties = bool(lines) and lines[-1].minutes == row.minutes
        place = lines[-1].place if ties else position if lines else before + 1
        name, detail = names.get(row.subject_id, ("", ""))
        lines.append(RankingLine(place, row.subject_id, name, detail, row.minutes, row.services))
    return lines


def own_place(*, volunteer: Volunteer, period: str, day: date, division_code: str) -> RankingLine | None:
    """The volunteer's own line, under the own name; None without minutes there in that period. Two queries."""
    tallies = ranked(subject_kind=Subject.VOLUNTEER, period=period, day=day, division_code=division_code)
    own = tallies.filter(subject_id=volunteer.pk).order_by().first()
    if own is None:
        return None
    above = people_above(
        period=period, starts_on=own.period_starts_on, division_code=division_code, minutes=own.minutes
    )
    return RankingLine(above + 1, volunteer.pk, str(volunteer), "", own.minutes, own.services)


def tally_minutes(*, subject_kind: str, subject_id: int, period: str, day: date) -> int:
    """Minutes of one subject in the period that `day` is in. A division counts its whole subtree."""
    found = Tally.objects.filter(
        subject_kind=subject_kind, period=period, period_starts_on=period_start(period, day)
    )
    if subject_kind == Subject.DIVISION:
        found = found.filter(division_code__startswith=str(subject_id))
    else:
        found = found.filter(subject_id=subject_id)
    return found.aggregate(minutes=Sum("minutes"))["minutes"] or 0


def _names(subject_kind: str, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Name and where at home, by id; a volunteer without consent is told by surname only, without a place."""
    if subject_kind == Subject.STUDIO:
        studios = Studio.objects.filter(pk__in=ids).select_related("division")
        return {studio.pk: (studio.name, studio.division.name) for studio in studios}
    if subject_kind == Subject.UNIT:
        units = Organisation.objects.filter(pk__in=ids).select_related("division")
        return {unit.pk: (unit.name, unit.division.name) for unit in units}
    if subject_kind in (Subject.DIVISION, Subject.SUBDISTRICT):
        divisions = Division.objects.filter(pk__in=[str(code) for code in ids]).select_related("parent")
        return {
            int(division.code): (division.name, division.parent.name if division.parent else "")
            for division in divisions
        }
    volunteers = Volunteer.objects.filter(pk__in=ids).select_related("user", "home_division__parent")
    return {
        volunteer.pk: (str(volunteer.public_name), _home(volunteer) if volunteer.publishes_name else "")
        for volunteer in volunteers
    }


def _home(volunteer: Volunteer) -> str:
    """The subdistrict: near enough to be proud of, too wide to find a door."""
    home = volunteer.home_division
    if home.level == Division.Level.NEIGHBOURHOOD and home.parent is not None:
        return home.parent.name
    return home.name
