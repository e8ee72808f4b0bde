"""Planning again after changes finds what solving anew finds, again and again, and proves it."""

import numpy as np
import pytest

from matching.engine.assignment import Changes, ExactAssignment, PairProblem, SpatialProblem
from matching.engine.errors import BadShapeError, ImpossiblePinError, OutOfRangeError, StalePlanError


def district(rng, needs, people):
    return SpatialProblem(
        request_xy=rng.uniform(0, 3000, (needs, 2)),
        volunteer_xy=rng.uniform(0, 3000, (people, 2)),
        headcount=rng.integers(0, 4, needs),
        penalty=rng.integers(0, 4000, needs),
        request_skill=rng.integers(0, 4, needs),
        request_slot=1 << rng.integers(0, 2, needs),
        volunteer_skill=rng.integers(0, 4, people),
        volunteer_slot=rng.integers(0, 4, people),
        request_radius=rng.uniform(500, 3000, needs),
        volunteer_radius=rng.choice([800.0, 2000.0, np.inf], people),
        capacity=rng.integers(0, 5, people).clip(0, 1),
        surcharge=rng.integers(0, 400, people),
        remote=rng.random(needs) < 0.2,
    )


def some_changes(rng, problem):
    """Needs and people that come, go, move and change, and pairs decided by hand."""
    needs, people = len(problem.headcount), len(problem.volunteer_xy)
    requests = np.concatenate(
        [rng.permutation(needs)[: rng.integers(0, 4)], needs + np.arange(rng.integers(0, 3))]
    )
    volunteers = np.concatenate(
        [rng.permutation(people)[: rng.integers(0, 6)], people + np.arange(rng.integers(0, 4))]
    )
    n, m = len(requests), len(volunteers)
    far = 4000 if rng.random() < 0.3 else 3000
    changed = {
        "requests": requests, "request_xy": rng.uniform(0, far, (n, 2)), "headcount": rng.integers(0, 4, n),
        "penalty": rng.integers(0, 4000, n),
        "volunteers": volunteers, "volunteer_xy": rng.uniform(0, far, (m, 2)),
    }  # fmt: skip
    maybe = {
        "request_skill": rng.integers(0, 4, n), "request_slot": 1 << rng.integers(0, 2, n),
        "request_radius": rng.uniform(500, 3000, n), "remote": rng.random(n) < 0.3,
        "volunteer_skill": rng.integers(0, 4, m), "volunteer_slot": rng.integers(0, 4, m),
        "volunteer_radius": rng.choice([500.0, np.inf], m), "capacity": rng.integers(0, 2, m),
        "surcharge": rng.integers(0, 400, m),
    }  # fmt: skip
    if rng.random() < 0.3 and n and requests.max() < needs and m and volunteers.max() < people:
        for name in ("request_xy", "headcount", "penalty", "volunteer_xy"):
            if rng.random() < 0.5:
                del changed[name]
    changed |= {name: values for name, values in maybe.items() if rng.random() < 0.6}
    return changed


def pairs_by_hand(rng, problem):
    needs, people = len(problem.headcount), len(problem.volunteer_xy)
    pairs = {(int(rng.integers(needs)), int(rng.integers(people))) for _ in range(6)}
    room, seats, pinned = np.asarray(problem.capacity).copy(), np.asarray(problem.headcount).copy(), []
    for r, v in sorted(pairs):
        if room[v] and seats[r] and rng.random() < 0.5:
            pinned.append((r, v))
            room[v] -= 1
            seats[r] -= 1
    return {
        "pinned": pinned,
        "forbidden": sorted(pairs - set(pinned)),
        "pair_costs": [
            (int(rng.integers(needs)), int(rng.integers(people)), int(rng.integers(0, 900))) for _ in range(4)
        ],
    }


@pytest.mark.parametrize("seed", range(40))
def test_plans_made_again_are_the_optimum_of_the_changed_problem(seed):
    rng = np.random.default_rng(seed)
    problem = district(rng, int(rng.integers(1, 40)), int(rng.integers(1, 90)))
    plan = ExactAssignment().solve(problem)
    for _ in range(8):
        changes = Changes(**some_changes(rng, problem))
        problem = changes.applied_to(problem)
        if rng.random() < 0.4:
            by_hand = pairs_by_hand(rng, problem)
            changes = Changes(**(vars(changes) | by_hand))
            problem = Changes(**by_hand).applied_to(problem)
        elif len(problem.pinned):
            free = {"pinned": []}
            changes, problem = Changes(**(vars(changes) | free)), Changes(**free).applied_to(problem)
        anew = ExactAssignment().solve(problem)
        plan = plan.refit(changes)
        assert plan.exact
        assert plan.objective == anew.objective
        assert (
            np.bincount(plan.pairs[:, 0], minlength=len(problem.headcount)) + plan.unfilled
            == problem.headcount
        ).all()
        assert (np.bincount(plan.pairs[:, 1], minlength=len(problem.capacity)) <= problem.capacity).all()


def test_nearly_all_plans_are_made_again_in_place():
    anew = 0
    for seed in range(20):
        rng = np.random.default_rng(100 + seed)
        problem = district(rng, 30, 90)
        plan = ExactAssignment().solve(problem)
        standing = plan.standing.district
        plan.refit(Changes(**some_changes(rng, problem)))
        anew += standing.solved_anew
    assert anew <= 2


