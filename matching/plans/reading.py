"""The plan as the page shows it: for each need who is proposed and why, what stays empty and what would fill it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from accounts.models import User, Volunteer
from matching.models import Offer, PlanRun, ServiceRequest
from matching.plans.board import thinks_about
from matching.plans.gaps import what_would_fill, why_empty
from matching.plans.picture import picture_of
from matching.plans.solving import Changes, Solved, solve
from matching.plans.words import difference_words, why_not_words
from matching.problem import asks_of, distance_steps
from matching.services.plans import Current, changes_of, why_not
from matching.words import why

RUNS_SHOWN = 7
ALTERNATIVES = 6
FOUND_BY_NAME = 8


@dataclass(frozen=True)
class Planned:
    """One person in the plan of one need."""

    volunteer: Volunteer
    reasons: list[str]
    percent: int  # estimated chance of a yes
    distance_m: int | None
    is_kept: bool
    offer_status: str  # "" for somebody who was not asked yet

    @property
    def is_new(self) -> bool:
        return not self.offer_status


@dataclass(frozen=True)
class PlanRow:
    need: ServiceRequest
    people: list[Planned]
    left_out: list[Volunteer]
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
class Alternative:
    """Somebody else for a need: what choosing this person would cost, or why it cannot be."""

    volunteer: Volunteer
    reasons: list[str] = field(default_factory=list)
    percent: int = 0
    planned_for: ServiceRequest | None = None
    price: list[str] = field(default_factory=list)
    hindrances: list[str] = field(default_factory=list)
    cannot: str = ""


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
    return Measure(metres, yeses, int(solved.plan.unfilled.sum()), asks)


def page_of(current: Current) -> dict[str, Any]:
    """The context of the page; two more queries, whatever the number of needs."""
    solved, changes = current.chosen, changes_of(current.draft)
    names = volunteers_of({*_planned_ids(solved), *(volunteer for _need, volunteer in changes.forbidden)})
    rows = [_row(current, changes, at, names) for at in range(len(solved.board.needs))]
    return {
        "current": current,
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


def _planned_ids(solved: Solved) -> list[int]:
    return [int(solved.board.people.ids[row]) for row in solved.plan.pairs[:, 1]]


def volunteers_of(ids: Iterable[int]) -> dict[int, Volunteer]:
    return Volunteer.objects.select_related("user").in_bulk(list(ids))


def _row(current: Current, changes: Changes, at: int, names: dict[int, Volunteer]) -> PlanRow:
    solved = current.chosen
    board, need = solved.board, solved.board.needs[at]
    pk, empty = need.request.pk, int(solved.plan.unfilled[at])
    left_out = [volunteer for request, volunteer in sorted(changes.forbidden) if request == pk]
    people = _people(solved, changes, at, names)
    why_lines: list[str] = []
    help_lines: list[str] = []
    if empty:
        found = current.draft.because.get(str(pk), {})
        pool = set(board.people.ids[board.pools[at].people].tolist())
        elsewhere = (pool & set(_planned_ids(solved))) - {person.volunteer.pk for person in people}
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
        left_out=[names[volunteer] for volunteer in left_out if volunteer in names],
        empty=empty,
        why=why_lines,
        help=help_lines,
    )


def _people(solved: Solved, changes: Changes, at: int, names: dict[int, Volunteer]) -> list[Planned]:
    board, need = solved.board, solved.board.needs[at]
    rows = np.array(solved.rows_of(at), np.int64)
    if not len(rows):
        return []
    status = {offer.volunteer_id: offer.status for offer in need.live}
    return [
        Planned(
            volunteer=names[ask.volunteer_id],
            reasons=why(Offer(reasons=ask.reasons)),
            percent=round(100 * ask.probability),
            distance_m=ask.distance_m,
            is_kept=(need.request.pk, ask.volunteer_id) in changes.pinned,
            offer_status=status.get(ask.volunteer_id, ""),
        )
        for ask in asks_of(need, board.people, rows, board.model, now=board.now)
        if ask.volunteer_id in names
    ]


def need_page_of(current: Current, request_id: int, *, by: User, who: str = "") -> dict[str, Any]:
    """One need of the plan: who goes, who else could, why not somebody. Raises KeyError when it is not in the plan."""
    solved, changes = current.chosen, changes_of(current.draft)
    at = solved.board.at(request_id)
    others = _others(solved, changes, at)
    swaps = _swaps(solved, at)
    ids = {*_planned_ids(solved), *others, *(volunteer for _need, volunteer in changes.forbidden)}
    names = volunteers_of(ids)
    planned_for = {volunteer: need for need, volunteer in _who_is_where(solved)}
    found = (
        list(
            Volunteer.objects.visible_to(by)
            .filter(user__name__icontains=who)
            .select_related("user")
            .order_by("user__name", "pk")[:FOUND_BY_NAME]
        )
        if who
        else []
    )
    return {
        "current": current,
        "row": _row(current, changes, at, names),
        "others": [_alternative(current, at, names[pk], planned_for) for pk in others if pk in names],
        "swaps": {
            mine: [(f"{pair[0].pk}:{pair[1]}", names[pair[1]], pair[0]) for pair in pairs]
            for mine, pairs in swaps.items()
        },
        "found": [_alternative(current, at, volunteer, planned_for) for volunteer in found],
        "who": who,
    }


def _who_is_where(solved: Solved) -> list[tuple[ServiceRequest, int]]:
    needs, ids = solved.board.needs, solved.board.people.ids
    return [(needs[int(at)].request, int(ids[row])) for at, row in solved.plan.pairs]


def _others(solved: Solved, changes: Changes, at: int) -> list[int]:
    """The cheapest who are not planned here, and not left out."""
    board, pk = solved.board, solved.board.needs[at].request.pk
    here = set(solved.rows_of(at))
    ids = [int(board.people.ids[row]) for row in board.pools[at].people if int(row) not in here]
    return [volunteer for volunteer in ids if (pk, volunteer) not in changes.forbidden][:ALTERNATIVES]


def _swaps(solved: Solved, at: int) -> dict[int, list[tuple[ServiceRequest, int]]]:
    """For each person planned here, those planned elsewhere with whom places can be changed."""
    board, here = solved.board, solved.board.needs[at].request
    mine = [int(board.people.ids[row]) for row in solved.rows_of(at)]
    return {
        volunteer: [
            (need, other)
            for need, other in _who_is_where(solved)
            if need is not here and board.fits(here.pk, other) and board.fits(need.pk, volunteer)
        ]
        for volunteer in mine
    }


def _alternative(
    current: Current, at: int, volunteer: Volunteer, planned_for: dict[int, ServiceRequest]
) -> Alternative:
    """Why not this person: the limits that are not passed, or the price of choosing this person all the same."""
    solved, board = current.chosen, current.chosen.board
    need = board.needs[at]
    if not board.fits(need.request.pk, volunteer.pk):
        codes = why_not(board, need.request.pk, volunteer.pk)
        return Alternative(
            volunteer, hindrances=why_not_words(codes), cannot="limit" if codes else "unlisted"
        )
    row = board.people.rows([volunteer.pk])
    [ask] = asks_of(need, board.people, row, board.model, now=board.now)
    words = why(Offer(reasons=ask.reasons))
    percent = round(100 * ask.probability)
    elsewhere = planned_for.get(volunteer.pk)
    if elsewhere is need.request:
        return Alternative(volunteer, words, percent, elsewhere)
    changes = changes_of(current.draft)
    if sum(request == need.request.pk for request, _who in changes.pinned) >= need.request.free:
        return Alternative(volunteer, words, percent, elsewhere, cannot="no_seat")
    tried = solve(board, changes.with_pin((need.request.pk, volunteer.pk)))
    return Alternative(volunteer, words, percent, elsewhere, price=measure(tried).over(measure(solved)))


def runs_for(user: User) -> Sequence[PlanRun]:
    """The last plannings of the divisions that this person works for."""
    codes = user.scope_codes
    runs = PlanRun.objects.filter(division__in=codes).select_related("division", "made_by")
    return list(runs[:RUNS_SHOWN])
