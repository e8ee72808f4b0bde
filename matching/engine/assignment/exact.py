"""The exact solver: a plan that is optimal over all pairs, and the proof."""

import time
from dataclasses import replace
from typing import Literal

import numpy as np

from matching.engine.assignment.auction import LARGEST_HEADCOUNT
from matching.engine.assignment.network import Network, network_of_pairs
from matching.engine.assignment.places import network_of_places
from matching.engine.assignment.problem import PairProblem, Plan, Problem, Standing
from matching.engine.assignment.proof import bound_of_paths, plan_of
from matching.engine.assignment.refit import Anew, stand
from matching.engine.assignment.search import NOBODY
from matching.engine.assignment.stages import clear_seats, run_auction, run_repair, run_search, settle
from matching.engine.errors import OutOfRangeError

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
        standing = stand(network, network.limits, self.solve) if network.limits else Anew(problem, self.solve)
        if self.method == "paths" or not suits_auction(network):
            if self.method == "auction":
                raise OutOfRangeError("the auction needs units of capacity 1 and headcounts it can remember")
            return self._by_paths(network, began, standing)
        return self._by_auction(network, began, standing)

    def _deadline(self, began: float, share: float) -> float:
        """When to stop: some of the budget is kept for filling what is left, and for writing the plan down."""
        return np.inf if self.seconds is None else began + share * self.seconds - 0.01

    def _by_paths(self, network: Network, began: float, standing: Standing) -> Plan:
        deadline = self._deadline(began, 0.7)
        read = run_search(network, None if deadline == np.inf else deadline)
        if time.perf_counter() >= deadline:
            settle(network, np.flatnonzero(network.flow.seat_unit == NOBODY), self._deadline(began, 0.9))
        bound = bound_of_paths(network)
        return plan_of(network, bound, began, read, standing)

    def _by_auction(self, network: Network, began: float, standing: Standing) -> Plan:
        deadline, last = self._deadline(began, 0.75), self._deadline(began, 0.9)
        read, bound = 0, 0
        coarse = None
        if self.seconds is not None:
            first = run_auction(
                network, COARSE_EPSILON, self._deadline(began, 0.35), self._deadline(began, 0.5)
            )
            read, bound = first.read, first.lower_bound
            written = time.perf_counter()
            coarse = plan_of(network, bound, began, read, standing)
            # the last plan takes as long to write down as this one, or longer where the machine is busy
            last = min(last, began + self.seconds - 3.0 * (time.perf_counter() - written))
            if time.perf_counter() > deadline:
                return coarse
            clear_seats(network.flow)
        fine = run_auction(network, 1, min(deadline, last), last)
        read, bound = read + fine.read, max(bound, fine.lower_bound)
        if fine.finished:
            more, proved = run_repair(network, fine.bidding, last)
            read += more
            if proved:
                bound = max(bound, bound_of_paths(network))
        plan = plan_of(network, bound, began, read, standing)
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
