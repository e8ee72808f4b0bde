"""From a problem to the arrays of the search: units, seats, lists.

A unit is what fills a seat: a person, or, for somebody who may take several needs, the person in one slot (a parent
above these units keeps the total). A studio has several equal units in a slot. So every pair fills at most one seat,
and nobody is in two places at once.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from matching.engine.assignment.lists import NO_MORE, UNIT_BITS, UNIT_MASK, Lists, Source
from matching.engine.assignment.problem import LARGEST_COST, PairProblem
from matching.engine.assignment.search import NOBODY, Flow
from matching.engine.compiled import compiled
from matching.engine.errors import BadShapeError, ImpossiblePinError, OutOfRangeError
from matching.engine.grid import empty_grid
from matching.engine.words import Integers, Words, whole_numbers


@dataclass
class Network:
    """Everything the kernels work on, and what leads back to the caller's numbering."""

    source: Source
    lists: Lists
    pool: Integers
    flow: Flow
    unit_volunteer: Integers  # (Q,)
    headcount: Integers  # (R,) as asked for
    volunteers: int
    pinned: Integers  # (n, 2)
    pinned_cost: Integers  # (n,)
    limits: "Limits | None" = None  # of places where unit = person, which can be planned again in place


@dataclass
class Limits:
    """What a district said and the search does not need, but planning again does."""

    capacity: Integers  # (V,)
    word: Words  # (V,) also of people without room, which the search does not see
    forbidden: Integers  # (n, 2)
    special: Integers  # (n, 3)


@dataclass
class Units:
    """Q units: volunteer (Q,), word (Q,), capacity (Q,), parent (Q,) or NOBODY; parent_capacity (B,)."""

    volunteer: Integers
    word: Words
    capacity: Integers
    parent: Integers
    parent_capacity: Integers


def pair_rows(values: ArrayLike, name: str, columns: int, requests: int, volunteers: int) -> Integers:
    """(n, columns) whole numbers whose first two columns are a request and a volunteer."""
    array = np.asarray(values)
    if array.size == 0:
        return np.empty((0, columns), np.int64)
    if array.ndim != 2 or array.shape[1] != columns:
        raise BadShapeError(f"{name} must be (n, {columns}), not {array.shape}")
    rows = whole_numbers(array.reshape(-1), name, least=0, most=LARGEST_COST).reshape(-1, columns)
    for column, limit in ((0, requests), (1, volunteers)):
        if (rows[:, column] >= limit).any():
            raise OutOfRangeError(f"{name} names index {rows[:, column].max()}, only {limit} exist")
    return rows


def penalties_of(values: ArrayLike, requests: int) -> Integers:
    array = np.asarray(values)
    repeated = np.full(requests, array) if array.ndim == 0 else array
    penalty = whole_numbers(repeated, "penalty", least=0, most=LARGEST_COST)
    if len(penalty) != requests:
        raise BadShapeError(f"penalty must have shape ({requests},), not ({len(penalty)},)")
    return penalty


def empty_flow(headcount: Integers, penalty: Integers, units: Units) -> Flow:
    seats = int(headcount.sum())
    return Flow(
        price=np.zeros(len(headcount), np.int64),
        penalty=penalty,
        seat_request=np.repeat(np.arange(len(headcount)), headcount),
        seat_unit=np.full(seats, NOBODY, np.int64),
        seat_cost=np.zeros(seats, np.int64),
        unit_room=units.capacity.copy(),
        unit_capacity=units.capacity,
        unit_seat=np.full(len(units.capacity), NOBODY, np.int64),
        next_seat=np.full(seats, NOBODY, np.int64),
        unit_parent=units.parent,
        parent_room=units.parent_capacity.copy(),
        parent_seat=np.full(len(units.parent_capacity), NOBODY, np.int64),
        next_under_parent=np.full(seats, NOBODY, np.int64),
    )


def empty_lists(requests: int) -> Lists:
    start, length, room, bound, wanted = (np.zeros(requests, np.int64) for _ in range(5))
    return Lists(start, length, room, bound, wanted, np.full(requests, -1.0), np.zeros(1, np.int64))


def csr_starts(rows: Integers, requests: int) -> Integers:
    """Starts (R + 1,) of rows sorted by request."""
    return np.searchsorted(rows, np.arange(requests + 1)).astype(np.int64)


def pair_key(pairs: Integers, volunteers: int) -> Integers:
    return pairs[:, 0] * max(volunteers, 1) + pairs[:, 1]


