"""Prices, the bound they prove over all pairs, and the plan as the caller sees it."""

import time

import numpy as np

from matching.engine.assignment.lists import UNIT_BITS, UNIT_MASK, Lists
from matching.engine.assignment.network import Network
from matching.engine.assignment.problem import Plan, Standing
from matching.engine.assignment.search import NOBODY, Flow
from matching.engine.compiled import compiled
from matching.engine.words import Integers


@compiled
def unit_prices(flow: Flow) -> tuple[Integers, Integers]:
    """p of each unit and of each parent: what the holders would pay at least to keep it, 0 while there is room."""
    parent_price = np.zeros(len(flow.parent_room), np.int64)
    for b in range(len(parent_price)):
        seat = flow.parent_seat[b]
        if flow.parent_room[b] > 0 or seat == NOBODY:
            continue
        least = np.int64(2**62)
        while seat != NOBODY:
            least = min(least, flow.price[flow.seat_request[seat]] - flow.seat_cost[seat])
            seat = flow.next_under_parent[seat]
        parent_price[b] = max(int(least), 0)
    unit_price = np.zeros(len(flow.unit_room), np.int64)
    for first in range(len(flow.seat_unit)):
        unit = flow.seat_unit[first]
        if unit == NOBODY or flow.unit_room[unit] > 0 or flow.unit_seat[unit] != first:
            continue
        least, seat = np.int64(2**62), np.int64(first)
        while seat != NOBODY:
            least = min(least, flow.price[flow.seat_request[seat]] - flow.seat_cost[seat])
            seat = flow.next_seat[seat]
        if flow.unit_parent[unit] != NOBODY:
            least -= parent_price[flow.unit_parent[unit]]
        unit_price[unit] = max(int(least), 0)
    return unit_price, parent_price


@compiled
def dual_bound(
    lists: Lists, pool: Integers, flow: Flow, seats: Integers, unit_price: Integers, parent_price: Integers,
    parent_capacity: Integers,
) -> int:  # fmt: skip
    """A lower bound on every plan from prices, by weak duality; (R,) ``seats`` to fill.

    sum_r seats_r u_r - sum capacity p - sum over pairs of max(0, u_r - c - p), with u_r cut at the bound of r's list
    and at its penalty, so that the pairs outside the lists add nothing.
    """
    total = np.int64(0)
    for r in range(len(seats)):
        price = min(flow.price[r], flow.penalty[r], lists.bound[r])
        total += seats[r] * price
        for i in range(lists.start[r], lists.start[r] + lists.length[r]):
            cost = pool[i] >> UNIT_BITS
            if cost >= price:
                break
            unit = pool[i] & UNIT_MASK
            rest = price - cost - unit_price[unit]
            if flow.unit_parent[unit] != NOBODY:
                rest -= parent_price[flow.unit_parent[unit]]
            if rest > 0:
                total -= rest
    for unit in range(len(unit_price)):
        total -= flow.unit_capacity[unit] * unit_price[unit]
    for b in range(len(parent_price)):
        total -= parent_capacity[b] * parent_price[b]
    return int(total)


def bound_of_paths(network: Network) -> int:
    """The lower bound that the prices u of a search prove, with p what the holders would pay at least."""
    flow = network.flow
    free = np.bincount(flow.seat_request, minlength=len(flow.price)).astype(np.int64)
    unit_price, parent_price = unit_prices(flow)
    parent_capacity = flow.parent_room.copy()
    if len(parent_capacity):
        held = flow.unit_parent[flow.seat_unit[flow.seat_unit != NOBODY]]
        np.add.at(parent_capacity, held[held != NOBODY], 1)
    return dual_bound(network.lists, network.pool, flow, free, unit_price, parent_price, parent_capacity)


def plan_of(network: Network, bound: int, began: float, read: int, standing: Standing | None) -> Plan:
    """The caller's view of a search; ``bound`` is proved for the seats that are not pinned."""
    flow = network.flow
    filled = flow.seat_unit != NOBODY
    requests = len(network.headcount)
    unit_price, parent_price = unit_prices(flow)
    pairs = np.column_stack([flow.seat_request[filled], network.unit_volunteer[flow.seat_unit[filled]]])
    pairs = np.concatenate([pairs, network.pinned])
    cost = np.concatenate([flow.seat_cost[filled], network.pinned_cost])
    order = np.lexsort((cost, pairs[:, 1], pairs[:, 0]))
    pairs, cost = pairs[order], cost[order]
    unfilled = network.headcount - np.bincount(pairs[:, 0], minlength=requests).astype(np.int64)
    objective = int(cost.sum()) + int((unfilled * flow.penalty).sum())
    lower_bound = min(int(network.pinned_cost.sum()) + int(bound), objective)
    volunteer_price = np.zeros(network.volunteers, np.int64)
    priced = np.flatnonzero(unit_price)
    np.maximum.at(volunteer_price, network.unit_volunteer[priced], unit_price[priced])
    if len(parent_price):
        own = flow.unit_parent != NOBODY
        np.maximum.at(volunteer_price, network.unit_volunteer[own], parent_price[flow.unit_parent[own]])
    return Plan(
        pairs=pairs,
        cost=cost,
        unfilled=unfilled,
        objective=objective,
        lower_bound=lower_bound,
        exact=lower_bound == objective,
        request_price=np.minimum(flow.price, flow.penalty),
        volunteer_price=volunteer_price,
        seconds=time.perf_counter() - began,
        pairs_looked_at=read,
        standing=standing,
    )
