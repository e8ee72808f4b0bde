"""The exact plan against brute force, OR-Tools and an independent checker of the certificate."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.assignment import ExactAssignment, PairProblem, SpatialProblem
from tests.matching.engine.districts import (
    CostOf,
    as_pairs,
    by_or_tools,
    by_or_tools_with_slots,
    check_certificate,
    check_plan,
    eligible_pairs,
    random_district,
    random_pairs,
)


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
    check_plan(short, problem.headcount, np.ones(900, int), 20_000, CostOf(problem))
