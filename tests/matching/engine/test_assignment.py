"""The exact plan against brute force, OR-Tools and an independent checker of the certificate."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.graph.python import min_cost_flow

from matching.engine.assignment import ExactAssignment, PairProblem, SpatialProblem
from matching.engine.errors import EngineError, ImpossiblePinError, NotFiniteError, OutOfRangeError


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


def test_explicit_pairs_cost_what_or_tools_finds_on_many_random_problems():
    rng = np.random.default_rng(7)
    for _ in range(1500):
        problem = random_pairs(
            rng, rng.integers(0, 9), rng.integers(0, 12), rng.random(), int(rng.choice([3, 50, 1000]))
        )
        plan = ExactAssignment().solve(problem)
        assert plan.exact
        assert plan.objective == by_or_tools(problem)


def test_the_certificate_of_explicit_pairs_holds_for_an_independent_checker():
    rng = np.random.default_rng(8)
    for _ in range(300):
        problem = random_pairs(rng, rng.integers(1, 9), rng.integers(1, 12), 0.7, 30)
        ok, cost = np.zeros((len(problem.headcount), len(problem.capacity)), bool), {}
        matrix = np.zeros(ok.shape, int)
        for r, v, c in zip(problem.request, problem.volunteer, problem.cost, strict=True):
            ok[r, v], matrix[r, v], cost[r, v] = True, c, c
        ok &= problem.capacity > 0
        plan = ExactAssignment().solve(problem)
        check_plan(plan, problem.headcount, problem.capacity, problem.penalty, cost)
        check_certificate(plan, ok, matrix, problem.headcount, problem.capacity, problem.penalty)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_small_problems_equal_brute_force(data):
    needs, people = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 4))
    cost = np.array(data.draw(st.lists(st.integers(0, 9), min_size=needs * people, max_size=needs * people)))
    cost = cost.reshape(needs, people)
    headcount = np.array(data.draw(st.lists(st.integers(0, 2), min_size=needs, max_size=needs)))
    capacity = np.array(data.draw(st.lists(st.integers(0, 2), min_size=people, max_size=people)))
    penalty = np.array(data.draw(st.lists(st.integers(0, 12), min_size=needs, max_size=needs)))
    request, volunteer = np.indices(cost.shape).reshape(2, -1)
    plan = ExactAssignment().solve(
        PairProblem(
            headcount=headcount, capacity=capacity, penalty=penalty,
            request=request, volunteer=volunteer, cost=cost.reshape(-1),
        )
    )  # fmt: skip
    best = None
    for chosen in itertools.product((0, 1), repeat=needs * people):
        x = np.array(chosen).reshape(needs, people)
        if (x.sum(1) <= headcount).all() and (x.sum(0) <= capacity).all():
            value = (x * cost).sum() + (penalty * (headcount - x.sum(1))).sum()
            best = value if best is None else min(best, value)
    assert plan.objective == best == plan.lower_bound


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


def test_a_district_costs_what_or_tools_finds_over_all_pairs():
    rng = np.random.default_rng(9)
    for _ in range(200):
        needs, people = int(rng.integers(1, 25)), int(rng.integers(1, 60))
        problem = random_district(
            rng, needs, people,
            surcharge=rng.integers(0, 500, people),
            remote=rng.random(needs) < 0.2,
            forbidden=np.column_stack([rng.integers(0, needs, 5), rng.integers(0, people, 5)]),
            pair_costs=[(r, v, int(rng.integers(0, 900))) for r, v in {
                (int(rng.integers(0, needs)), int(rng.integers(0, people))) for _ in range(6)
            }],
        )  # fmt: skip
        plan = ExactAssignment().solve(problem)
        pairs = as_pairs(problem)
        assert plan.exact
        assert plan.objective == by_or_tools(pairs)
        ok, cost = eligible_pairs(problem)
        check_certificate(plan, ok, cost, pairs.headcount, pairs.capacity, pairs.penalty)
        check_plan(plan, problem.headcount, pairs.capacity, problem.penalty, cost)
        assert all(ok[r, v] for r, v in plan.pairs)


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


def test_capacity_over_several_slots_and_studios_equals_or_tools():
    rng = np.random.default_rng(10)
    for _ in range(200):
        needs, people = int(rng.integers(1, 20)), int(rng.integers(1, 15))
        several = rng.choice([0, 0, 0, 3], people)
        problem = random_district(rng, needs, people, capacity=rng.integers(0, 4, people), several=several)
        plan = ExactAssignment().solve(problem)
        assert plan.exact
        assert plan.objective == by_or_tools_with_slots(problem, several)
        taken = {}
        for r, v in plan.pairs:
            key = (int(v), int(problem.request_slot[r]))
            taken[key] = taken.get(key, 0) + 1
            assert taken[key] <= max(1, several[v])


def test_a_surge_needs_longer_lists_and_is_still_proved_over_all_pairs():
    rng = np.random.default_rng(11)
    problem = SpatialProblem(
        request_xy=rng.normal(0, 50, (60, 2)), volunteer_xy=rng.normal(0, 4000, (900, 2)),
        headcount=rng.integers(1, 5, 60), penalty=20_000,
    )  # fmt: skip
    plan = ExactAssignment().solve(problem)
    ok, cost = eligible_pairs(problem)
    check_certificate(plan, ok, cost, problem.headcount, np.ones(900, int), 20_000)
    assert plan.unfilled.sum() == 0
    assert plan.pairs_looked_at < 60 * 900 * 200


def test_more_volunteers_never_cost_more():
    rng = np.random.default_rng(12)
    for _ in range(30):
        whole = random_district(rng, 10, 40)
        objective = None
        for people in (0, 10, 20, 40):
            part = SpatialProblem(**{
                name: (value[:people] if name.startswith("volunteer_") else value)
                for name, value in vars(whole).items()
            })  # fmt: skip
            plan = ExactAssignment().solve(part)
            assert objective is None or plan.objective <= objective
            objective = plan.objective


def test_equal_problems_give_equal_plans():
    first, second = (
        ExactAssignment().solve(random_district(np.random.default_rng(13), 30, 80)) for _ in range(2)
    )
    assert (first.pairs == second.pairs).all()
    assert (first.request_price == second.request_price).all()


def test_a_pinned_pair_is_kept_even_against_radius_and_masks_and_counts_its_cost():
    problem = SpatialProblem(
        request_xy=[(0, 0)], volunteer_xy=[(10, 0), (3000, 0)], headcount=[1], penalty=9000,
        request_skill=[1], volunteer_skill=[1, 0], volunteer_slot=[0, 0], request_radius=1000, pinned=[(0, 1)],
    )  # fmt: skip
    plan = ExactAssignment().solve(problem)
    assert plan.pairs.tolist() == [[0, 1]]
    assert plan.objective == 3000
    assert plan.exact


def test_a_pinned_person_with_room_in_another_slot_takes_a_second_need_but_not_in_the_same_slot():
    problem = SpatialProblem(
        request_xy=[(0, 0), (0, 0), (0, 0)], volunteer_xy=[(10, 0)], headcount=[1, 1, 1], penalty=9000,
        request_slot=[1, 1, 2], volunteer_slot=[3], capacity=[3], pinned=[(0, 0)],
    )  # fmt: skip
    assert ExactAssignment().solve(problem).pairs.tolist() == [[0, 0], [2, 0]]


def test_the_same_person_never_fills_two_seats_of_one_need_but_a_studio_may():
    same = {
        "request_xy": [(0, 0)],
        "volunteer_xy": [(10, 0)],
        "headcount": [3],
        "penalty": 100,
        "capacity": [2],
    }
    assert ExactAssignment().solve(SpatialProblem(**same)).unfilled.tolist() == [2]
    assert ExactAssignment().solve(SpatialProblem(**same, several=[2])).unfilled.tolist() == [1]


def test_pins_that_contradict_each_other_are_named():
    base = {"request_xy": [(0, 0)], "volunteer_xy": [(1, 1), (2, 2)], "headcount": [1], "penalty": 5}
    for wrong in ({"pinned": [(0, 0), (0, 1)]}, {"pinned": [(0, 0)], "forbidden": [(0, 0)]},
                  {"pinned": [(0, 0)], "capacity": [0, 1]}):  # fmt: skip
        with pytest.raises(ImpossiblePinError):
            ExactAssignment().solve(SpatialProblem(**(base | wrong)))


@pytest.mark.parametrize(("needs", "people"), [(0, 0), (0, 5), (5, 0)])
def test_an_empty_side_gives_an_empty_plan(needs, people):
    plan = ExactAssignment().solve(
        SpatialProblem(
            request_xy=np.zeros((needs, 2)),
            volunteer_xy=np.zeros((people, 2)),
            headcount=np.ones(needs, int),
            penalty=7,
        )
    )
    assert plan.exact
    assert plan.objective == 7 * needs
    assert len(plan.pairs) == 0


def test_everything_forbidden_leaves_every_seat_empty_and_proves_it():
    plan = ExactAssignment().solve(
        SpatialProblem(
            request_xy=[(0, 0)],
            volunteer_xy=[(1, 0), (2, 0)],
            headcount=[2],
            penalty=7,
            forbidden=[(0, 0), (0, 1)],
        )
    )
    assert plan.exact
    assert plan.unfilled.tolist() == [2]
    assert plan.objective == 14


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"request_xy": [(np.nan, 0)]}, NotFiniteError),
        ({"volunteer_xy": [(np.inf, 0), (1, 1)]}, NotFiniteError),
        ({"headcount": [-1]}, OutOfRangeError),
        ({"headcount": [1, 2]}, EngineError),
        ({"penalty": -3}, OutOfRangeError),
        ({"penalty": 0.5}, OutOfRangeError),
        ({"penalty": 2**31}, OutOfRangeError),
        ({"request_radius": -1.0}, OutOfRangeError),
        ({"volunteer_radius": np.nan}, NotFiniteError),
        ({"surcharge": [1]}, EngineError),
        ({"volunteer_slot": [1 << 24, 0]}, OutOfRangeError),
        ({"forbidden": [(0, 2)]}, OutOfRangeError),
        ({"pair_costs": [(0, 1)]}, EngineError),
    ],
)
def test_bad_input_is_a_named_error(change, error):
    good = {"request_xy": [(0, 0)], "volunteer_xy": [(1, 0), (2, 0)], "headcount": [1], "penalty": 5}
    with pytest.raises(error):
        ExactAssignment().solve(SpatialProblem(**(good | change)))


def test_a_million_people_on_one_point_are_no_harder():
    problem = SpatialProblem(
        request_xy=np.full((200, 2), 5000.0), volunteer_xy=np.zeros((1_000_000, 2)),
        headcount=np.full(200, 3), penalty=20_000,
    )  # fmt: skip
    plan = ExactAssignment().solve(problem)
    assert plan.exact
    assert plan.objective == 600 * 7071
    assert plan.seconds < 5


def test_a_pair_listed_twice_counts_once_at_its_lower_cost():
    plan = ExactAssignment().solve(
        PairProblem(headcount=[2], capacity=[2], penalty=50, request=[0, 0], volunteer=[0, 0], cost=[9, 4])
    )
    assert plan.objective == 54
    assert plan.pairs.tolist() == [[0, 0]]


def test_the_auction_and_the_paths_find_equally_good_plans():
    rng = np.random.default_rng(14)
    for _ in range(60):
        problem = random_district(
            rng, 20, 60, remote=rng.random(20) < 0.2, surcharge=rng.integers(0, 300, 60)
        )
        by_auction, by_paths = (
            ExactAssignment(method=method).solve(problem) for method in ("auction", "paths")
        )
        assert by_auction.objective == by_paths.objective
        assert by_auction.exact
        assert by_paths.exact


def test_a_time_budget_is_kept_and_the_gap_is_proved():
    rng = np.random.default_rng(15)
    problem = SpatialProblem(
        request_xy=rng.normal(0, 300, (300, 2)), volunteer_xy=rng.normal(0, 5000, (900, 2)),
        headcount=rng.integers(1, 4, 300), penalty=20_000,
    )  # fmt: skip
    optimum = ExactAssignment().solve(problem)
    assert optimum.exact
    short = ExactAssignment(seconds=optimum.seconds / 3).solve(problem)
    assert short.lower_bound <= optimum.objective <= short.objective
    check_plan(short, problem.headcount, np.ones(900, int), 20_000, _CostOf(problem))


class _CostOf:
    """cost_of[r, v] without the whole matrix."""

    def __init__(self, problem):
        self.problem = problem

    def __getitem__(self, pair):
        request, volunteer = pair
        return int(
            np.rint(np.hypot(*(self.problem.request_xy[request] - self.problem.volunteer_xy[volunteer])))
        )
