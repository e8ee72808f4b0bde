"""The stages of solving, each in pieces short enough to look at the clock between them."""

import time
from typing import NamedTuple

import numpy as np

from matching.engine.assignment.auction import Bidding, bid, empty_bidding, price_requests, settle_pending
from matching.engine.assignment.network import Network
from matching.engine.assignment.repair import discounts_of, lower_prices, repair_seats
from matching.engine.assignment.search import NOBODY, Flow, Trail, fill_seats
from matching.engine.words import Integers

ENTRIES_BETWEEN_LOOKS_AT_THE_CLOCK = 200_000
NEVER = 2**62


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
    quota = NEVER if deadline == np.inf else ENTRIES_BETWEEN_LOOKS_AT_THE_CLOCK
    while height and time.perf_counter() < deadline:
        height, more, network.pool = bid(
            network.source, network.lists, network.pool, flow, bidding, stack, height, epsilon, quota
        )
        read += more
    finished = height == 0
    settle(network, stack[:height], last)
    bound, more, priced = price_all(network, bidding, seats, last if finished else -np.inf)
    return Auctioned(bidding, finished and priced, bound, read + more)


def price_all(network: Network, bidding: Bidding, seats: Integers, last: float) -> tuple[int, int, bool]:
    """Set all u and prove a bound; returns it, the entries read, and whether time sufficed to lengthen lists."""
    at, bound, read = 0, -int(bidding.unit_price.sum()), 0
    quota = NEVER if last == np.inf else ENTRIES_BETWEEN_LOOKS_AT_THE_CLOCK
    in_time = True
    while at < len(seats):
        if in_time and time.perf_counter() >= last:
            in_time, quota = False, NEVER
        at, part, more, network.pool = price_requests(
            network.source, network.lists, network.pool, network.flow, bidding, seats, at, in_time, quota
        )
        bound, read = bound + part, read + more
    return bound, read, in_time


class Patience:
    """How much may be read before the next look at the clock: twice as much after a look that found nothing done."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.quota = NEVER if deadline == np.inf else ENTRIES_BETWEEN_LOOKS_AT_THE_CLOCK
        self._at, self._looked = -1, time.perf_counter()

    def lasts(self, at: int) -> bool:
        """Whether there is time for more, as far as the last piece of work foretells; ``at`` is what is done."""
        now = time.perf_counter()
        stuck = at == self._at
        if self.quota < NEVER:
            self.quota = 2 * self.quota if stuck else ENTRIES_BETWEEN_LOOKS_AT_THE_CLOCK
        needed = 2.0 * (now - self._looked) if stuck else 0.0
        self._at, self._looked = at, now
        return now + needed < self.deadline


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
    patience = Patience(deadline)
    while at < len(queue) and patience.lasts(at):
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
            patience.quota,
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
    patience = Patience(np.inf if deadline is None else deadline)
    while at < len(queue) and patience.lasts(at):
        at, stamp, read, network.pool = fill_seats(
            network.source, network.lists, network.pool, flow, trail, queue, at, stamp, patience.quota
        )
        total += read
    return total


def clear_seats(flow: Flow) -> None:
    """Empty every seat; prices stay."""
    flow.seat_unit[:] = NOBODY
    flow.seat_cost[:] = 0
    flow.unit_room[:] = flow.unit_capacity
    flow.unit_seat[:] = NOBODY
