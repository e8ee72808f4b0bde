"""Candidate lists that grow only where the search needs them, one growing pool for all requests.

An entry is one int64: cost << 32 | unit, so a list sorted as numbers is sorted by cost, then unit. ``bound[r]`` is a
lower bound on the cost of every pair of r that is not in its list; NO_MORE says the list is complete.
"""

from typing import NamedTuple

import numpy as np

from matching.engine.compiled import compiled
from matching.engine.grid import Grid, between, first_eligible, nearest
from matching.engine.words import Floats, Integers, Words

NO_MORE = np.int64(2**62)
UNIT_BITS = np.int64(32)
UNIT_MASK = np.int64(2**32 - 1)
SHARE_LOOKED_AT = 8
"""A search by number ends early as a rule, and may look at everybody: counted as one in so many."""

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


class Source(NamedTuple):
    """Where the pairs of a request come from. For explicit pairs only the listed ones; ``lazy`` is False then."""

    lazy: bool
    grid: Grid
    moved: Grid  # people who came or moved since ``grid`` was built
    word: Words  # (Q,) of each unit
    priority: Integers  # (Q,) units in the order of their surcharge, for needs without distance
    surcharge: Integers  # (Q,)
    least_surcharge: int
    xy: Floats  # (R, 2)
    need: Words  # (R,)
    radius: Floats  # (R,)
    remote: Flags  # (R,)
    banned: Integers  # units left out of the search, ascending within each request: forbidden and specially priced
    banned_starts: Integers  # (R + 1,)
    special: Integers  # entries of specially priced pairs, CSR
    special_starts: Integers  # (R + 1,)


class Lists(NamedTuple):
    """The lists of all requests, (R,) each. ``wanted``: how many a search by number last asked for, 0 before;
    ``reach``: everybody eligible within these metres is listed, -1 before, NaN once only the search by number works."""

    start: Integers
    length: Integers
    room: Integers
    bound: Integers
    wanted: Integers
    reach: Floats
    used: Integers  # (1,) first free place of the pool


@compiled
def with_room(lists: Lists, pool: Integers, r: int, entries: int) -> Integers:
    """Make room for the list of r to hold ``entries``, keeping what it holds; returns the pool, moved if it grew."""
    if lists.room[r] >= entries:
        return pool
    room = max(entries, 2 * lists.room[r])
    start = lists.used[0]
    if start + room > len(pool):
        bigger = np.empty(max(2 * len(pool), start + room), np.int64)
        bigger[:start] = pool[:start]
        pool = bigger
    first, length = lists.start[r], lists.length[r]
    pool[start : start + length] = pool[first : first + length]
    lists.start[r], lists.room[r] = start, room
    lists.used[0] = start + room
    return pool


@compiled
def lengthen(source: Source, lists: Lists, pool: Integers, r: int) -> tuple[Integers, int]:
    """Write the first list of request r or make it about twice as long.

    Returns the pool, moved if it had to grow, and what it cost, in people looked at: where hardly anybody has the
    skill that is many more than those who are found.
    """
    if not source.lazy:
        lists.bound[r] = NO_MORE
        return pool, 0
    seen = 0
    if not source.remote[r] and not np.isnan(lists.reach[r]):
        pool, done, seen = _lengthen_by_ring(source, lists, pool, r)
        if done:
            return pool, seen
        lists.reach[r] = np.nan
        lists.wanted[r] = lists.length[r]
    pool = _lengthen_by_number(source, lists, pool, r)
    return pool, seen + lists.wanted[r] + len(source.word) // SHARE_LOOKED_AT


@compiled
def _farthest(grid: Grid, x: float, y: float) -> float:
    """Metres beyond which nobody of the grid can be."""
    far_x = max(x - grid.left, grid.left + grid.columns * grid.cell - x)
    far_y = max(y - grid.bottom, grid.bottom + grid.rows * grid.cell - y)
    return float(1.0 + np.hypot(far_x, far_y) * 1.000001)


