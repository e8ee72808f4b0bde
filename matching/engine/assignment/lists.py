"""Candidate lists that grow only where the search needs them, one growing pool for all requests.

An entry is one int64: cost << 32 | unit, so a list sorted as numbers is sorted by cost, then unit. ``bound[r]`` is a
lower bound on the cost of every pair of r that is not in its list; NO_MORE says the list is complete.
"""

from typing import NamedTuple

import numpy as np

from matching.engine.compiled import compiled
from matching.engine.grid import Grid, contains, first_eligible, nearest
from matching.engine.words import Floats, Integers, Words

NO_MORE = np.int64(2**62)
UNIT_BITS = np.int64(32)
UNIT_MASK = np.int64(2**32 - 1)

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


class Source(NamedTuple):
    """Where the pairs of a request come from. For explicit pairs only the listed ones; ``lazy`` is False then."""

    lazy: bool
    grid: Grid
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
    """The lists of all requests, (R,) each; ``wanted`` is how many were last asked for."""

    start: Integers
    length: Integers
    room: Integers
    bound: Integers
    wanted: Integers
    used: Integers  # (1,) first free place of the pool


@compiled
def lengthen(  # noqa: C901 - one compiled loop
    source: Source, lists: Lists, pool: Integers, r: int
) -> Integers:
    """Double the list of request r (or write its first one) and sort it; returns the pool, moved if it had to grow."""
    if not source.lazy:
        lists.bound[r] = NO_MORE
        return pool
    wanted = min(max(2 * lists.wanted[r], 8), len(source.word))
    specials = source.special_starts[r + 1] - source.special_starts[r]
    if lists.room[r] < wanted + specials:
        start = lists.used[0]
        if start + wanted + specials > len(pool):
            bigger = np.empty(max(2 * len(pool), start + wanted + specials), np.int64)
            bigger[:start] = pool[:start]
            pool = bigger
        lists.start[r], lists.room[r] = start, wanted + specials
        lists.used[0] = start + wanted + specials
    lists.wanted[r] = wanted
    entries = pool[lists.start[r] : lists.start[r] + wanted + specials]
    banned_from, banned_to = source.banned_starts[r], source.banned_starts[r + 1]
    unit = np.empty(wanted, np.int64)
    if source.remote[r]:
        found = first_eligible(
            source.word, source.priority, source.need[r], wanted, source.banned, banned_from, banned_to, unit
        )
        for i in range(found):
            entries[i] = source.surcharge[unit[i]] << UNIT_BITS | unit[i]
        bound = source.surcharge[unit[found - 1]] if found > 0 else np.int64(0)
    else:
        distance2 = np.empty(wanted)
        found = nearest(
            source.grid, source.xy[r, 0], source.xy[r, 1], source.need[r], source.radius[r], wanted,
            source.banned, banned_from, banned_to, distance2, unit,
        )  # fmt: skip
        bound = np.int64(0)
        for i in range(found):
            metres = np.int64(np.rint(np.sqrt(distance2[i])))
            entries[i] = (metres + source.surcharge[unit[i]]) << UNIT_BITS | unit[i]
            bound = metres + source.least_surcharge
    for i in range(specials):
        entries[found + i] = source.special[source.special_starts[r] + i]
    found_all = found < wanted or wanted == len(source.word)
    lists.bound[r] = NO_MORE if found_all else bound
    lists.length[r] = found + specials
    in_order = True
    for i in range(1, found + specials):
        if entries[i] < entries[i - 1]:
            in_order = False
            break
    if not in_order:
        entries[: found + specials] = np.sort(entries[: found + specials])
    return pool


@compiled
def is_banned(source: Source, r: int, unit: int) -> bool:
    """Whether the pair is left out of the lists."""
    return contains(source.banned, source.banned_starts[r], source.banned_starts[r + 1], unit)
