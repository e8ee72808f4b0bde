"""The exact solver: a plan that is optimal over all pairs, and the proof."""

import time
from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np

from matching.engine.assignment.auction import (
    LARGEST_HEADCOUNT,
    Bidding,
    bid,
    empty_bidding,
    price_requests,
    settle_pending,
)
from matching.engine.assignment.lists import UNIT_BITS, UNIT_MASK, Lists
from matching.engine.assignment.network import Network, network_of_pairs
from matching.engine.assignment.places import network_of_places
from matching.engine.assignment.problem import PairProblem, Plan, Problem
from matching.engine.assignment.repair import discounts_of, lower_prices, repair_seats
from matching.engine.assignment.search import NOBODY, Flow, Trail, fill_seats
from matching.engine.compiled import compiled
from matching.engine.errors import OutOfRangeError
from matching.engine.words import Integers

ENTRIES_BETWEEN_LOOKS_AT_THE_CLOCK = 200_000
COARSE_EPSILON = 100


class ExactAssignment:
    """Minimum-cost plan over all pairs, with proof; or the best plan a time budget allows, with its proven gap.

    Where every unit fills one seat, an auction finds a plan within a metre of every seat's best choice, and repair.py
    makes it exact. Where people have a limit over several slots, or explicit pairs have capacities above 1, shortest
    augmenting paths do it from the start (search.py). Both lengthen lists lazily and end with the same certificate.

    Parameters
    ----------
    seconds : time budget. When it is too short for the proof, the plan and its ``lower_bound`` are the best found by
        then, and ``exact`` is False. None: until proved.
    method : "auction" or "paths" forces one; "auto" picks.

    ``solve`` is deterministic without a budget: equal problems give equal plans.
    """

    def __init__(
        self, seconds: float | None = None, method: Literal["auto", "auction", "paths"] = "auto"
    ) -> None:
        self.seconds = seconds
        self.method = method

    def solve(self, problem: Problem) -> Plan:
        """The best plan, its duals and its certificate. Costs and seats: see ``PairProblem``, ``SpatialProblem``."""
        if self.seconds is not None and not self.seconds > 0:
            raise OutOfRangeError(f"seconds must be positive, not {self.seconds}")
        began = time.perf_counter()
        network = build_network(problem)
        if self.method == "paths" or not suits_auction(network):
            if self.method == "auction":
                raise OutOfRangeError("the auction needs units of capacity 1 and headcounts it can remember")
            return self._by_paths(network, began)
        return self._by_auction(network, began)

    def _deadline(self, began: float, share: float) -> float:
        """When to stop: some of the budget is kept for filling what is left, and for writing the plan down."""
        return np.inf if self.seconds is None else began + share * self.seconds - 0.01

    def _by_paths(self, network: Network, began: float) -> Plan:
        deadline = self._deadline(began, 0.7)
        read = run_search(network, None if deadline == np.inf else deadline)
        if time.perf_counter() >= deadline:
            settle(network, np.flatnonzero(network.flow.seat_unit == NOBODY), self._deadline(began, 0.9))
        bound = bound_of_paths(network)
        return plan_of(network, bound, began, read)

    def _by_auction(self, network: Network, began: float) -> Plan:
        deadline, last = self._deadline(began, 0.75), self._deadline(began, 0.9)
        read, bound = 0, 0
        coarse = None
        if self.seconds is not None:
            first = run_auction(
                network, COARSE_EPSILON, self._deadline(began, 0.35), self._deadline(began, 0.5)
            )
            read, bound = first.read, first.lower_bound
            coarse = plan_of(network, bound, began, read)
            if time.perf_counter() > deadline:
                return coarse
            clear_seats(network.flow)
        fine = run_auction(network, 1, deadline, last)
        read, bound = read + fine.read, max(bound, fine.lower_bound)
        if fine.finished:
            more, proved = run_repair(network, fine.bidding, last)
            read += more
            if proved:
                bound = max(bound, bound_of_paths(network))
        plan = plan_of(network, bound, began, read)
        if coarse is not None and coarse.objective < plan.objective:
            return replace(coarse, lower_bound=plan.lower_bound, seconds=plan.seconds, pairs_looked_at=read)
        return plan


def build_network(problem: Problem) -> Network:
    """Check every input and lay out the arrays of the search."""
    return network_of_pairs(problem) if isinstance(problem, PairProblem) else network_of_places(problem)


