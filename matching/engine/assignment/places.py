"""A district's arrays as a network: units by slot, special prices, forbidden and pinned pairs."""

import numpy as np
from numpy.typing import ArrayLike

from matching.engine.assignment.lists import UNIT_BITS, Flags, Source
from matching.engine.assignment.network import (
    Limits,
    Network,
    Units,
    csr_starts,
    empty_flow,
    empty_lists,
    pair_key,
    pair_rows,
    penalties_of,
    pins_of,
)
from matching.engine.assignment.problem import SpatialProblem
from matching.engine.assignment.search import NOBODY
from matching.engine.errors import BadShapeError, ImpossiblePinError
from matching.engine.grid import build_grid, empty_grid
from matching.engine.words import (
    ANY_SLOT_BIT,
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
ANY_SLOT = np.uint64(1 << ANY_SLOT_BIT)


def network_of_places(problem: SpatialProblem) -> Network:
    """Check every input and lay out the arrays; O(V + R)."""
    request_xy, volunteer_xy = (
        points(problem.request_xy, "request_xy"),
        points(problem.volunteer_xy, "volunteer_xy"),
    )
    requests, volunteers = len(request_xy), len(volunteer_xy)
    headcount = _whole(problem.headcount, "headcount", requests, 0)
    penalty = penalties_of(problem.penalty, requests)
    need = need_words(
        _whole(problem.request_skill, "request_skill", requests, 0),
        _whole(problem.request_slot, "request_slot", requests, 0),
    )
    word = person_words(
        _whole(problem.volunteer_skill, "volunteer_skill", volunteers, 0),
        _whole(problem.volunteer_slot, "volunteer_slot", volunteers, 0),
    )
    capacity = _whole(problem.capacity, "capacity", volunteers, 1)
    surcharge = _whole(problem.surcharge, "surcharge", volunteers, 0)
    several = _whole(problem.several, "several", volunteers, 0)
    radius = numbers(problem.request_radius, "request_radius", requests, infinite=True)
    reach = numbers(problem.volunteer_radius, "volunteer_radius", volunteers, infinite=True)
    remote: Flags = (
        np.zeros(requests, bool) if problem.remote is None else np.asarray(problem.remote, dtype=bool)
    )
    if remote.shape != (requests,):
        raise BadShapeError(f"remote must have shape ({requests},), not {remote.shape}")

    forbidden = pair_rows(problem.forbidden, "forbidden", 2, requests, volunteers)
    pinned, free, room = pins_of(problem.pinned, forbidden, headcount, capacity)
    single = several[pinned[:, 1]] == 0
    if len(np.unique(pair_key(pinned[single], volunteers))) < int(single.sum()):
        raise ImpossiblePinError("a pair is pinned twice")
    special = pair_rows(problem.pair_costs, "pair_costs", 3, requests, volunteers)

    units = _units(word, need, capacity, room, several, pinned)
    own = units.volunteer
    if len(own) == volunteers and bool((own == np.arange(volunteers)).all()):
        unit_xy, unit_reach, unit_surcharge = volunteer_xy, reach, surcharge
    else:
        unit_xy, unit_reach, unit_surcharge = volunteer_xy[own], reach[own], surcharge[own]

    pinned_cost = costs_of_pinned(
        request_xy[pinned[:, 0]], volunteer_xy[pinned[:, 1]], remote, surcharge, pinned, special
    )
    gone = np.concatenate([forbidden, pinned[single]])
    entries, entry_starts, special_units = special_entries(
        special, gone, need, units, request_xy, unit_xy, radius, unit_reach, remote, requests
    )
    banned_pairs = np.concatenate([_with_units(gone, own), special_units])
    banned_pairs = np.unique(banned_pairs, axis=0)
    source = Source(
        lazy=True,
        grid=build_grid(unit_xy, units.word, unit_reach, None),
        moved=empty_grid(),
        word=units.word,
        priority=np.argsort(unit_surcharge, kind="stable") if remote.any() else np.empty(0, np.int64),
        surcharge=unit_surcharge,
        least_surcharge=int(unit_surcharge.min()) if len(unit_surcharge) else 0,
        xy=request_xy,
        need=need,
        radius=radius,
        remote=remote,
        banned=np.ascontiguousarray(banned_pairs[:, 1]),
        banned_starts=csr_starts(banned_pairs[:, 0], requests),
        special=entries,
        special_starts=entry_starts,
    )
    pool = np.empty(max(int(free.sum()) * 16, 1024), np.int64)
    flow = empty_flow(free, penalty, units)
    limits = Limits(capacity, word, forbidden, special) if one_each(capacity, several) else None
    return Network(
        source, empty_lists(requests), pool, flow, own, headcount, volunteers, pinned, pinned_cost, limits
    )


def one_each(capacity: Integers, several: Integers) -> bool:
    """Whether nobody takes more than one need, so that the people themselves can be the units."""
    return bool(capacity.max(initial=0) <= 1 and several.max(initial=0) == 0)


def costs_of_pinned(
    request_xy: Floats,
    volunteer_xy: Floats,
    remote: Flags,
    surcharge: Integers,
    pinned: Integers,
    special: Integers,
) -> Integers:
    """(n,) costs of the pinned pairs; the places are those of each pair, (n, 2)."""
    metres = np.hypot(*(request_xy - volunteer_xy).T)
    metres[remote[pinned[:, 0]]] = 0.0
    return _named_costs(
        np.rint(metres).astype(np.int64) + surcharge[pinned[:, 1]], pinned, special, len(surcharge)
    )


def _whole(values: ArrayLike | None, name: str, length: int, default: int) -> Integers:
    if values is None:
        return np.full(length, default, np.int64)
    array = whole_numbers(values, name, least=0)
    if len(array) != length:
        raise BadShapeError(f"{name} must have shape ({length},), not ({len(array)},)")
    return array


def _slot_groups(need: Words) -> list[int]:
    """Slots that some need wants together, merged; as masks of words. One more group for needs without a slot."""
    groups: list[int] = []
    for mask in np.unique(need >> np.uint64(SKILL_BITS)).tolist():
        together = mask & ((1 << SLOT_BITS) - 1)
        apart = []
        for group in groups:
            if group & together:
                together |= group
            else:
                apart.append(group)
        groups = [*apart, together] if together else apart
    return [group << SKILL_BITS for group in sorted(groups)] + [1 << ANY_SLOT_BIT]


def _units(
    word: Words, need: Words, capacity: Integers, room: Integers, several: Integers, pinned: Integers
) -> Units:
    if one_each(capacity, several):
        # nobody is left out of the numbering, so that planning again finds everybody at their own index
        own = np.arange(len(word))
        seen = word if room.all() else np.where(room > 0, word, np.uint64(0))
        return Units(own, seen, room, np.full(len(own), NOBODY, np.int64), np.empty(0, np.int64))
    simple = (capacity == 1) & (several <= 1)
    plain = np.flatnonzero(simple & (room > 0))
    volunteer, words = [plain], [word[plain]]
    rest = np.flatnonzero(~simple & (room > 0))
    if len(rest):
        pinned_need = need[pinned[:, 0]]
        for group in _slot_groups(need):
            mask = np.uint64(group)
            holds = rest[word[rest] & mask != 0]
            taken = np.bincount(pinned[pinned_need & mask != 0, 1], minlength=len(word)).astype(np.int64)
            copies = np.clip(
                np.minimum(np.maximum(several[holds], 1), capacity[holds]) - taken[holds], 0, room[holds]
            )
            who = np.repeat(holds, copies)
            volunteer.append(who)
            words.append(word[who] & (SKILL_PART | mask))
    own = np.concatenate(volunteer)
    parent = np.full(len(own), NOBODY, np.int64)
    below = np.bincount(own, minlength=len(word))
    limited = np.flatnonzero(below > room)
    number = np.full(len(word), NOBODY, np.int64)
    number[limited] = np.arange(len(limited))
    if len(limited):
        parent = number[own]
    return Units(own, np.concatenate(words), np.ones(len(own), np.int64), parent, room[limited])


def _with_units(pairs: Integers, unit_volunteer: Integers) -> Integers:
    """(request, volunteer) rows -> (request, unit) rows, one for each unit of the volunteer."""
    if len(pairs) == 0:
        return np.empty((0, 2), np.int64)
    if bool((unit_volunteer == np.arange(len(unit_volunteer))).all()):
        return pairs[:, :2]
    order = np.argsort(unit_volunteer, kind="stable")
    ordered = unit_volunteer[order]
    first = np.searchsorted(ordered, pairs[:, 1], "left")
    count = np.searchsorted(ordered, pairs[:, 1], "right") - first
    row = np.repeat(np.arange(len(pairs)), count)
    within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    return np.column_stack([pairs[row, 0], order[first[row] + within]])


def _named_costs(cost: Integers, pairs: Integers, special: Integers, volunteers: int) -> Integers:
    """The costs of pairs, replaced where ``special`` names the pair."""
    if len(special) == 0 or len(pairs) == 0:
        return cost
    named, place = np.unique(pair_key(special, volunteers), return_index=True)
    at = np.minimum(np.searchsorted(named, pair_key(pairs, volunteers)), len(named) - 1)
    hit = named[at] == pair_key(pairs, volunteers)
    return np.where(hit, special[place[at], 2], cost)


def special_entries(
    special: Integers,
    gone: Integers,
    need: Words,
    units: Units,
    request_xy: Floats,
    unit_xy: Floats,
    radius: Floats,
    reach: Floats,
    remote: Flags,
    requests: int,
) -> tuple[Integers, Integers, Integers]:
    """List entries of eligible specially priced pairs as CSR, and the (request, unit) rows the search leaves out."""
    if len(special) == 0:
        return np.empty(0, np.int64), np.zeros(requests + 1, np.int64), np.empty((0, 2), np.int64)
    volunteers = int(max(units.volunteer.max(initial=0), special[:, 1].max(), gone[:, 1].max(initial=0))) + 1
    _, first = np.unique(pair_key(special, volunteers), return_index=True)
    special = special[first]
    by_unit = _with_units(special[:, :2], units.volunteer)
    cost_of = dict(zip(pair_key(special, volunteers).tolist(), special[:, 2].tolist(), strict=True))
    request, unit = by_unit[:, 0], by_unit[:, 1]
    pair = pair_key(np.column_stack([request, units.volunteer[unit]]), volunteers)
    metres = np.hypot(*(request_xy[request] - unit_xy[unit]).T)
    near = remote[request] | ((metres <= radius[request]) & (metres <= reach[unit]))
    holds = units.word[unit] & need[request] == need[request]
    usable = near & holds & ~np.isin(pair, pair_key(gone, volunteers))
    cost = np.array([cost_of[p] for p in pair[usable].tolist()], dtype=np.int64)
    return cost << UNIT_BITS | unit[usable], csr_starts(request[usable], requests), by_unit
