"""Units that look for seats: the other half of planning again.

When somebody becomes free, or comes, or moves, the seats do not know it; the unit asks around. It takes the seat that
gains most by it, at the highest price nobody else would pay, and whoever sat there is free and asks in turn (reverse
auction: Bertsekas and Castanon 1992). At the end everybody without a seat has price 0 and nobody would rather have
them, by more than epsilon; then the seats that are still empty may bid (auction.py).

Requests are kept in groups that ask for the same word, so that one AND spares a whole group.
"""

from typing import NamedTuple

import numpy as np

from matching.engine.assignment.auction import Bidding
from matching.engine.assignment.lists import (
    NO_MORE,
    UNIT_BITS,
    UNIT_MASK,
    Lists,
    Source,
    with_room,
)
from matching.engine.assignment.search import NOBODY, Flow, occupy, release
from matching.engine.compiled import compiled
from matching.engine.grid import contains
from matching.engine.words import Floats, Integers, Words

Marks = np.ndarray[tuple[int], np.dtype[np.bool_]]


class Asking(NamedTuple):
    """Requests by what they ask for: ``order`` (R,), groups as CSR ``starts`` (G + 1,) with ``word`` (G,).

    ``first`` (R + 1,) seat of each; ``worth`` (R,) what its dearest seat costs it now.
    """

    order: Integers
    starts: Integers
    word: Words
    first: Integers
    worth: Integers


@compiled
def fitting(  # noqa: C901 - one compiled loop
    source: Source,
    place: Integers,
    asking: Asking,
    unit: int,
    request: Integers,
    cost: Integers,
    away2: Floats,
) -> int:
    """Every request the unit may serve, what the pair costs and the square metres between them; returns how many.

    ``away2`` is 0 where a price of its own counts. All three are written, (R,).

    O(groups + requests of fitting groups). One loop without calls: passing ``source`` costs more than a distance.
    """
    found = 0
    at = place[unit]
    grid = source.grid
    if at < 0:
        grid, at = source.moved, -1 - at
    x, y, reach2 = grid.x[at], grid.y[at], grid.reach2[at]
    word, surcharge = source.word[unit], source.surcharge[unit]
    for group in range(len(asking.word)):
        if word & asking.word[group] != asking.word[group]:
            continue
        for i in range(asking.starts[group], asking.starts[group + 1]):
            r = asking.order[i]
            dx, dy = x - source.xy[r, 0], y - source.xy[r, 1]
            distance2 = dx * dx + dy * dy
            price = np.int64(NO_MORE)
            if source.remote[r]:
                price = surcharge
            elif distance2 <= source.radius[r] * source.radius[r] and distance2 <= reach2:
                price = np.int64(np.rint(np.sqrt(distance2))) + surcharge
            if source.banned_starts[r] < source.banned_starts[r + 1] and contains(
                source.banned, source.banned_starts[r], source.banned_starts[r + 1], unit
            ):
                price = np.int64(NO_MORE)
                for j in range(source.special_starts[r], source.special_starts[r + 1]):
                    if source.special[j] & UNIT_MASK == unit:
                        price, distance2 = source.special[j] >> UNIT_BITS, 0.0
            if price < NO_MORE:
                request[found], cost[found], away2[found] = r, price, distance2
                found += 1
    return found


@compiled
def find_worth(flow: Flow, unit_price: Integers, asking: Asking, r: int) -> tuple[int, int]:
    """The seat of r that would gain most by a free unit, and what it costs now; (NOBODY, -1) when there is none."""
    dearest, worst = np.int64(NOBODY), np.int64(-1)
    for seat in range(asking.first[r], asking.first[r + 1]):
        unit = flow.seat_unit[seat]
        value = flow.penalty[r]
        if unit != NOBODY:
            value = flow.seat_cost[seat] + unit_price[unit]
        if value > worst or (value == worst and unit == NOBODY):
            dearest, worst = np.int64(seat), value
    return int(dearest), int(worst)


@compiled
def find_all_worth(flow: Flow, unit_price: Integers, asking: Asking) -> None:
    """``worth`` of every request. O(seats)."""
    for r in range(len(asking.worth)):
        asking.worth[r] = find_worth(flow, unit_price, asking, r)[1]


