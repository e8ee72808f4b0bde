"""Changes of a district, checked and completed before anything is touched: a refused change leaves all as it was."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.engine.assignment.changes import (
    REQUEST_COLUMNS,
    VOLUNTEER_COLUMNS,
    Changes,
    check_new_rows,
    rows_changed,
    size_after,
    written_over,
)
from matching.engine.assignment.lists import Flags
from matching.engine.assignment.network import Limits, Network, pair_key, pair_rows, pins_of
from matching.engine.assignment.problem import LARGEST_COST
from matching.engine.errors import BadShapeError, ImpossiblePinError
from matching.engine.words import (
    SKILL_BITS,
    SLOT_BITS,
    Floats,
    Integers,
    Words,
    need_words,
    numbers,
    person_words,
    points,
    whole_numbers,
)

SKILL_PART = np.uint64((1 << SKILL_BITS) - 1)
Places = Callable[[Integers], tuple[Floats, Floats]]
SLOT_PART = np.uint64((1 << SLOT_BITS) - 1)


@dataclass
class Needs:
    """All requests as they are now, (R,) each; ``touched`` those whose list and seats begin anew."""

    xy: Floats
    headcount: Integers
    penalty: Integers
    need: Words
    radius: Floats
    remote: Flags
    free: Integers  # seats that are not pinned
    touched: Integers


@dataclass
class People:
    """The people who changed, (n,) each, ascending; ``total`` people there are now; ``room`` of them, 0 or 1."""

    units: Integers
    total: int
    xy: Floats
    reach: Floats
    word: Words
    capacity: Integers
    room: Integers
    surcharge: Integers
    stays: Flags  # same place and reach as before


@dataclass
class Pairs:
    """The lists of pairs as they are now."""

    pinned: Integers
    forbidden: Integers
    special: Integers


def read_changes(
    network: Network, limits: Limits, xy_of: Places, changes: Changes
) -> tuple[Needs, People, Pairs]:
    """Everything a refit needs to know. ``xy_of(units)`` gives places (n, 2) and reaches (n,) as they were."""
    old_needs, old_people = len(network.headcount), network.volunteers
    requests = rows_changed(changes.requests, old_needs, "requests")
    volunteers = rows_changed(changes.volunteers, old_people, "volunteers")
    needs, people = size_after(requests, old_needs), size_after(volunteers, old_people)
    for columns, grows in ((REQUEST_COLUMNS, needs > old_needs), (VOLUNTEER_COLUMNS, people > old_people)):
        for name, default in columns.items():
            check_new_rows(name, getattr(changes, name), default, grows)
    pairs, one_sided = _pairs(network, limits, changes, needs, people)
    headcount = written_over(
        network.headcount, requests, _whole(changes, "headcount", len(requests)), None, needs
    )
    free, hidden = headcount, np.empty(0, np.int64)
    if len(pairs.pinned) or len(network.pinned):
        given = _whole(changes, "capacity", len(volunteers))
        capacity = written_over(limits.capacity, volunteers, given, 1, people)
        _, free, room = pins_of(pairs.pinned, pairs.forbidden, headcount, capacity)
        hidden = np.flatnonzero(room[:old_people] != network.flow.unit_capacity)
    units = np.unique(np.concatenate([volunteers, one_sided[1], hidden]))
    found = _people(network, limits, xy_of, changes, volunteers, units, people)
    if len(pairs.pinned):
        found.room = room[units]
    seats = np.bincount(network.flow.seat_request, minlength=needs)
    touched = np.unique(np.concatenate([requests, one_sided[0], np.flatnonzero(free != seats)]))
    return _needs(network, changes, requests, needs, headcount, free, touched), found, pairs


def _pairs(
    network: Network, limits: Limits, changes: Changes, needs: int, people: int
) -> tuple[Pairs, tuple[Integers, Integers]]:
    """The lists of pairs now, and the requests and people of pairs that are on only one of the old and new lists."""
    lists, different = [], [np.empty((0, 2), np.int64)]
    for name, old in (
        ("pinned", network.pinned),
        ("forbidden", limits.forbidden),
        ("pair_costs", limits.special),
    ):
        given = getattr(changes, name)
        now = old if given is None else pair_rows(given, name, old.shape[1], needs, people)
        lists.append(now)
        if given is not None:
            both, count = np.unique(
                np.concatenate([np.unique(old, axis=0), np.unique(now, axis=0)]), axis=0, return_counts=True
            )
            different.append(both[count == 1, :2])
    pairs = Pairs(*lists)
    if len(np.unique(pair_key(pairs.pinned, people))) < len(pairs.pinned):
        raise ImpossiblePinError("a pair is pinned twice")
    changed = np.concatenate(different)
    return pairs, (changed[:, 0], changed[:, 1])


def _needs(
    network: Network,
    changes: Changes,
    requests: Integers,
    total: int,
    headcount: Integers,
    free: Integers,
    touched: Integers,
) -> Needs:
    source, count = network.source, len(requests)
    skills, slots = _whole(changes, "request_skill", count), _whole(changes, "request_slot", count)
    words = written_over(source.need, requests, None, 0, total)
    if skills is not None or slots is not None or total > len(source.need):
        before = words[requests]
        words[requests] = need_words(
            (before & SKILL_PART).astype(np.int64) if skills is None else skills,
            (before >> np.uint64(SKILL_BITS) & SLOT_PART).astype(np.int64) if slots is None else slots,
        )
    xy = None if changes.request_xy is None else points(changes.request_xy, "request_xy")
    radius = (
        None
        if changes.request_radius is None
        else numbers(changes.request_radius, "request_radius", count, infinite=True)
    )
    remote = None if changes.remote is None else np.asarray(changes.remote, dtype=bool)
    return Needs(
        xy=written_over(source.xy, requests, xy, None, total),
        headcount=headcount,
        penalty=written_over(
            network.flow.penalty, requests, _whole(changes, "penalty", count, LARGEST_COST), None, total
        ),
        need=words,
        radius=written_over(source.radius, requests, radius, np.inf, total),
        remote=written_over(source.remote, requests, remote, 0, total),
        free=free,
        touched=touched,
    )


def _people(
    network: Network,
    limits: Limits,
    xy_of: Places,
    changes: Changes,
    volunteers: Integers,
    units: Integers,
    total: int,
) -> People:
    count, known = len(units), int(np.searchsorted(units, network.volunteers))
    at = np.searchsorted(units, volunteers)
    old_xy, old_reach = xy_of(units[:known])
    xy, reach = np.zeros((count, 2)), np.full(count, np.inf)
    xy[:known], reach[:known] = old_xy, old_reach
    word = person_words(np.zeros(count, np.int64), np.zeros(count, np.int64))
    word[:known] = limits.word[units[:known]]
    if changes.volunteer_skill is not None or changes.volunteer_slot is not None:
        skills = _whole(changes, "volunteer_skill", len(at))
        slots = _whole(changes, "volunteer_slot", len(at))
        word[at] = person_words(
            (word[at] & SKILL_PART).astype(np.int64) if skills is None else skills,
            (word[at] >> np.uint64(SKILL_BITS) & SLOT_PART).astype(np.int64) if slots is None else slots,
        )
    if changes.volunteer_xy is not None:
        xy[at] = _rows(points(changes.volunteer_xy, "volunteer_xy"), len(at), "volunteer_xy")
    if changes.volunteer_radius is not None:
        reach[at] = numbers(changes.volunteer_radius, "volunteer_radius", len(at), infinite=True)
    capacity, surcharge = np.ones(count, np.int64), np.zeros(count, np.int64)
    capacity[:known] = limits.capacity[units[:known]]
    surcharge[:known] = network.source.surcharge[units[:known]]
    for column, name in ((capacity, "capacity"), (surcharge, "surcharge")):
        given = _whole(changes, name, len(at))
        if given is not None:
            column[at] = given
    stays = np.zeros(count, bool)
    stays[:known] = (xy[:known] == old_xy).all(axis=1) & (reach[:known] == old_reach)
    return People(units, total, xy, reach, word, capacity, capacity.copy(), surcharge, stays)


def _whole(changes: Changes, name: str, count: int, most: int | None = None) -> Integers | None:
    values: ArrayLike | None = getattr(changes, name)
    if values is None:
        return None
    array = np.asarray(values)
    repeated: NDArray[Any] = np.full(count, array) if array.ndim == 0 else array
    return _rows(whole_numbers(repeated, name, least=0, most=most), count, name)


def _rows(array: NDArray[Any], count: int, name: str) -> NDArray[Any]:
    if len(array) != count:
        raise BadShapeError(f"{name} must have {count} rows, one for each that changed, not {len(array)}")
    return array
