"""Rankings read from the tallies. Ties share a place; names obey consent (Shanghai volunteer regulation, Art 12).

A tally carries the division where its subject was at home when it last changed, so a person who moves is ranked in
the new neighbourhood from the next hour given there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet, Sum

from accounts.models import Division, Studio, Volunteer
from activities.models import Tally
from activities.rules import period_start

PER_PAGE = 50
__all__ = [
    "RankingLine",
    "own_place",
    "period_start",
    "ranked",
    "ranking_page",
    "shown_lines",
    "tally_minutes",
]


@dataclass(frozen=True)
class RankingLine:
    """One line as it may be shown to everybody; `minutes` are not rounded."""

    place: int
    subject_id: int
    name: str
    detail: str
    minutes: int
    services: int


def ranked(*, subject_kind: str, period: str, day: date, division_code: str) -> "QuerySet[Tally, Tally]":
    """The tallies of a ranking, most minutes first; whoever has none is not in it."""
    return Tally.objects.filter(
        subject_kind=subject_kind,
        period=period,
        period_starts_on=period_start(period, day),
        division_code__startswith=division_code,
        minutes__gt=0,
    ).order_by("-minutes", "subject_id")


def ranking_page(
    *, subject_kind: str, period: str, day: date, division_code: str, page: int | str = 1
) -> Page[RankingLine]:
    """A page of the ranking as it stands now, with lines that may be shown. Four queries, whatever the size."""
    tallies = ranked(subject_kind=subject_kind, period=period, day=day, division_code=division_code)
    found = Paginator(tallies, PER_PAGE).get_page(page)
    rows = list(found.object_list)
    before = tallies.filter(minutes__gt=rows[0].minutes).count() if rows and found.number > 1 else 0
    lines = shown_lines(subject_kind, rows, before=before, start=found.start_index())
    return Page(lines, found.number, found.paginator)  # type: ignore[arg-type]


def shown_lines(
    subject_kind: str, rows: Sequence[Tally], *, before: int = 0, start: int = 1
) -> list[RankingLine]:
    """Places and names for consecutive tallies of a ranking.

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
    """The volunteer's own line, under the own name; None without minutes there in that period."""
    tallies = ranked(
        subject_kind=Tally.Subject.VOLUNTEER, period=period, day=day, division_code=division_code
    )
    own = tallies.filter(subject_id=volunteer.pk).first()
    if own is None:
        return None
    place = tallies.filter(minutes__gt=own.minutes).count() + 1
    return RankingLine(place, volunteer.pk, str(volunteer), "", own.minutes, own.services)


def tally_minutes(*, subject_kind: str, subject_id: int, period: str, day: date) -> int:
    """Minutes of one subject in the period that `day` is in. A division counts its whole subtree."""
    found = Tally.objects.filter(
        subject_kind=subject_kind, period=period, period_starts_on=period_start(period, day)
    )
    if subject_kind == Tally.Subject.DIVISION:
        found = found.filter(division_code__startswith=str(subject_id))
    else:
        found = found.filter(subject_id=subject_id)
    return found.aggregate(minutes=Sum("minutes"))["minutes"] or 0


def _names(subject_kind: str, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Name and where at home, by id; a volunteer without consent is told by surname only, without a place."""
    if subject_kind == Tally.Subject.STUDIO:
        studios = Studio.objects.filter(pk__in=ids).select_related("division")
        return {studio.pk: (studio.name, studio.division.name) for studio in studios}
    if subject_kind == Tally.Subject.DIVISION:
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
