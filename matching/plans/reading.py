"""The plan as the page shows it: for each need who is proposed and why, what stays empty and what would fill it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from accounts.models import Studio, User, Volunteer
from matching.models import Offer, PlanRun, ServiceRequest
from matching.plans.board import thinks_about
from matching.plans.gaps import what_would_fill, why_empty
from matching.plans.picture import picture_of
from matching.plans.solving import Changes, Solved
from matching.plans.studios import is_thinking
from matching.plans.words import difference_words
from matching.problem import asks_of, distance_steps
from matching.services.plans import Current, changes_of
from matching.studios import ask_of
from matching.words import why

RUNS_SHOWN = 7


Provider = Volunteer | Studio


@dataclass(frozen=True)
class Planned:
    """One person, or one studio, in the plan of one need."""

    who: Provider
    key: int  # of the volunteer; a studio: minus its id
    reasons: list[str]
    percent: int  # estimated chance of a yes
    distance_m: int | None
    is_kept: bool
    offer_status: str  # "" for somebody who was not asked yet

    @property
    def is_new(self) -> bool:
        return not self.offer_status

    @property
    def is_studio(self) -> bool:
        return self.key < 0


@dataclass(frozen=True)
class PlanRow:
    need: ServiceRequest
    people: list[Planned]
    left_out: list[tuple[int, Provider]]
    empty: int
    why: list[str]
    help: list[str]

    @property
    def new(self) -> int:
        return sum(person.is_new for person in self.people)

    @property
    def is_sensitive(self) -> bool:
        return self.need.household.is_sensitive


@dataclass(frozen=True)
class Measure:
    """What of a plan can be told: metres in steps of 500, expected yeses, empty places, people who are asked anew."""

    metres: int
    yeses: float
    empty: int
    asks: int

    def over(self, other: Measure) -> list[str]:
        return difference_words(
            metres=self.metres - other.metres,
            yeses=self.yeses - other.yeses,
            empty=self.empty - other.empty,
            asks=self.asks - other.asks,
        )


def measure(solved: Solved) -> Measure:
    board, metres, yeses, asks = solved.board, 0, 0.0, 0
    for at, (need, pool) in enumerate(zip(board.needs, board.pools, strict=True)):
        rows = np.array(solved.rows_of(at), np.int64)
        metres += sum(step or 0 for step in distance_steps(need, board.people, rows))
        asks += int((~thinks_about(need, board.people)[rows]).sum())
        yeses += float(pool.probability[np.isin(pool.people, rows)].sum())
        for week in solved.studios_of(at):
            ask = ask_of(need, week.provider)
            metres += ask.distance_m or 0
            yeses += ask.probability
            asks += not is_thinking(need, week.provider)
    return Measure(metres, yeses, int(solved.plan.unfilled.sum()), asks)


def page_of(current: Current) -> dict[str, Any]:
    """The context of the page; a few more queries, whatever the number of needs."""
    solved, changes = current.chosen, changes_of(current.draft)
    names = named({key for _need, key in (*solved.pairs(), *changes.forbidden)})
    rows = [row_of(current, changes, at, names) for at in range(len(solved.board.needs))]
    return {
        "current": current,
        "stand": solved.board.stand,
        "rows": rows,
        "new": sum(row.new for row in rows),
        "sendable": sum(row.new > 0 for row in rows),
        "places": sum(row.need.free for row in rows),
        "planned": len(solved.plan.pairs),
        "empty": int(solved.plan.unfilled.sum()),
        "changes": len(changes.pinned) + len(changes.forbidden),
        "difference": measure(solved).over(measure(current.best)) if changes else [],
        "picture": picture_of(solved),
    }


def named(keys: Iterable[int]) -> dict[int, Provider]:
    """Volunteers and studios by key."""
    wanted = list(keys)
    people = Volunteer.objects.select_related("user").in_bulk([key for key in wanted if key > 0])
    studios = Studio.objects.in_bulk([-key for key in wanted if key < 0])
    return {**people, **{-pk: studio for pk, studio in studios.items()}}


def row_of(current: Current, changes: Changes, at: int, names: dict[int, Provider]) -> PlanRow:
    solved = current.chosen
    board, need = solved.board, solved.board.needs[at]
    pk, empty = need.request.pk, int(solved.plan.unfilled[at])
    left_out = [key for request, key in sorted(changes.forbidden) if request == pk]
    people = _people(solved, changes, at, names)
    why_lines: list[str] = []
    help_lines: list[str] = []
    if empty:
        found = current.draft.because.get(str(pk), {})
        pool = set(board.people.ids[board.pools[at].people].tolist())
        elsewhere = (pool & {key for _need, key in solved.pairs()}) - {person.key for person in people}
        why_lines = why_empty(
            need,
            found,
            needed_elsewhere=len(elsewhere - set(left_out)),
            left_out=len(pool & set(left_out)),
        )
        help_lines = what_would_fill(need, found, empty=empty)
    return PlanRow(
        need=need.request,
        people=people,
        left_out=[(key, names[key]) for key in left_out if key in names],
        empty=empty,
        why=why_lines,
        help=help_lines,
    )


def _people(solved: Solved, changes: Changes, at: int, names: dict[int, Provider]) -> list[Planned]:
    board, need = solved.board, solved.board.needs[at]
    rows = np.array(solved.rows_of(at), np.int64)
    asks = asks_of(need, board.people, rows, board.model, now=board.now) if len(rows) else []
    asks += [ask_of(need, week.provider) for week in solved.studios_of(at)]
    status = {offer.key: offer.status for offer in need.live}
    return [
        Planned(
            who=names[ask.key],
            key=ask.key,
            reasons=why(Offer(reasons=ask.reasons)),
            percent=round(100 * ask.probability),
            distance_m=ask.distance_m,
            is_kept=(need.request.pk, ask.key) in changes.pinned,
            offer_status=status.get(ask.key, ""),
        )
        for ask in asks
        if ask.key in names
    ]


def runs_for(user: User) -> Sequence[PlanRun]:
    """The last plannings of the divisions that this person works for."""
    codes = user.scope_codes
    runs = PlanRun.objects.filter(division__in=codes).select_related("division", "made_by")
    return list(runs[:RUNS_SHOWN])
