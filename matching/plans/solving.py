"""The best plan, and the best one that keeps to what a person decided by hand.

A person is planned for one need at most, so nobody is courted twice; a studio for as many as its weeks have room. The
engine proves the optimum; the price of the changes made by hand is the difference of the two objectives and is never
negative.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from matching.engine import ExactAssignment, PairProblem, Plan
from matching.people import Integers
from matching.plans.board import FIRST_LIST, Board
from matching.plans.studios import StudioWeek
from matching.problem import COST_OF_AN_EMPTY_SEAT

Pair = tuple[int, int]  # request id, volunteer id (or a studio: minus its id)


@dataclass(frozen=True)
class Changes:
    """What was decided by hand."""

    pinned: frozenset[Pair] = frozenset()
    forbidden: frozenset[Pair] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.pinned or self.forbidden)

    def with_pin(self, pair: Pair) -> Changes:
        """A person kept for one need is no longer kept for another, nor left out of this one."""
        others = frozenset(pin for pin in self.pinned if pin[1] != pair[1] or pair[1] < 0)
        return Changes(others | {pair}, self.forbidden - {pair})

    def with_forbidden(self, pair: Pair) -> Changes:
        return Changes(self.pinned - {pair}, self.forbidden | {pair})

    def released(self, pair: Pair) -> Changes:
        return Changes(self.pinned - {pair}, self.forbidden - {pair})

    def swapped(self, one: Pair, other: Pair) -> Changes:
        """The people of two pairs change places and are kept there."""
        freed = Changes(self.pinned - {one, other}, self.forbidden)
        return freed.with_pin((one[0], other[1])).with_pin((other[0], one[1]))


@dataclass(frozen=True)
class Solved:
    """A plan on a board. `is_exact`: proved to be the best over everybody, not only over the short list."""

    board: Board
    changes: Changes
    plan: Plan
    is_exact: bool

    def rows_of(self, at: int) -> list[int]:
        """Rows of the people planned for the need in this row."""
        return [int(row) for row in self.plan.volunteers_of(at) if row < len(self.board.people)]

    def studios_of(self, at: int) -> list[StudioWeek]:
        """The studios planned for it."""
        people = len(self.board.people)
        return [
            self.board.studios.weeks[row - people] for row in self.plan.volunteers_of(at) if row >= people
        ]

    def pairs(self) -> set[Pair]:
        found: set[Pair] = set()
        for at, need in enumerate(self.board.needs):
            keys = [int(self.board.people.ids[row]) for row in self.rows_of(at)]
            keys += [week.key for week in self.studios_of(at)]
            found.update((need.request.pk, key) for key in keys)
        return found


def solve(board: Board, changes: Changes | None = None) -> Solved:
    """Exact over the board; lists are lengthened until no pair outside them could be cheaper (MATCHING, section 3).

    Raises DomainError: no_seat (more people are kept for a need than it lacks).
    """
    changes = changes or Changes()
    pools = [_allowed(board, at, changes) for at in range(len(board.needs))]
    pinned = _pinned_rows(board, changes)
    length = [max(FIRST_LIST, 2 * board.needs[at].request.free) for at in range(len(pools))]
    while True:
        plan = ExactAssignment().solve(_problem(board, pools, length, pinned, changes.forbidden))
        short = [
            at
            for at, (rows, cost) in enumerate(pools)
            if length[at] < len(rows) and cost[length[at]] < plan.request_price[at]
        ]
        if not short:
            break
        for at in short:
            length[at] *= 2
    beyond = [board.beyond.get(need.request.pk) for need in board.needs]
    within = all(
        least is None or least >= price
        for least, price in zip(beyond, plan.request_price.tolist(), strict=True)
    )
    return Solved(board, changes, plan, plan.exact and within)


def _allowed(board: Board, at: int, changes: Changes) -> tuple[Integers, Integers]:
    """(rows, cost) of the pool without those who are left out by hand."""
    pool, pk = board.pools[at], board.needs[at].request.pk
    out = [volunteer for request, volunteer in changes.forbidden if request == pk]
    if not out:
        return pool.people, pool.cost
    keep = ~np.isin(board.people.ids[pool.people], out)
    return pool.people[keep], pool.cost[keep]


def _pinned_rows(board: Board, changes: Changes) -> list[tuple[int, int]]:
    rows = []
    for request, volunteer in sorted(changes.pinned):
        at = board.at(request)
        rows.append((at, _row(board, at, volunteer)))
    for at, need in enumerate(board.needs):
        if sum(pin == at for pin, _row in rows) > need.request.free:
            raise DomainError(
                "no_seat",
                _("Everybody who is still wanted there has been chosen already."),
                help=_("Let go of one of those you keep for it, then choose again."),
            )
    taken = Counter(row for _at, row in rows)
    for column, week in enumerate(board.studios.weeks):
        if taken[len(board.people) + column] > week.room:
            raise DomainError(
                "capacity",
                _("This studio has no more room in that week."),
                help=_("Let go of another need you keep it for, or choose somebody else."),
            )
    return rows


def _row(board: Board, at: int, key: int) -> int:
    """Row in the problem: the people, then the weeks of the studios. The pair fits."""
    if key < 0:
        return len(board.people) + (board.studios.column(at, key) or 0)
    return int(board.people.rows([key])[0])


def _problem(
    board: Board,
    pools: list[tuple[Integers, Integers]],
    length: list[int],
    pinned: list[tuple[int, int]],
    forbidden: frozenset[Pair],
) -> PairProblem:
    request, volunteer, cost = [], [], []
    for at, (rows, costs) in enumerate(pools):
        kept = [row for pin, row in pinned if pin == at]
        shown = np.zeros(len(rows), np.bool_)
        shown[: length[at]] = True
        shown |= np.isin(rows, kept)
        request.append(np.full(int(shown.sum()), at, np.int64))
        volunteer.append(rows[shown])
        cost.append(costs[shown])
        for column, price in board.studios.costs[at].items():
            if (board.needs[at].request.pk, board.studios.weeks[column].key) not in forbidden:
                request.append(np.array([at]))
                volunteer.append(np.array([len(board.people) + column]))
                cost.append(np.array([price]))
    rooms = [week.room for week in board.studios.weeks]
    empty = np.empty(0, np.int64)
    return PairProblem(
        headcount=[need.request.free for need in board.needs],
        capacity=np.concatenate([np.ones(len(board.people), np.int64), np.array(rooms, np.int64)]),
        penalty=[COST_OF_AN_EMPTY_SEAT * need.level for need in board.needs],
        request=np.concatenate(request) if request else empty,
        volunteer=np.concatenate(volunteer) if volunteer else empty,
        cost=np.concatenate(cost) if cost else empty,
        pinned=pinned,
    )
