"""What a refit carries over from the plan before: seats, and arrays that grow."""

from typing import Any, TypedDict, TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.engine.assignment.lists import NO_MORE, Lists, Source
from matching.engine.assignment.reading import Needs, People
from matching.engine.assignment.reverse import Asking
from matching.engine.assignment.search import NOBODY, Flow
from matching.engine.words import Integers

T = TypeVar("T", bound=np.generic)


class Seats(TypedDict):
    """The columns of ``Flow`` that have a row for each seat, (S,)."""

    seat_request: Integers
    seat_unit: Integers
    seat_cost: Integers
    next_seat: Integers
    next_under_parent: Integers


def new_seats(flow: Flow, needs: Needs, people: People) -> tuple[Integers, Seats, Integers]:
    """Who is freed because a request was touched, the seats as they are now, and those that need a new choice.

    Requests that were not touched keep their seats, but for those of people who changed.
    """
    before, total = len(flow.price), len(needs.free)
    touched = np.zeros(total, bool)
    touched[needs.touched] = True
    stays = ~touched[flow.seat_request]
    freed = flow.seat_unit[~stays]
    old_first = np.searchsorted(flow.seat_request, np.arange(before))
    first = np.cumsum(needs.free) - needs.free
    kept = np.flatnonzero(stays)
    request = flow.seat_request[kept]
    at = first[request] + (kept - old_first[request])
    seats = int(needs.free.sum())
    unit, cost = np.full(seats, NOBODY, np.int64), np.zeros(seats, np.int64)
    unit[at], cost[at] = flow.seat_unit[kept], flow.seat_cost[kept]
    changed = people.units[people.units < len(flow.unit_seat)]
    pending = np.ones(seats, bool)
    pending[at] = False
    if len(changed):
        lost = np.isin(unit, changed)
        unit[lost], pending[lost] = NOBODY, True
    columns = Seats(
        seat_request=np.repeat(np.arange(total), needs.free),
        seat_unit=unit,
        seat_cost=cost,
        next_seat=np.full(seats, NOBODY, np.int64),
        next_under_parent=np.full(seats, NOBODY, np.int64),
    )
    return freed[freed != NOBODY], columns, np.flatnonzero(pending)


def asking_of(source: Source, needs: Needs, price: Integers) -> Asking:
    """Requests grouped by what they ask for; ``price`` (R,) is what a seat of theirs costs them now."""
    word, group, size = np.unique(source.need, return_inverse=True, return_counts=True)
    return Asking(
        order=np.argsort(group, kind="stable"),
        starts=np.concatenate([np.zeros(1, np.int64), np.cumsum(size)]),
        word=word,
        first=np.concatenate([np.zeros(1, np.int64), np.cumsum(needs.free)]),
        worth=np.where(needs.free > 0, price, 0),
    )


def begun_anew(lists: Lists, touched: Integers, requests: int, cheaper: int) -> Lists:
    """Lists for all requests; those of touched ones are empty, the bounds of others ``cheaper`` by so much."""
    columns: list[NDArray[Any]] = []
    for column, begin in zip(lists[:6], (0, 0, 0, 0, 0, -1), strict=True):
        longer_column = np.full(requests, begin, column.dtype)
        longer_column[: len(column)] = column
        columns.append(longer_column)
    start, length, room, bound, wanted, reach = columns
    by_ring = (reach >= 0) & (bound < NO_MORE)
    bound[by_ring] = np.maximum(bound[by_ring] - cheaper, 0)
    for emptied in (length, bound, wanted):
        emptied[touched] = 0
    reach[touched] = -1
    return Lists(start, length, room, bound, wanted, reach, lists.used)


def longer(array: NDArray[T], size: int, fill: int, spare: list[NDArray[Any]]) -> NDArray[T]:
    """The array with rows of ``fill`` at its end. Some spare room is kept behind it, so that growing is rare;
    ``spare`` remembers whose memory that is: nothing is written behind an array of somebody else's."""
    owner = next((buffer for buffer in spare if buffer is array.base), None)
    if owner is None or len(owner) < size:
        spare[:] = [buffer for buffer in spare if buffer is not owner]
        owner = np.empty(size + size // 8, array.dtype)
        owner[: len(array)] = array
        spare.append(owner)
    owner[len(array) : size] = fill
    grown: NDArray[T] = owner[:size]
    return grown
