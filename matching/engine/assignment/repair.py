"""From an auction's plan to the optimum: every seat that is not at its best choice is put right, exactly.

After the auction a held pair may cost up to epsilon more than the best choice of its request. Such a pair is first
treated as if it were exactly that much cheaper, which makes prices and plan consistent; then the discounts are taken
back one by one. Taking one back means: the seat gives up its unit q, and the cheapest chain of changes brings the plan
back to balance. The search for the chain (Dijkstra on reduced costs, as in search.py) never goes further than the
discount, so it stays small. The chain may end in q again, or leave q free, and may go through the common pool of free
units ("A takes a free unit, B lets go of hers and takes q"), which is one more node of the graph.

``level`` is the price of a free unit; the true prices are u - level at the end.
"""

import numpy as np

from matching.engine.assignment.lists import UNIT_BITS, UNIT_MASK, Lists, Source, lengthen
from matching.engine.assignment.search import NOBODY, Flow, Trail, occupy, pop, push, release
from matching.engine.compiled import compiled
from matching.engine.words import Integers

FREE_POOL = -2


@compiled
def lower_prices(lists: Lists, pool: Integers, flow: Flow, unit_price: Integers) -> None:
    """Lower each price to the least that keeps all others away: max over requests that do not hold it of u_r - c.

    One pass over the lists. Most pairs that the bidding left above their request's price are right after it.
    """
    unit_price[:] = 0
    for r in range(len(flow.price)):
        for i in range(lists.start[r], lists.start[r] + lists.length[r]):
            wanted = flow.price[r] - (pool[i] >> UNIT_BITS)
            if wanted <= 0:
                break
            unit = pool[i] & UNIT_MASK
            if wanted > unit_price[unit]:
                holder = flow.unit_seat[unit]
                if holder != NOBODY and flow.seat_request[holder] != r:
                    unit_price[unit] = wanted


@compiled
def discounts_of(flow: Flow, unit_price: Integers, true_cost: Integers) -> Integers:
    """Lower the seat costs that are above their request's price; true costs are kept in ``true_cost`` (S,).

    Returns the seats to repair.
    """
    seats = np.empty(len(flow.seat_unit), np.int64)
    count = 0
    for seat in range(len(flow.seat_unit)):
        true_cost[seat] = flow.seat_cost[seat]
        unit = flow.seat_unit[seat]
        if unit == NOBODY:
            continue
        worth = flow.price[flow.seat_request[seat]] - unit_price[unit]
        if flow.seat_cost[seat] > worth:
            flow.seat_cost[seat] = worth
            seats[count] = seat
            count += 1
    return seats[:count]


