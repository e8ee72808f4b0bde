"""Shortest augmenting paths: the exact solver.

Every seat is filled along the cheapest chain of changes ("A takes B's place, B goes to C"). The graph of the search has
only requests as nodes: going from r to r' means that r takes a unit which r' holds, at cost c(r, unit) - c(r', unit).
Potentials u keep every hop >= 0; u_r ends as the price of one more seat of r. A list is read only while it can still
beat the best end found, and lengthened when its bound could: so at the end bound[r] >= u_r for all r, which is the
certificate that no pair outside the lists can improve the plan.

Successive shortest paths: Jewell 1962, Iri 1960; potentials: Edmonds and Karp 1972, Tomizawa 1971. Lazily read lists:
U, Yiu, Mouratidis, Mamoulis, SIGMOD 2008. O(seats x (edges read + requests log requests)).
"""

from typing import NamedTuple

import numpy as np

from matching.engine.assignment.lists import UNIT_BITS, UNIT_MASK, Lists, Source, lengthen
from matching.engine.compiled import compiled
from matching.engine.words import Integers

NOBODY = -1


class Flow(NamedTuple):
    """The plan as it grows. R requests, S seats, Q units (a person, or a person in one slot), B people above units."""

    price: Integers  # (R,) u
    penalty: Integers  # (R,)
    seat_request: Integers  # (S,)
    seat_unit: Integers  # (S,) NOBODY when empty
    seat_cost: Integers  # (S,)
    unit_room: Integers  # (Q,) free capacity
    unit_capacity: Integers  # (Q,)
    unit_seat: Integers  # (Q,) first seat held, NOBODY at the end
    next_seat: Integers  # (S,) next seat of the same unit
    unit_parent: Integers  # (Q,) NOBODY, or the person whose total is limited
    parent_room: Integers  # (B,)
    parent_seat: Integers  # (B,) first seat under the person
    next_under_parent: Integers  # (S,)


class Trail(NamedTuple):
    """Scratch of the search, (R,) each."""

    distance: Integers
    reached: Integers  # stamp of the search that reached r
    settled: Integers  # stamp of the search that settled r
    via_request: Integers
    via_seat: Integers  # the seat r lost
    via_cost: Integers  # what via_request pays for the unit of that seat
    order: Integers  # settled requests


@compiled
def push(heap: Integers, key: int, size: int) -> int:
    """Put a key into the binary heap of this size; returns the new size."""
    at = size
    while at > 0:
        parent = (at - 1) >> 1
        if heap[parent] <= key:
            break
        heap[at] = heap[parent]
        at = parent
    heap[at] = key
    return size + 1


@compiled
def pop(heap: Integers, size: int) -> int:
    """Drop the smallest key, heap[0]; returns the new size."""
    size -= 1
    key = heap[size]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= key:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = key
    return size


@compiled
def release(flow: Flow, seat: int) -> None:
    """Empty one seat."""
    unit = flow.seat_unit[seat]
    if unit == NOBODY:
        return
    if flow.unit_seat[unit] == seat:
        flow.unit_seat[unit] = flow.next_seat[seat]
    else:
        at = flow.unit_seat[unit]
        while flow.next_seat[at] != seat:
            at = flow.next_seat[at]
        flow.next_seat[at] = flow.next_seat[seat]
    flow.unit_room[unit] += 1
    parent = flow.unit_parent[unit]
    if parent != NOBODY:
        if flow.parent_seat[parent] == seat:
            flow.parent_seat[parent] = flow.next_under_parent[seat]
        else:
            at = flow.parent_seat[parent]
            while flow.next_under_parent[at] != seat:
                at = flow.next_under_parent[at]
            flow.next_under_parent[at] = flow.next_under_parent[seat]
        flow.parent_room[parent] += 1
    flow.seat_unit[seat] = NOBODY


@compiled
def occupy(flow: Flow, seat: int, unit: int, cost: int) -> None:
    """Give an empty seat to a unit with room."""
    flow.seat_unit[seat], flow.seat_cost[seat] = unit, cost
    flow.next_seat[seat] = flow.unit_seat[unit]
    flow.unit_seat[unit] = seat
    flow.unit_room[unit] -= 1
    parent = flow.unit_parent[unit]
    if parent != NOBODY:
        flow.next_under_parent[seat] = flow.parent_seat[parent]
        flow.parent_seat[parent] = seat
        flow.parent_room[parent] -= 1