def suits_auction(network: Network) -> bool:
    """Units of capacity 1 without a limit above them, and no need too large for a bidder's memory."""
    flow = network.flow
    return bool(
        len(flow.parent_room) == 0
        and flow.unit_capacity.max(initial=0) <= 1
        and network.headcount.max(initial=0) <= LARGEST_HEADCOUNT
    )


class Auctioned(NamedTuple):
    """How an auction ended. ``finished``: every seat has its choice; only then may it be repaired."""

    bidding: Bidding
    finished: bool
    lower_bound: int
    read: int


def run_auction(network: Network, epsilon: int, deadline: float, last: float) -> Auctioned:
    """Auction all seats; past the deadline, and until ``last``, those still bidding take what is free. Sets all u."""
    flow = network.flow
    seats = np.bincount(flow.seat_request, minlength=len(flow.price)).astype(np.int64)
    bidding = empty_bidding(len(flow.price), len(flow.unit_room), int(seats.max(initial=0)))
    stack = np.arange(len(flow.seat_unit))[::-1].copy()
    height, read = len(stack), 0
    quota = 2**62 if deadline == np.inf else ENTRIES_BETWEEN_LOOKS_AT_THE_CLOCK
    while height and time.perf_counter() < deadline:
        height, more, network.pool = bid(
            network.source, network.lists, network.pool, flow, bidding, stack, height, epsilon, quota
        )
        read += more
    finished = height == 0
    settle(network, stack[:height], last)
    bound, more, network.pool = price_requests(
        network.source, network.lists, network.pool, flow, bidding, seats, finished
    )
    return Auctioned(bidding, finished, bound, read + more)


def settle(network: Network, seats: Integers, last: float) -> None:
    """Fill empty seats with free units, nearest first, while time lasts."""
    height, quota = len(seats), 2**62 if last == np.inf else ENTRIES_BETWEEN_LOOKS_AT_THE_CLOCK
    while height and time.perf_counter() < last:
        height, _, network.pool = settle_pending(
            network.source, network.lists, network.pool, network.flow, seats, height, quota
        )


def run_repair(network: Network, bidding: Bidding, deadline: float) -> tuple[int, bool]:
    """Make a finished auction exact; returns the entries read and whether time sufficed."""
    flow = network.flow
    true_cost = np.empty(len(flow.seat_cost), np.int64)
    lower_prices(network.lists, network.pool, flow, bidding.unit_price)
    queue = discounts_of(flow, bidding.unit_price, true_cost)
    trail = empty_trail(len(flow.price) + 1)
    at, level, stamp, read = 0, 0, 0, 0
    quota = 2**62 if deadline == np.inf else ENTRIES_BETWEEN_LOOKS_AT_THE_CLOCK
    while at < len(queue) and time.perf_counter() < deadline:
        at, level, stamp, more, network.pool = repair_seats(
            network.source,
            network.lists,
            network.pool,
            flow,
            trail,
            queue,
            at,
            true_cost,
            level,
            stamp,
            quota,
        )
        read += more
    flow.price[:] = np.maximum(flow.price - level, 0)
    flow.seat_cost[:] = true_cost
    return read, at == len(queue)


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


def bound_of_paths(network: Network) -> int:
    """The lower bound that the prices u of a search prove, with p what the holders would pay at least."""
    flow = network.flow
    free = np.bincount(flow.seat_request, minlength=len(flow.price)).astype(np.int64)
    unit_price, parent_price = _unit_prices(flow)
    parent_capacity = flow.parent_room.copy()
    if len(parent_capacity):
        held = flow.unit_parent[flow.seat_unit[flow.seat_unit != NOBODY]]
        np.add.at(parent_capacity, held[held != NOBODY], 1)
    return dual_bound(network.lists, network.pool, flow, free, unit_price, parent_price, parent_capacity)


def clear_seats(flow: Flow) -> None:
    """Empty every seat; prices stay."""
    flow.seat_unit[:] = NOBODY
    flow.seat_cost[:] = 0
    flow.unit_room[:] = flow.unit_capacity
    flow.unit_seat[:] = NOBODY


def plan_of(network: Network, bound: int, began: float, read: int) -> Plan:
    """The caller's view of a search; ``bound`` is proved for the seats that are not pinned."""
    flow = network.flow
    filled = flow.seat_unit != NOBODY
    requests = len(network.headcount)
    unit_price, parent_price = _unit_prices(flow)
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
        state=network,
    )
