"""Planning again after small changes: the same optimum as solving anew, proved again, in a fraction of the time.

    plan = ExactAssignment().solve(problem)
    plan = plan.refit(Changes(requests=[7], headcount=[0]))            # need 7 is gone
    plan = plan.refit(Changes(pinned=[(3, 18)], forbidden=[(3, 5)]))   # what a worker decided by hand

This is the way for a page on which one pin changes, too: solve once, then ``refit`` with the *whole* list of pins and
forbidden pairs after each act; the price of what was decided by hand is the difference of the two objectives. Of
explicit pairs (``PairProblem``) the new problem is solved anew behind the same call, as it is for people who may take
several needs: there laying out the arrays is most of the time.

What is kept of a district: the grid (people who moved get a small grid beside it), every list of candidates with its
bound, the seats and the prices. What changed loses its seats. Seats without anybody bid (auction.py), people without a
seat whose price is above 0 ask around (reverse.py), repair.py makes it exact and the certificate is computed afresh
from the prices. O(changes x needs of fitting kind + entries of all lists + V).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine.assignment.auction import Bidding, bid, empty_bidding
from matching.engine.assignment.carrying import asking_of, begun_anew, longer, new_seats
from matching.engine.assignment.changes import Changes, written_over
from matching.engine.assignment.network import Limits, Network, Units, csr_starts
from matching.engine.assignment.places import costs_of_pinned, special_entries
from matching.engine.assignment.problem import Plan, Problem, SpatialProblem
from matching.engine.assignment.proof import bound_of_paths, plan_of, unit_prices
from matching.engine.assignment.reading import Needs, Pairs, People, read_changes
from matching.engine.assignment.reverse import ask_around, enter_units, find_all_worth, forget_units
from matching.engine.assignment.search import NOBODY, Flow
from matching.engine.assignment.stages import price_all, run_repair
from matching.engine.errors import StalePlanError
from matching.engine.grid import build_grid, empty_grid
from matching.engine.words import SKILL_BITS, SLOT_BITS, Floats, Integers

REBUILD_SHARE = 8
"""When more than one person in this many moved, the grid is built anew."""

ASKS_EACH = 20
"""How often a freed person may ask around, on average, before the plan is solved anew: in a crowd where everybody
competes for the same few, prices would fall by one metre at a time."""


@dataclass
class Anew:
    """What is solved again from its arrays."""

    problem: Problem
    solve: Callable[[Problem], Plan]

    def refit(self, plan: Plan, changes: Changes) -> Plan:  # noqa: ARG002 - every standing is asked alike
        return self.solve(changes.applied_to(self.problem))


@dataclass
class Lease:
    """The right of one plan to change the district it stands on, until a newer plan has it."""

    district: District
    number: int

    def refit(self, plan: Plan, changes: Changes) -> Plan:
        if self.number != self.district.plans:
            raise StalePlanError("this plan was refitted already: refit the plan that came of it")
        return self.district.refit(plan, changes)


def stand(network: Network, limits: Limits, solve: Callable[[Problem], Plan]) -> Lease:
    """What the first plan of a district stands on."""
    return Lease(District(network, limits, solve), 0)


class District:
    """A solved network that changes in place. ``plans``: how many refits; ``solved_anew``: how many of them the short
    way could not prove (never seen in the tests), or whose people may take several needs."""

    def __init__(self, network: Network, limits: Limits, solve: Callable[[Problem], Plan]) -> None:
        self.network = network
        self.limits = limits
        self.solve = solve
        self.plans = 0
        self.solved_anew = 0
        self._place = np.empty(0, np.int64)  # (V,) index in the grid, or -1 - index among the moved
        self._moved = np.empty(0, np.int64)
        self._settled = False
        self._spare: list[NDArray[Any]] = []

    def refit(self, plan: Plan, changes: Changes) -> Plan:
        began = time.perf_counter()
        self._settle_in()
        needs, people, pairs = read_changes(self.network, self.limits, self._xy_and_reach, changes)
        if not plan.exact or people.capacity.max(initial=0) > 1:
            self.solved_anew += 1
            return self.solve(changes.applied_to(self.problem()))
        self.plans += 1
        bidding = self._carry_over(needs, people, pairs)
        if bidding is None:
            self.solved_anew += 1
            return self.solve(self.problem())
        bound, read = self._solve_rest(bidding, needs.free)
        new = plan_of(self.network, bound, began, read, Lease(self, self.plans))
        if not new.exact:
            self.solved_anew += 1
            return self.solve(self.problem())
        return new

    def problem(self) -> SpatialProblem:
        """The district as it is now."""
        network, source, limits = self.network, self.network.source, self.limits
        self._settle_in()
        xy, reach = self._xy_and_reach(np.arange(network.volunteers))
        slots = np.uint64((1 << SLOT_BITS) - 1)
        skills = np.uint64((1 << SKILL_BITS) - 1)
        return SpatialProblem(
            request_xy=source.xy, volunteer_xy=xy, headcount=network.headcount, penalty=network.flow.penalty,
            request_skill=source.need & skills, request_slot=source.need >> np.uint64(SKILL_BITS) & slots,
            volunteer_skill=limits.word & skills, volunteer_slot=limits.word >> np.uint64(SKILL_BITS) & slots,
            request_radius=source.radius, volunteer_radius=reach, capacity=limits.capacity,
            surcharge=source.surcharge, remote=source.remote, forbidden=limits.forbidden,
            pinned=network.pinned, pair_costs=limits.special,
        )  # fmt: skip

    def _settle_in(self) -> None:
        """Before the first change: where in the grid everybody is; O(V)."""
        grid, limits = self.network.source.grid, self.limits
        if self._settled:
            return
        self._settled = True
        if limits.word is self.network.source.word:
            limits.word = limits.word.copy()
        self._place = np.empty(len(grid.ident), np.int64)
        self._place[grid.ident] = np.arange(len(grid.ident))

    def _xy_and_reach(self, units: Integers) -> tuple[Floats, Floats]:
        source, at = self.network.source, self._place[units]
        xy, reach2 = np.empty((len(units), 2)), np.empty(len(units))
        for grid, which, where in (
            (source.grid, at >= 0, at[at >= 0]),
            (source.moved, at < 0, -1 - at[at < 0]),
        ):
            xy[which, 0], xy[which, 1], reach2[which] = grid.x[where], grid.y[where], grid.reach2[where]
        return xy, np.sqrt(reach2)

    def _carry_over(self, needs: Needs, people: People, pairs: Pairs) -> Bidding | None:
        """Bring the network up to date; what did not change keeps its seats, prices and lists.

        None when those who are free push each other about for longer than solving anew would take.
        """
        network, old = self.network, self.network.flow
        price, _ = unit_prices(old)
        freed, seats, pending = new_seats(old, needs, people)
        self._grow(people.total)
        price = longer(price, people.total, 0, [])
        flow = self._write_people(people)._replace(**seats, penalty=needs.penalty)
        flow.unit_seat[freed] = NOBODY
        flow.unit_room[freed] = flow.unit_capacity[freed]
        held = np.flatnonzero(flow.seat_unit != NOBODY)
        flow.unit_seat[flow.seat_unit[held]] = held
        price[people.units] = 0
        network.flow = flow._replace(price=written_over(old.price, needs.touched, None, 0, len(needs.xy)))
        network.headcount, network.volunteers = needs.headcount, people.total
        self._move(people)
        least = network.source.least_surcharge
        self._write_source(needs, people, pairs)
        self._write_lists(needs, people, least - network.source.least_surcharge)
        bidding = empty_bidding(len(needs.xy), people.total, int(needs.free.max(initial=0)))
        bidding.unit_price[:] = price
        asking = asking_of(network.source, needs, network.flow.price)
        network.pool, wanted = enter_units(
            network.source, network.lists, network.pool, self._place, asking,
            people.units[people.room > 0], bidding.unit_price,
        )  # fmt: skip
        self._bid(bidding, pending)
        find_all_worth(network.flow, bidding.unit_price, asking)
        freed = np.setdiff1d(freed, people.units)
        stack = np.concatenate([freed, wanted])
        patience = 1000 + ASKS_EACH * len(stack)
        settled = ask_around(network.source, self._place, network.flow, bidding, asking, stack, 1, patience)
        return bidding if settled else None

    def _solve_rest(self, bidding: Bidding, seats: Integers) -> tuple[int, int]:
        """Empty seats that could be filled for less than their penalty bid, then repair; the bound and entries read."""
        network, flow = self.network, self.network.flow
        _, read, _ = price_all(network, bidding, seats, np.inf)
        wishes = np.flatnonzero((flow.price < flow.penalty)[flow.seat_request] & (flow.seat_unit == NOBODY))
        if len(wishes):
            self._bid(bidding, wishes)
            _, again, _ = price_all(network, bidding, seats, np.inf)
            read += again
        repaired, _ = run_repair(network, bidding, np.inf)
        return bound_of_paths(network), read + repaired

    def _bid(self, bidding: Bidding, seats: Integers) -> None:
        network, stack = self.network, seats[::-1].copy()
        _, _, network.pool = bid(
            network.source, network.lists, network.pool, network.flow, bidding, stack, len(stack), 1, 2**62
        )

    def _grow(self, total: int) -> None:
        """Places at the end of everything that has one for each person."""
        network, source, flow, limits = self.network, self.network.source, self.network.flow, self.limits
        more, spare = total - len(self._place), self._spare
        if more == 0:
            return
        self._place = longer(self._place, total, -1, spare)
        limits.capacity, limits.word = (
            longer(limits.capacity, total, 0, spare),
            longer(limits.word, total, 0, spare),
        )
        network.unit_volunteer = longer(network.unit_volunteer, total, 0, spare)
        network.unit_volunteer[-more:] = np.arange(total - more, total)
        network.source = source._replace(
            word=longer(source.word, total, 0, spare), surcharge=longer(source.surcharge, total, 0, spare)
        )
        network.flow = flow._replace(
            unit_room=longer(flow.unit_room, total, 0, spare),
            unit_capacity=longer(flow.unit_capacity, total, 0, spare),
            unit_seat=longer(flow.unit_seat, total, NOBODY, spare),
            unit_parent=longer(flow.unit_parent, total, NOBODY, spare),
        )

    def _write_people(self, people: People) -> Flow:
        """What is kept of each person, but for the place."""
        source, flow, limits = self.network.source, self.network.flow, self.limits
        units = people.units
        limits.capacity[units], limits.word[units] = people.capacity, people.word
        source.word[units] = np.where(people.room > 0, people.word, np.uint64(0))
        source.surcharge[units] = people.surcharge
        flow.unit_capacity[units], flow.unit_room[units] = people.room, people.room
        flow.unit_seat[units] = NOBODY
        return flow

    def _move(self, people: People) -> None:
        """Words in place; whoever came or moved goes to the small grid, which is built again."""
        source, place = self.network.source, self._place
        at = place[people.units[people.stays]]
        source.grid.word[at[at >= 0]] = source.word[people.units[people.stays]][at >= 0]
        known = people.units[~people.stays]
        at = place[known]
        source.grid.word[at[at >= 0]] = 0
        moved = np.union1d(self._moved, known)
        if len(moved) == 0:
            return
        before = np.setdiff1d(self._moved, known)
        xy, reach = np.empty((len(moved), 2)), np.empty(len(moved))
        old, new = np.searchsorted(moved, before), np.searchsorted(moved, known)
        xy[old], reach[old] = self._xy_and_reach(before)
        xy[new], reach[new] = people.xy[~people.stays], people.reach[~people.stays]
        grid = build_grid(xy, source.word[moved], reach, None)
        place[moved[grid.ident]] = -1 - np.arange(len(moved))
        self._moved = moved
        self.network.source = source._replace(moved=grid._replace(ident=moved[grid.ident]))
        if len(moved) * REBUILD_SHARE > people.total:
            self._rebuild()

    def _rebuild(self) -> None:
        """One grid for everybody again."""
        source = self.network.source
        xy, reach = self._xy_and_reach(np.arange(len(self._place)))
        grid = build_grid(xy, source.word, reach, None)
        self._place[grid.ident] = np.arange(len(grid.ident))
        self._moved = np.empty(0, np.int64)
        self.network.source = source._replace(grid=grid, moved=empty_grid())

    def _write_source(self, needs: Needs, people: People, pairs: Pairs) -> None:
        """Requests, surcharges and lists of pairs."""
        network, source, limits = self.network, self.network.source, self.limits
        gone = np.concatenate([pairs.forbidden, pairs.pinned])
        named = np.unique(np.concatenate([pairs.special[:, 1], pairs.pinned[:, 1]]))
        xy, reach = np.zeros((people.total, 2)), np.zeros(people.total)
        xy[named], reach[named] = self._xy_and_reach(named)
        units = Units(
            network.unit_volunteer, source.word, network.flow.unit_capacity,
            network.flow.unit_parent, network.flow.parent_room,
        )  # fmt: skip
        entries, starts, special_units = special_entries(
            pairs.special,
            gone,
            needs.need,
            units,
            needs.xy,
            xy,
            needs.radius,
            reach,
            needs.remote,
            len(needs.xy),
        )
        banned = np.unique(np.concatenate([gone, special_units]), axis=0)
        priority = source.priority
        if needs.remote.any() and (len(people.units) or len(priority) == 0):
            priority = np.argsort(source.surcharge, kind="stable")
        network.source = source._replace(
            xy=needs.xy, need=needs.need, radius=needs.radius, remote=needs.remote, priority=priority,
            least_surcharge=min(source.least_surcharge, int(people.surcharge.min(initial=2**31))),
            banned=np.ascontiguousarray(banned[:, 1]),
            banned_starts=csr_starts(banned[:, 0], len(needs.xy)),
            special=entries, special_starts=starts,
        )  # fmt: skip
        network.pinned, limits.forbidden, limits.special = pairs.pinned, pairs.forbidden, pairs.special
        network.pinned_cost = costs_of_pinned(
            needs.xy[pairs.pinned[:, 0]], xy[pairs.pinned[:, 1]], needs.remote, source.surcharge,
            pairs.pinned, pairs.special,
        )  # fmt: skip

    def _write_lists(self, needs: Needs, people: People, cheaper: int) -> None:
        """Lists of touched requests begin anew; changed people leave all others."""
        network = self.network
        network.lists = begun_anew(network.lists, needs.touched, len(needs.xy), cheaper)
        if len(people.units):
            changed = np.zeros(people.total, bool)
            changed[people.units] = True
            forget_units(network.lists, network.pool, changed)
