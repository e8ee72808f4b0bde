"""The auction: good plans early, with a proven gap.

Seats bid for units. A seat takes the unit with the smallest cost + price and raises the price until its second choice
would be as good, plus epsilon; the former owner bids again. Leaving the seat empty is a choice with the penalty as its
cost. At the end every seat is within epsilon of its best choice, so the plan is within seats x epsilon of the optimum,
and the prices prove a bound that is usually much closer (Bertsekas 1979; here with seats of one request treated as one
bidder, and with lists that grow only when their bound could matter).

Each request remembers its best entries and a threshold below which nothing else can be: prices only rise, so most bids
look at these few entries and not at the list.
"""

from typing import NamedTuple

import numpy as np

from matching.engine.assignment.lists import NO_MORE, UNIT_BITS, UNIT_MASK, Lists, Source, lengthen
from matching.engine.assignment.search import NOBODY, Flow, holds, occupy, release
from matching.engine.compiled import compiled
from matching.engine.words import Integers

SPARE_ENTRIES = 14
LARGEST_HEADCOUNT = 200
"""Needs with more seats than this are left to the exact search: every bid would read too long a memory."""


class Bidding(NamedTuple):
    """unit_price (Q,); best entries (R, C), how many (R,), threshold (R,) nothing else is below, scratch (C,)."""

    unit_price: Integers
    cached: Integers
    cached_count: Integers
    threshold: Integers
    values: Integers


def empty_bidding(requests: int, units: int, largest_headcount: int) -> Bidding:
    """Prices 0 and nothing remembered. The memory is longer than a request's own units, so it holds two others."""
    size = min(largest_headcount, LARGEST_HEADCOUNT) + SPARE_ENTRIES
    return Bidding(
        np.zeros(units, np.int64),
        np.zeros((requests, size), np.int64),
        np.zeros(requests, np.int64),
        np.full(requests, -1, np.int64),
        np.zeros(size, np.int64),
    )


@compiled
def _remember(lists: Lists, pool: Integers, bidding: Bidding, r: int) -> int:
    """Scan the list of r for its cheapest entries at present prices; returns the entries read."""
    size = len(bidding.values)
    values = bidding.values
    count = 0
    first, last = lists.start[r], lists.start[r] + lists.length[r]
    limit = NO_MORE
    read = 0
    for i in range(first, last):
        cost = pool[i] >> UNIT_BITS
        if cost >= limit:
            break
        read += 1
        value = cost + bidding.unit_price[pool[i] & UNIT_MASK]
        if value >= limit:
            continue
        at = count if count < size else size - 1
        while at > 0 and values[at - 1] > value:
            values[at] = values[at - 1]
            bidding.cached[r, at] = bidding.cached[r, at - 1]
            at -= 1
        values[at] = value
        bidding.cached[r, at] = pool[i]
        if count < size:
            count += 1
        if count == size:
            limit = values[size - 1]
    bidding.cached_count[r] = count
    bidding.threshold[r] = min(limit, lists.bound[r])
    return read


@compiled
def bid(  # noqa: C901 - one compiled loop
    source: Source,
    lists: Lists,
    pool: Integers,
    flow: Flow,
    bidding: Bidding,
    stack: Integers,
    height: int,
    epsilon: int,
    quota: int,
) -> tuple[int, int, Integers]:
    """Let the seats of ``stack[:height]`` bid until none is left or ``quota`` entries were read.

    Returns the height left, the entries read and the pool. Units must have capacity 1 and no parent.
    """
    read = 0
    while height > 0 and read < quota:
        seat = stack[height - 1]
        r = flow.seat_request[seat]
        penalty = flow.penalty[r]
        fresh = False
        while True:
            best, second, chosen = penalty, penalty, np.int64(NOBODY)
            for i in range(bidding.cached_count[r]):
                entry = bidding.cached[r, i]
                unit = entry & UNIT_MASK
                value = (entry >> UNIT_BITS) + bidding.unit_price[unit]
                holder = flow.unit_seat[unit]
                if value >= second and (holder != NOBODY or value > best):
                    continue
                if holder != NOBODY and flow.seat_request[holder] == r:
                    continue
                if value < best or (value == best and holder == NOBODY):
                    best, second, chosen = value, best, entry
                else:
                    second = value
            read += 1 + bidding.cached_count[r] // 4
            if second <= bidding.threshold[r]:
                break
            if fresh:
                pool, looked = lengthen(source, lists, pool, r)
                read += looked
            read += _remember(lists, pool, bidding, r)
            fresh = True
        height -= 1
        if chosen == NOBODY:
            continue
        unit, cost = chosen & UNIT_MASK, chosen >> UNIT_BITS
        former = flow.unit_seat[unit]
        if former != NOBODY:
            release(flow, former)
            stack[height] = former
            height += 1
        occupy(flow, seat, int(unit), int(cost))
        # a free unit is taken only once, so it needs no epsilon to end the bidding
        bidding.unit_price[unit] += second - best if former == NOBODY else max(second - best, epsilon)
    return height, read, pool