@compiled
def repair_seats(  # noqa: C901 - one compiled loop
    source: Source,
    lists: Lists,
    pool: Integers,
    flow: Flow,
    trail: Trail,
    queue: Integers,
    first: int,
    true_cost: Integers,
    level: int,
    stamp: int,
    quota: int,
) -> tuple[int, int, int, int, Integers]:
    """Take back the discounts of the seats ``queue[first:]``; stop between two once ``quota`` entries were read.

    A single search that takes four times as many is given up, and nothing is changed: ask again with a larger quota.
    Returns the place in the queue, the level, the last stamp, the entries read, the pool. ``trail`` has R + 1 places.
    """
    read = 0
    heap = np.empty(1024, np.int64)
    nodes = len(flow.price) + 1
    sink = nodes - 1
    at = first
    while at < len(queue) and read < quota:
        seat = queue[at]
        at += 1
        unit_left = flow.seat_unit[seat]
        start = flow.seat_request[seat]
        if unit_left == NOBODY or flow.seat_cost[seat] == true_cost[seat]:
            continue
        height = flow.price[start] - flow.seat_cost[seat] - level
        release(flow, seat)
        stamp += 1
        trail.distance[start], trail.reached[start] = 0, stamp
        best = true_cost[seat] - flow.price[start] + level + height
        end_request, end_unit, end_cost = start, unit_left, true_cost[seat]
        free_request, free_unit, free_cost = start, np.int64(NOBODY), np.int64(0)
        size = push(heap, start, 0)
        settled = 0
        while size > 0:
            if read // 4 >= quota:
                occupy(flow, seat, int(unit_left), int(flow.seat_cost[seat]))
                return at - 1, level, stamp, read, pool
            key = heap[0]
            size = pop(heap, size)
            distance, r = key // nodes, key % nodes
            if distance >= best:
                break
            if trail.settled[r] == stamp or distance > trail.distance[r]:
                continue
            trail.settled[r] = stamp
            trail.order[settled] = r
            settled += 1
            if r == sink:
                read += len(flow.seat_unit) // 4
                if distance + height < best:
                    best, end_request, end_unit, end_cost = (
                        distance + height,
                        sink,
                        np.int64(NOBODY),
                        np.int64(0),
                    )
                for holder in range(len(flow.seat_unit)):
                    other = flow.seat_request[holder]
                    if holder == seat:
                        continue
                    if flow.seat_unit[holder] == NOBODY:
                        there = distance + flow.penalty[other] + level - flow.price[other]
                    else:
                        there = distance + flow.price[other] - flow.seat_cost[holder] - level
                    if there < best and (trail.reached[other] != stamp or there < trail.distance[other]):
                        trail.reached[other], trail.distance[other] = stamp, there
                        trail.via_request[other], trail.via_seat[other] = FREE_POOL, holder
                        if size == len(heap):
                            heap = np.concatenate((heap, np.empty(size, np.int64)))
                        size = push(heap, there * nodes + other, size)
                continue
            base = distance - flow.price[r]
            there = base + flow.penalty[r] + level
            if there < best and (trail.reached[sink] != stamp or there < trail.distance[sink]):
                trail.reached[sink], trail.distance[sink] = stamp, there
                free_request, free_unit, free_cost = r, np.int64(NOBODY), np.int64(0)
                if size == len(heap):
                    heap = np.concatenate((heap, np.empty(size, np.int64)))
                size = push(heap, there * nodes + sink, size)
            while True:
                for i in range(lists.start[r], lists.start[r] + lists.length[r]):
                    cost = pool[i] >> UNIT_BITS
                    reach = base + cost + level
                    if reach >= best:
                        break
                    read += 1
                    unit = pool[i] & UNIT_MASK
                    if unit == unit_left:
                        if reach + height < best:
                            best, end_request, end_unit, end_cost = reach + height, r, unit, cost
                        continue
                    holder = flow.unit_seat[unit]
                    if holder == NOBODY:
                        if trail.reached[sink] != stamp or reach < trail.distance[sink]:
                            trail.reached[sink], trail.distance[sink] = stamp, reach
                            free_request, free_unit, free_cost = r, unit, cost
                            if size == len(heap):
                                heap = np.concatenate((heap, np.empty(size, np.int64)))
                            size = push(heap, reach * nodes + sink, size)
                        continue
                    other = flow.seat_request[holder]
                    there = base + cost + flow.price[other] - flow.seat_cost[holder]
                    if there < best and (trail.reached[other] != stamp or there < trail.distance[other]):
                        trail.reached[other], trail.distance[other] = stamp, there
                        trail.via_request[other], trail.via_seat[other] = r, holder
                        trail.via_cost[other] = pool[i]
                        if size == len(heap):
                            heap = np.concatenate((heap, np.empty(size, np.int64)))
                        size = push(heap, there * nodes + other, size)
                if base + lists.bound[r] + level >= best:
                    break
                pool, looked = lengthen(source, lists, pool, r)
                read += looked
        for i in range(settled):
            r = trail.order[i]
            if r == sink:
                level += best - trail.distance[r]
            else:
                flow.price[r] += best - trail.distance[r]
        r, unit, cost = end_request, end_unit, end_cost
        if r == sink:
            r, unit, cost = free_request, free_unit, free_cost
        while True:
            moved = seat if r == start else trail.via_seat[r]
            release(flow, moved)
            true_cost[moved] = cost
            flow.seat_cost[moved] = cost
            if unit != NOBODY:
                occupy(flow, moved, int(unit), int(cost))
            if r == start:
                break
            if trail.via_request[r] == FREE_POOL:
                r, unit, cost = free_request, free_unit, free_cost
                continue
            cost, unit = trail.via_cost[r] >> UNIT_BITS, trail.via_cost[r] & UNIT_MASK
            r = trail.via_request[r]
    return at, level, stamp, read, pool