def simple(**more):
    return SpatialProblem(
        **(
            {
                "request_xy": [(0, 0), (50, 0)],
                "volunteer_xy": [(10, 0), (60, 0), (90, 0)],
                "headcount": [1, 1],
                "penalty": 900,
            }
            | more
        )
    )


def test_a_pin_changed_by_hand_is_kept_and_its_price_is_the_difference():
    plan = ExactAssignment().solve(simple())
    by_hand = plan.refit(Changes(pinned=[(0, 2)]))
    assert by_hand.pairs.tolist() == [[0, 2], [1, 1]]
    assert by_hand.objective - plan.objective == 80
    back = by_hand.refit(Changes(pinned=()))
    assert back.pairs.tolist() == plan.pairs.tolist()


def test_explicit_pairs_are_planned_again_by_the_same_call():
    problem = PairProblem(
        headcount=[1, 1], capacity=[1, 1], penalty=90, request=[0, 0, 1], volunteer=[0, 1, 1], cost=[4, 9, 3]
    )
    plan = ExactAssignment().solve(problem)
    assert plan.refit(Changes(forbidden=[(0, 0)])).pairs.tolist() == [[1, 1]]
    assert plan.refit(Changes(requests=[1], headcount=[0], forbidden=[(0, 0)])).pairs.tolist() == [[0, 1]]
    with pytest.raises(OutOfRangeError):
        plan.refit(Changes(requests=[1], request_xy=[(0, 0)]))


def test_people_who_may_take_several_needs_are_planned_again_too():
    plan = ExactAssignment().solve(simple(volunteer_slot=[3, 0, 0], request_slot=[1, 2], capacity=[2, 1, 1]))
    assert plan.pairs.tolist() == [[0, 0], [1, 0]]
    assert plan.refit(Changes(volunteers=[0], capacity=[1])).unfilled.sum() == 1
    single = ExactAssignment().solve(simple(volunteer_slot=[3, 0, 0], request_slot=[1, 2]))
    assert single.refit(Changes(volunteers=[0], capacity=[2])).pairs.tolist() == [[0, 0], [1, 0]]


def test_only_the_newest_plan_can_be_planned_again():
    plan = ExactAssignment().solve(simple())
    newer = plan.refit(Changes(requests=[0], headcount=[2]))
    assert newer.unfilled.sum() == 0
    with pytest.raises(StalePlanError):
        plan.refit(Changes())


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"requests": [3], "request_xy": [(0, 0)], "headcount": [1], "penalty": [1]}, OutOfRangeError),
        ({"requests": [2], "request_xy": [(0, 0)]}, BadShapeError),
        ({"requests": [0, 0], "headcount": [1, 1]}, OutOfRangeError),
        ({"requests": [0], "headcount": [1, 2]}, BadShapeError),
        ({"volunteers": [3]}, BadShapeError),
        ({"pinned": [(0, 1), (0, 2)]}, ImpossiblePinError),
        ({"pinned": [(0, 1), (1, 1)]}, ImpossiblePinError),
    ],
)
def test_a_refused_change_leaves_the_plan_as_it_was(change, error):
    plan = ExactAssignment().solve(simple())
    with pytest.raises(error):
        plan.refit(Changes(**change))
    assert plan.refit(Changes()).objective == plan.objective


def test_moves_of_many_build_one_grid_again_and_growing_people_are_found():
    rng = np.random.default_rng(5)
    problem = district(rng, 30, 200)
    plan = ExactAssignment().solve(problem)
    for step in range(4):
        who = np.concatenate([rng.permutation(200)[:30], len(problem.volunteer_xy) + np.arange(20)])
        changes = Changes(
            volunteers=who, volunteer_xy=rng.uniform(0, 3000, (50, 2)), volunteer_skill=rng.integers(0, 4, 50),
            volunteer_slot=np.full(50, 3), surcharge=np.full(50, 100 * (3 - step)),
        )  # fmt: skip
        problem, plan = changes.applied_to(problem), plan.refit(changes)
        assert plan.exact
        assert plan.objective == ExactAssignment().solve(problem).objective
    assert plan.standing.district.solved_anew == 0


def test_a_crowd_on_one_point_is_planned_again_with_those_who_join_it():
    rng = np.random.default_rng(6)
    problem = SpatialProblem(
        request_xy=rng.uniform(0, 50, (12, 2)), volunteer_xy=np.full((400, 2), 3000.0),
        headcount=np.full(12, 9), penalty=20_000, surcharge=rng.integers(0, 40, 400),
    )  # fmt: skip
    plan = ExactAssignment().solve(problem)
    for _ in range(3):
        who = rng.permutation(400)[:30]
        changes = Changes(
            volunteers=who, volunteer_xy=np.where(rng.random((30, 1)) < 0.5, 3000.0, 2990.0) * np.ones(2),
            surcharge=rng.integers(0, 40, 30), requests=[3], headcount=[int(rng.integers(0, 20))],
        )  # fmt: skip
        problem, plan = changes.applied_to(problem), plan.refit(changes)
        assert plan.exact
        assert plan.objective == ExactAssignment().solve(problem).objective