@compiled
def settle_pending(
    source: Source, lists: Lists, pool: Integers, flow: Flow, stack: Integers, height: int, quota: int
) -> tuple[int, int, Integers]:
    """Time is short: seats that still bid take the cheapest free unit, looking as far as the penalty, or stay empty.

    Stops once ``quota`` entries were read; returns the height left, the entries read and the pool.
    """
    read = 0
    while height > 0 and read < quota:
        height -= 1
        seat = stack[height]
        r = flow.seat_request[seat]
        while True:
            found = False
            for i in range(lists.start[r], lists.start[r] + lists.length[r]):
                cost, unit = pool[i] >> UNIT_BITS, pool[i] & UNIT_MASK
                if cost >= flow.penalty[r]:
                    break
                read += 1
                parent = flow.unit_parent[unit]
                if parent != NOBODY and flow.parent_room[parent] <= 0:
                    continue
                if flow.unit_room[unit] > 0 and not holds(flow, r, int(unit)):
                    occupy(flow, seat, int(unit), int(cost))
                    found = True
                    break
            if found or lists.bound[r] >= flow.penalty[r]:
                break
            read += 20 + lists.length[r]
            pool, looked = lengthen(source, lists, pool, r)
            read += looked
    return height, read, pool


@compiled
def price_requests(  # noqa: C901 - one compiled loop
    source: Source,
    lists: Lists,
    pool: Integers,
    flow: Flow,
    bidding: Bidding,
    seats: Integers,
    first: int,
    may_lengthen: bool,
    quota: int,
) -> tuple[int, int, int, Integers]:
    """Set u_r to the best choice r does not hold, from request ``first`` until ``quota`` entries were read.

    Returns the next request, the part of these requests in the proven lower bound, the entries read and the pool. The
    bound is sum_r [seats_r u_r - sum over pairs of max(0, u_r - c - p)] - sum p: weak duality over all pairs, since
    u_r is cut at the bound of r's list.
    """
    total = np.int64(0)
    read = 0
    r = first
    while r < len(seats) and read < quota:
        while True:
            price = flow.penalty[r]
            for i in range(lists.start[r], lists.start[r] + lists.length[r]):
                cost = pool[i] >> UNIT_BITS
                if cost >= price:
                    break
                read += 1
                unit = pool[i] & UNIT_MASK
                value = cost + bidding.unit_price[unit]
                if value >= price:
                    continue
                holder = flow.unit_seat[unit]
                if holder == NOBODY or flow.seat_request[holder] != r:
                    price = value
            if price <= lists.bound[r] or not may_lengthen:
                break
            pool, looked = lengthen(source, lists, pool, r)
            read += looked
        price = min(price, lists.bound[r])
        flow.price[r] = price
        total += seats[r] * price
        for i in range(lists.start[r], lists.start[r] + lists.length[r]):
            cost = pool[i] >> UNIT_BITS
            if cost >= price:
                break
            rest = price - cost - bidding.unit_price[pool[i] & UNIT_MASK]
            if rest > 0:
                total -= rest
        r += 1
    return r, int(total), read, pool