@compiled
def _lengthen_by_ring(source: Source, lists: Lists, pool: Integers, r: int) -> tuple[Integers, bool, int]:
    """Add everybody in the next ring outward; what it cost comes last.

    False when too many stand at one distance to be cut into rings.
    """
    grid = source.grid
    x, y = source.xy[r, 0], source.xy[r, 1]
    inner = lists.reach[r]
    farthest = min(source.radius[r], max(_farthest(grid, x, y), _farthest(source.moved, x, y)))
    if inner < 0.0:
        outer = min(grid.cell, farthest)
    elif lists.length[r] < 4:
        outer = min(2.0 * inner + 1.0, farthest)
    else:
        outer = min(1.41 * inner + 1.0, farthest)
    most = 2 * lists.length[r] + 48
    distance2, unit = np.empty(most), np.empty(most, np.int64)
    found, seen = -1, 0
    for _ in range(12):
        found, looked = between(
            grid, x, y, source.need[r], inner, outer, source.banned, source.banned_starts[r],
            source.banned_starts[r + 1], distance2, unit,
        )  # fmt: skip
        if found >= 0 and len(source.moved.x) > 0:
            more, also = between(
                source.moved, x, y, source.need[r], inner, outer, source.banned, source.banned_starts[r],
                source.banned_starts[r + 1], distance2[found:], unit[found:],
            )  # fmt: skip
            looked += also
            found = found + more if more >= 0 else -1
        seen += looked
        if found >= 0:
            break
        outer = max(inner, 0.0) + (outer - max(inner, 0.0)) * 0.5
    if found < 0:
        return pool, False, seen
    specials = source.special_starts[r + 1] - source.special_starts[r] if inner < 0.0 else np.int64(0)
    pool = with_room(lists, pool, r, lists.length[r] + found + specials)
    at = lists.start[r] + lists.length[r]
    for i in range(found):
        metres = np.int64(np.rint(np.sqrt(distance2[i])))
        pool[at + i] = (metres + source.surcharge[unit[i]]) << UNIT_BITS | unit[i]
    for i in range(specials):
        pool[at + found + i] = source.special[source.special_starts[r] + i]
    lists.length[r] += found + specials
    lists.reach[r] = outer
    lists.bound[r] = NO_MORE if outer >= farthest else np.int64(np.rint(outer)) + source.least_surcharge
    end = at + found + specials
    pool[at:end] = np.sort(pool[at:end])
    if at > lists.start[r] and found + specials > 0 and pool[at] < pool[at - 1]:
        pool[lists.start[r] : end] = np.sort(pool[lists.start[r] : end])
    return pool, True, seen


@compiled
def _lengthen_by_number(source: Source, lists: Lists, pool: Integers, r: int) -> Integers:
    """Ask again for twice as many nearest: for needs without distance, and for crowds on one point."""
    wanted = min(max(2 * lists.wanted[r], 16), len(source.word))
    specials = source.special_starts[r + 1] - source.special_starts[r]
    pool = with_room(lists, pool, r, wanted + specials)
    lists.wanted[r] = wanted
    entries = pool[lists.start[r] : lists.start[r] + wanted + specials]
    banned_from, banned_to = source.banned_starts[r], source.banned_starts[r + 1]
    unit = np.empty(wanted, np.int64)
    bound = np.int64(0)
    if source.remote[r]:
        found = first_eligible(
            source.word, source.priority, source.need[r], wanted, source.banned, banned_from, banned_to, unit
        )
        for i in range(found):
            bound = source.surcharge[unit[i]]
            entries[i] = bound << UNIT_BITS | unit[i]
    else:
        distance2 = np.empty(wanted)
        found = nearest(
            source.grid, source.xy[r, 0], source.xy[r, 1], source.need[r], source.radius[r], wanted,
            source.banned, banned_from, banned_to, distance2, unit,
        )  # fmt: skip
        if len(source.moved.x) > 0:
            found = _with_moved(source, r, wanted, found, distance2, unit)
        for i in range(found):
            metres = np.int64(np.rint(np.sqrt(distance2[i])))
            entries[i] = (metres + source.surcharge[unit[i]]) << UNIT_BITS | unit[i]
            bound = metres + source.least_surcharge
    for i in range(specials):
        entries[found + i] = source.special[source.special_starts[r] + i]
    found_all = found < wanted or wanted == len(source.word)
    lists.bound[r] = NO_MORE if found_all else bound
    lists.length[r] = found + specials
    entries[: found + specials] = np.sort(entries[: found + specials])
    return pool


@compiled
def _with_moved(source: Source, r: int, wanted: int, found: int, distance2: Floats, unit: Integers) -> int:
    """Merge the nearest of ``moved`` into the nearest of ``grid``; returns how many there are now."""
    more2, more = np.empty(wanted), np.empty(wanted, np.int64)
    also = nearest(
        source.moved, source.xy[r, 0], source.xy[r, 1], source.need[r], source.radius[r], wanted,
        source.banned, source.banned_starts[r], source.banned_starts[r + 1], more2, more,
    )  # fmt: skip
    both2 = np.concatenate((distance2[:found], more2[:also]))
    both = np.concatenate((unit[:found], more[:also]))
    order = np.argsort(both2, kind="mergesort")[:wanted]
    for i in range(len(order)):
        distance2[i], unit[i] = both2[order[i]], both[order[i]]
    return len(order)
