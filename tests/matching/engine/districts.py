"""Random problems, and what must hold of their plans, found without our solver: whole matrices, OR-Tools, duality."""

import numpy as np
from ortools.graph.python import min_cost_flow

from matching.engine.assignment import PairProblem, SpatialProblem


def random_pairs(rng, needs, people, share, most_cost):
    listed = rng.random((needs, people)) < share
    request, volunteer = np.nonzero(listed)
    return PairProblem(
        headcount=rng.integers(0, 4, needs),
        capacity=rng.integers(0, 3, people),
        penalty=rng.integers(0, 2 * most_cost, needs),
        request=request,
        volunteer=volunteer,
        cost=rng.integers(0, most_cost + 1, len(request)),
    )


def by_or_tools(problem):
    """The optimum as a min-cost flow: source, needs, people, sink, and a way around for empty seats."""
    needs, people = len(problem.headcount), len(problem.capacity)
    flow = min_cost_flow.SimpleMinCostFlow()
    sink = needs + people
    for r, v, c in zip(problem.request, problem.volunteer, problem.cost, strict=True):
        flow.add_arc_with_capacity_and_unit_cost(int(r), needs + int(v), 1, int(c))
    for v, capacity in enumerate(problem.capacity):
        flow.add_arc_with_capacity_and_unit_cost(needs + v, sink, int(capacity), 0)
    for r, seats in enumerate(problem.headcount):
        flow.add_arc_with_capacity_and_unit_cost(
            r, sink, int(seats), int(np.broadcast_to(problem.penalty, needs)[r])
        )
        flow.set_node_supply(r, int(seats))
    flow.set_node_supply(sink, -int(np.sum(problem.headcount)))
    assert flow.solve() == flow.OPTIMAL
    return flow.optimal_cost()


def eligible_pairs(p):
    """Every eligible pair of a SpatialProblem and its cost, by plain loops over whole matrices."""
    needs, people = len(p.request_xy), len(p.volunteer_xy)
    metres = np.hypot(
        *(np.asarray(p.request_xy)[:, None] - np.asarray(p.volunteer_xy)[None]).transpose(2, 0, 1)
    )
    remote = np.zeros(needs, bool) if p.remote is None else np.asarray(p.remote)
    ok = remote[:, None] | (
        (metres <= np.broadcast_to(p.request_radius, needs)[:, None])
        & (metres <= np.broadcast_to(p.volunteer_radius, people)[None])
    )
    for need, own in ((p.request_skill, p.volunteer_skill), (p.request_slot, p.volunteer_slot)):
        if need is not None:
            ok &= (np.asarray(need)[:, None] & np.asarray(own)[None]) == np.asarray(need)[:, None]
    for r, v in p.forbidden:
        ok[r, v] = False
    cost = np.where(remote[:, None], 0, np.rint(metres).astype(int))
    if p.surcharge is not None:
        cost = cost + np.asarray(p.surcharge)[None]
    for r, v, c in p.pair_costs:
        cost[r, v] = c
    return ok, cost


def as_pairs(p):
    ok, cost = eligible_pairs(p)
    request, volunteer = np.nonzero(ok)
    people = len(p.volunteer_xy)
    capacity = np.ones(people, int) if p.capacity is None else p.capacity
    return PairProblem(
        headcount=p.headcount,
        capacity=capacity,
        penalty=p.penalty,
        request=request,
        volunteer=volunteer,
        cost=cost[request, volunteer],
    )


def check_plan(plan, headcount, capacity, penalty, cost_of):
    """Feasible, and worth what it says."""
    seats = np.bincount(plan.pairs[:, 0], minlength=len(headcount))
    assert (seats + plan.unfilled == headcount).all()
    assert (plan.unfilled >= 0).all()
    assert (np.bincount(plan.pairs[:, 1], minlength=len(capacity)) <= capacity).all()
    assert len(np.unique(plan.pairs, axis=0)) == len(plan.pairs)
    penalty = np.broadcast_to(penalty, len(headcount))
    assert plan.objective == sum(cost_of[r, v] for r, v in plan.pairs) + int((penalty * plan.unfilled).sum())


def check_certificate(plan, ok, cost, headcount, capacity, penalty):
    """Weak duality over ALL pairs, from the prices of the plan alone: no list, no search is trusted."""
    u, p = plan.request_price, plan.volunteer_price
    assert (u >= 0).all()
    assert (p >= 0).all()
    assert (u <= np.broadcast_to(penalty, len(u))).all()
    surplus = np.where(ok, np.maximum(u[:, None] - cost - p[None], 0), 0)
    assert plan.exact
    assert (headcount * u).sum() - (capacity * p).sum() - surplus.sum() == plan.objective


def random_district(rng, needs=12, people=40, **more):
    return SpatialProblem(
        request_xy=rng.uniform(0, 3000, (needs, 2)),
        volunteer_xy=rng.uniform(0, 3000, (people, 2)),
        headcount=rng.integers(0, 4, needs),
        penalty=rng.integers(0, 4000, needs),
        request_skill=rng.integers(0, 4, needs),
        request_slot=1 << rng.integers(0, 3, needs),
        volunteer_skill=rng.integers(0, 4, people),
        volunteer_slot=rng.integers(0, 8, people),
        request_radius=rng.uniform(500, 3000, needs),
        volunteer_radius=rng.choice([800.0, 2000.0, np.inf], people),
        **more,
    )


def by_or_tools_with_slots(p, several):
    """People as trees: need, person in one slot, person, sink."""
    ok, cost = eligible_pairs(p)
    needs, people = ok.shape
    flow = min_cost_flow.SimpleMinCostFlow()
    slot = [int(s).bit_length() for s in p.request_slot]
    node = {}
    sink = needs + people
    following = sink + 1
    for r, v in zip(*np.nonzero(ok), strict=True):
        if (v, slot[r]) not in node:
            node[v, slot[r]] = following
            following += 1
            flow.add_arc_with_capacity_and_unit_cost(
                node[v, slot[r]], needs + int(v), max(1, int(several[v])), 0
            )
        flow.add_arc_with_capacity_and_unit_cost(
            int(r), node[v, slot[r]], max(1, int(several[v])), int(cost[r, v])
        )
    for v in range(people):
        flow.add_arc_with_capacity_and_unit_cost(needs + v, sink, int(p.capacity[v]), 0)
    for r in range(needs):
        flow.add_arc_with_capacity_and_unit_cost(r, sink, int(p.headcount[r]), int(p.penalty[r]))
        flow.set_node_supply(r, int(p.headcount[r]))
    flow.set_node_supply(sink, -int(p.headcount.sum()))
    assert flow.solve() == flow.OPTIMAL
    return flow.optimal_cost()


class CostOf:
    """cost_of[r, v] without the whole matrix."""

    def __init__(self, problem):
        self.problem = problem

    def __getitem__(self, pair):
        request, volunteer = pair
        return int(
            np.rint(np.hypot(*(self.problem.request_xy[request] - self.problem.volunteer_xy[volunteer])))
        )