@compiled
def cheapest_first(pool: Integers, starts: Integers, volunteers: int) -> Integers:
    """Sort the entries of each request, of several for one pair keep the cheapest; returns the lengths left, (R,)."""
    length = np.empty(len(starts) - 1, np.int64)
    listed_for = np.full(volunteers, -1)
    for r in range(len(length)):
        kept = starts[r]
        for entry in np.sort(pool[starts[r] : starts[r + 1]]):
            volunteer = entry & UNIT_MASK
            if listed_for[volunteer] != r:
                listed_for[volunteer] = r
                pool[kept] = entry
                kept += 1
        length[r] = kept - starts[r]
    return length


def _cheapest(wanted: Integers, pair: Integers, cost: Integers) -> Integers:
    """Costs of the pairs with these keys, which must be listed."""
    order = np.lexsort((cost, pair))
    pair, cost = pair[order], cost[order]
    place = np.searchsorted(pair, wanted)
    if len(wanted) and (len(pair) == 0 or (pair[np.minimum(place, len(pair) - 1)] != wanted).any()):
        raise ImpossiblePinError("a pinned pair is not among the listed pairs")
    return cost[place]


def network_of_pairs(problem: PairProblem) -> Network:
    headcount = whole_numbers(problem.headcount, "headcount", least=0)
    capacity = whole_numbers(problem.capacity, "capacity", least=0)
    requests, volunteers = len(headcount), len(capacity)
    penalty = penalties_of(problem.penalty, requests)
    request = whole_numbers(problem.request, "request", least=0, most=max(requests - 1, 0))
    volunteer = whole_numbers(problem.volunteer, "volunteer", least=0, most=max(volunteers - 1, 0))
    cost = whole_numbers(problem.cost, "cost", least=0, most=LARGEST_COST)
    if not len(request) == len(volunteer) == len(cost):
        raise BadShapeError(
            f"{len(request)} requests, {len(volunteer)} volunteers and {len(cost)} costs of pairs"
        )
    if len(request) and (requests == 0 or volunteers == 0):
        raise OutOfRangeError("pairs are listed but one side is empty")
    forbidden = pair_rows(problem.forbidden, "forbidden", 2, requests, volunteers)
    pinned, free, room = pins_of(problem.pinned, forbidden, headcount, capacity)
    pinned_cost = np.empty(0, np.int64)
    keep = room[volunteer] > 0
    if len(pinned) or len(forbidden):
        pair = request * max(volunteers, 1) + volunteer
        pinned_cost = _cheapest(pair_key(pinned, volunteers), pair, cost)
        out = np.concatenate([pair_key(forbidden, volunteers), pair_key(pinned, volunteers)])
        keep &= ~np.isin(pair, out)
    if not keep.all():
        request, volunteer, cost = request[keep], volunteer[keep], cost[keep]
    pool = cost << UNIT_BITS | volunteer
    if (request[1:] < request[:-1]).any():
        order = np.argsort(request, kind="stable")
        request, pool = request[order], pool[order]
    starts = csr_starts(request, requests)
    lists = empty_lists(requests)
    lists.start[:], lists.bound[:] = starts[:-1], NO_MORE
    lists.length[:] = cheapest_first(pool, starts, volunteers)
    units = Units(
        np.arange(volunteers),
        np.empty(0, np.uint64),
        room,
        np.full(volunteers, NOBODY, np.int64),
        np.empty(0, np.int64),
    )
    nothing = np.empty(0, np.int64)
    source = Source(
        False, empty_grid(), empty_grid(), units.word, nothing, nothing, 0,
        np.empty((0, 2)), np.empty(0, np.uint64), np.empty(0), np.empty(0, bool), nothing, nothing, nothing, nothing,
    )  # fmt: skip
    flow = empty_flow(free, penalty, units)
    return Network(source, lists, pool, flow, units.volunteer, headcount, volunteers, pinned, pinned_cost)


def pins_of(
    pinned: ArrayLike, forbidden: Integers, headcount: Integers, capacity: Integers
) -> tuple[Integers, Integers, Integers]:
    """Pinned pairs, the seats they leave, the capacity they leave."""
    requests, volunteers = len(headcount), len(capacity)
    pairs = (
        pair_rows(pinned, "pinned", 2, requests, volunteers)
        if np.size(pinned)
        else np.empty((0, 2), np.int64)
    )
    free = headcount - np.bincount(pairs[:, 0], minlength=requests).astype(np.int64)
    room = capacity - np.bincount(pairs[:, 1], minlength=volunteers).astype(np.int64)
    if (free < 0).any():
        raise ImpossiblePinError(
            f"more people are pinned to request {int(np.argmin(free))} than it has seats"
        )
    if (room < 0).any():
        raise ImpossiblePinError(f"volunteer {int(np.argmin(room))} is pinned beyond their capacity")
    if np.isin(pair_key(pairs, volunteers), pair_key(forbidden, volunteers)).any():
        raise ImpossiblePinError("a pair is both pinned and forbidden")
    return pairs, free, room
