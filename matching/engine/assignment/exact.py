"""The exact solver: a plan that is optimal over all pairs, and the proof."""

import time

import numpy as np

from matching.engine.assignment.lists import UNIT_BITS, UNIT_MASK, Lists
from matching.engine.assignment.network import Network, network_of_pairs
from matching.engine.assignment.places import network_of_places
from matching.engine.assignment.problem import PairProblem, Plan, Problem
from matching.engine.assignment.search import NOBODY, Flow, Trail, fill_seats
from matching.engine.compiled import compiled
from matching.engine.words import Integers

ENTRIES_BETWEEN_LOOKS_AT_THE_CLOCK = 2_000_000


class ExactAssignment:
    """Minimum-cost plan by shortest augmenting paths on lazily lengthened lists.

    Parameters
    ----------
    seconds : time budget; when it is spent the seats not yet reached stay empty and the plan says how far from the
        optimum it can be. None: until proved.

    ``solve`` is deterministic: equal problems give equal plans.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self.seconds = seconds

    def solve(self, problem: Problem) -> Plan:
        """The best plan, its duals and its certificate. Costs and seats: see ``PairProblem``, ``SpatialProblem``."""
        began = time.perf_counter()
        network = build_network(problem)
        read = run_search(network, None if self.seconds is None else began + self.seconds)
        return plan_of(network, time.perf_counter() - began, read)


def build_network(problem: Problem) -> Network:
    """Check every input and lay out the arrays of the search."""
    return network_of_pairs(problem) if isinstance(problem, PairProblem) else network_of_places(problem)


def empty_trail(requests: int) -> Trail:
    """Scratch of the search for R requests."""
    return Trail(*(np.zeros(requests, np.int64) for _ in range(7)))


def run_search(network: Network, deadline: float | None, queue: Integers | None = None) -> int:
    """Fill the seats of ``queue`` (default all) until done or past the deadline; returns the entries read."""
    flow = network.flow
    if queue is None:
        queue = np.arange(len(flow.seat_unit))
    trail = empty_trail(len(flow.price))
    at, stamp, total = 0, 0, 0
    quota = 2**62 if deadline is None else ENTRIES_BETWEEN_LOOKS_AT_THE_CLOCK
    while at < len(queue) and (deadline is None or time.perf_counter() < deadline):
        at, stamp, read, network.pool = fill_seats(
            network.source, network.lists, network.pool, flow, trail, queue, at, stamp, quota
        )
        total += read
    return total


@compiled
def _unit_prices(flow: Flow) -> tuple[Integers, Integers]:
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
    for unit in range(len(unit_price)):
        seat = flow.unit_seat[unit]
        if flow.unit_room[unit] > 0 or seat == NOBODY:
            continue
        least = np.int64(2**62)
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


def plan_of(network: Network, seconds: float, read: int) -> Plan:
    """The caller's view of a finished (or interrupted) search, with the lower bound computed from the prices alone."""
    flow = network.flow
    filled = flow.seat_unit != NOBODY
    requests = len(network.headcount)
    free = np.bincount(flow.seat_request, minlength=requests).astype(np.int64)
    unit_price, parent_price = _unit_prices(flow)
    parent_capacity = flow.parent_room.copy()
    held = flow.unit_parent[flow.seat_unit[filled]] if len(flow.parent_room) else np.empty(0, np.int64)
    np.add.at(parent_capacity, held[held != NOBODY], 1)
    pairs = np.column_stack([flow.seat_request[filled], network.unit_volunteer[flow.seat_unit[filled]]])
    pairs = np.concatenate([pairs, network.pinned])
    cost = np.concatenate([flow.seat_cost[filled], network.pinned_cost])
    order = np.lexsort((cost, pairs[:, 1], pairs[:, 0]))
    pairs, cost = pairs[order], cost[order]
    unfilled = network.headcount - np.bincount(pairs[:, 0], minlength=requests).astype(np.int64)
    objective = int(cost.sum()) + int((unfilled * flow.penalty).sum())
    bound = int(network.pinned_cost.sum()) + int(
        dual_bound(network.lists, network.pool, flow, free, unit_price, parent_price, parent_capacity)
    )
    volunteer_price = np.zeros(network.volunteers, np.int64)
    np.maximum.at(volunteer_price, network.unit_volunteer, unit_price)
    own = flow.unit_parent != NOBODY
    np.maximum.at(volunteer_price, network.unit_volunteer[own], parent_price[flow.unit_parent[own]])
    return Plan(
        pairs=pairs,
        cost=cost,
        unfilled=unfilled,
        objective=objective,
        lower_bound=bound,
        exact=bound == objective,
        request_price=np.minimum(flow.price, flow.penalty),
        volunteer_price=volunteer_price,
        seconds=seconds,
        pairs_looked_at=read,
        state=network,
    )