@compiled
def holds(flow: Flow, r: int, unit: int) -> bool:
    """Whether a seat of r is filled by the unit."""
    seat = flow.unit_seat[unit]
    while seat != NOBODY:
        if flow.seat_request[seat] == r:
            return True
        seat = flow.next_seat[seat]
    return False


@compiled
def fill_seats(  # noqa: C901 - one compiled loop; calls would cost more than they explain
    source: Source,
    lists: Lists,
    pool: Integers,
    flow: Flow,
    trail: Trail,
    queue: Integers,
    first: int,
    stamp: int,
    quota: int,
) -> tuple[int, int, int, Integers]:
    """Fill the seats ``queue[first:]`` one after another; stop between two seats once ``quota`` entries were read.

    A single search that takes four times as many is given up, and nothing is changed: ask again with a larger quota.
    Returns the place in the queue, the last stamp used, the entries read, and the pool.
    """
    read = 0
    heap = np.empty(1024, np.int64)
    requests = len(flow.price)
    at = first
    while at < len(queue) and read < quota:
        seat = queue[at]
        at += 1
        start = flow.seat_request[seat]
        stamp += 1
        trail.distance[start] = 0
        trail.reached[start] = stamp
        size = push(heap, start, 0)
        best = flow.penalty[start] - flow.price[start]
        best_request, best_unit, best_cost = start, NOBODY, np.int64(0)
        settled = 0
        while size > 0:
            if read // 4 >= quota:
                return at - 1, stamp, read, pool
            key = heap[0]
            size = pop(heap, size)
            distance, r = key // requests, key % requests
            if distance >= best:
                break
            if trail.settled[r] == stamp or distance > trail.distance[r]:
                continue
            trail.settled[r] = stamp
            trail.order[settled] = r
            settled += 1
            base = distance - flow.price[r]
            if base + flow.penalty[r] < best:
                best, best_request, best_unit, best_cost = base + flow.penalty[r], r, NOBODY, np.int64(0)
            while True:
                first_entry = lists.start[r]
                last_entry = first_entry + lists.length[r]
                for i in range(first_entry, last_entry):
                    cost = pool[i] >> UNIT_BITS
                    reach = base + cost
                    if reach >= best:
                        break
                    read += 1
                    unit = pool[i] & UNIT_MASK
                    parent = flow.unit_parent[unit]
                    if flow.unit_room[unit] > 0:
                        if flow.unit_capacity[unit] > 1 and holds(flow, r, unit):
                            continue
                        if parent == NOBODY or flow.parent_room[parent] > 0:
                            best, best_request, best_unit, best_cost = reach, r, unit, cost
                            continue
                        holder = flow.parent_seat[parent]
                        under_parent = True
                    else:
                        if flow.unit_capacity[unit] > 1 and holds(flow, r, unit):
                            continue
                        holder = flow.unit_seat[unit]
                        under_parent = False
                    while holder != NOBODY:
                        other = flow.seat_request[holder]
                        there = reach + flow.price[other] - flow.seat_cost[holder]
                        if there < best and (trail.reached[other] != stamp or there < trail.distance[other]):
                            trail.reached[other] = stamp
                            trail.distance[other] = there
                            trail.via_request[other] = r
                            trail.via_seat[other] = holder
                            trail.via_cost[other] = pool[i]
                            if size == len(heap):
                                bigger = np.empty(2 * size, np.int64)
                                bigger[:size] = heap
                                heap = bigger
                            size = push(heap, there * requests + other, size)
                        holder = flow.next_under_parent[holder] if under_parent else flow.next_seat[holder]
                if base + lists.bound[r] >= best:
                    break
                pool, looked = lengthen(source, lists, pool, r)
                read += looked
        for i in range(settled):
            r = trail.order[i]
            flow.price[r] += best - trail.distance[r]
        r, unit, cost = best_request, best_unit, best_cost
        while True:
            moved = seat if r == start else trail.via_seat[r]
            release(flow, moved)
            if unit != NOBODY:
                occupy(flow, moved, int(unit), int(cost))
            if r == start:
                break
            cost, unit = trail.via_cost[r] >> UNIT_BITS, trail.via_cost[r] & UNIT_MASK
            r = trail.via_request[r]
    return at, stamp, read, pool