@compiled
def forget_units(lists: Lists, pool: Integers, changed: Marks) -> None:
    """Take changed units out of every list. O(entries)."""
    for r in range(len(lists.start)):
        first, kept = lists.start[r], lists.start[r]
        for i in range(first, first + lists.length[r]):
            if not changed[pool[i] & UNIT_MASK]:
                pool[kept] = pool[i]
                kept += 1
        lists.length[r] = kept - first


@compiled
def enter_units(  # noqa: C901 - one compiled loop
    source: Source,
    lists: Lists,
    pool: Integers,
    place: Integers,
    asking: Asking,
    units: Integers,
    price: Integers,
) -> tuple[Integers, Integers]:
    """Put units into every list that reaches as far as they are, at the price at which no seat would rather have them.

    Returns the pool and the units whose price is above 0: somebody wants them.
    """
    wanted = np.empty(len(units), np.int64)
    count = 0
    entries, owners = np.empty(1024, np.int64), np.empty(1024, np.int64)
    size = 0
    more = np.zeros(len(lists.start), np.int64)
    request, cost = np.empty(len(lists.start), np.int64), np.empty(len(lists.start), np.int64)
    away2 = np.empty(len(lists.start))
    for unit in units:
        best = np.int64(0)
        for i in range(fitting(source, place, asking, unit, request, cost, away2)):
            r = request[i]
            best = max(best, asking.worth[r] - cost[i])
            reach = lists.reach[r]
            if lists.bound[r] == NO_MORE:
                belongs = True
            elif np.isnan(reach) or source.remote[r]:
                belongs = cost[i] < lists.bound[r]
            else:
                belongs = reach >= 0.0 and away2[i] <= reach * reach
            if not belongs:
                continue
            if size == len(entries):
                entries = np.concatenate((entries, np.empty(size, np.int64)))
                owners = np.concatenate((owners, np.empty(size, np.int64)))
            entries[size], owners[size] = cost[i] << UNIT_BITS | unit, r
            more[r] += 1
            size += 1
        price[unit] = best
        if best > 0:
            wanted[count] = unit
            count += 1
    for r in range(len(more)):
        if more[r] > 0:
            pool = with_room(lists, pool, r, lists.length[r] + more[r])
    for i in range(size):
        r = owners[i]
        pool[lists.start[r] + lists.length[r]] = entries[i]
        lists.length[r] += 1
    for r in range(len(more)):
        if more[r] > 0:
            first, last = lists.start[r], lists.start[r] + lists.length[r]
            pool[first:last] = np.sort(pool[first:last])
    return pool, wanted[:count]


@compiled
def ask_around(
    source: Source,
    place: Integers,
    flow: Flow,
    bidding: Bidding,
    asking: Asking,
    stack: Integers,
    epsilon: int,
    quota: int,
) -> bool:
    """Let units look for seats until nobody who is free is wanted; False once ``quota`` of them asked."""
    price = bidding.unit_price
    height = len(stack)
    request, cost = np.empty(len(flow.price), np.int64), np.empty(len(flow.price), np.int64)
    away2 = np.empty(len(flow.price))
    asked = 0
    while height > 0:
        if asked >= quota:
            return False
        asked += 1
        height -= 1
        unit = stack[height]
        price[unit] = 0
        if flow.unit_room[unit] == 0:
            continue
        best, second = np.int64(0), np.int64(0)
        chosen, chosen_cost = np.int64(NOBODY), np.int64(0)
        for i in range(fitting(source, place, asking, unit, request, cost, away2)):
            gain = asking.worth[request[i]] - cost[i]
            if gain > best:
                best, second, chosen, chosen_cost = gain, best, request[i], cost[i]
            elif gain > second:
                second = gain
        if best <= 0:
            continue
        seat, _ = find_worth(flow, price, asking, int(chosen))
        former = flow.seat_unit[seat]
        if former != NOBODY:
            release(flow, seat)
            stack[height] = former
            height += 1
        occupy(flow, seat, int(unit), int(chosen_cost))
        # a tie must cost something, or two units could push each other out for ever
        price[unit] = second if best - second >= epsilon else max(int(second) - epsilon, 0)
        asking.worth[chosen] = find_worth(flow, price, asking, int(chosen))[1]
    return True
