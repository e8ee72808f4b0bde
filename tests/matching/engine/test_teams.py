"""Teams are whole or empty, and the plan is the best of those that keep to it."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.assignment import PairProblem, SpatialProblem
from matching.engine.assignment.teams import TeamAssignment
from matching.engine.errors import ImpossiblePinError, OutOfRangeError


def cheapest(headcount, capacity, penalty, cost, teams):
    """Every plan there is."""
    best = None
    for chosen in itertools.product((0, 1), repeat=cost.size):
        x = np.array(chosen).reshape(cost.shape)
        seats = x.sum(axis=1)
        if (seats > headcount).any() or (x.sum(axis=0) > capacity).any():
            continue
        if any(0 < seats[team].sum() < headcount[team].sum() for team in teams):
            continue
        value = (x * cost).sum() + (penalty * (headcount - seats)).sum()
        best = value if best is None else min(best, value)
    return best


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_small_problems_equal_brute_force(data):
    needs, people = data.draw(st.integers(2, 4)), data.draw(st.integers(1, 3))
    numbers = lambda count, most: np.array(  # noqa: E731
        data.draw(st.lists(st.integers(0, most), min_size=count, max_size=count))
    )
    cost = numbers(needs * people, 9).reshape(needs, people)
    headcount, capacity, penalty = numbers(needs, 2), numbers(people, 2), numbers(needs, 12)
    teams = [[0, 1]] if needs < 4 else [[0, 1], [2, 3]]
    request, volunteer = np.indices(cost.shape).reshape(2, -1)
    plan = TeamAssignment().solve(
        PairProblem(
            headcount=headcount, capacity=capacity, penalty=penalty,
            request=request, volunteer=volunteer, cost=cost.reshape(-1),
        ),
        teams,
    )  # fmt: skip
    assert plan.exact
    assert plan.objective == plan.lower_bound == cheapest(headcount, capacity, penalty, cost, teams)
    for team in teams:
        assert plan.unfilled[team].sum() in (0, headcount[team].sum())


def nurse_and_driver(**more):
    return SpatialProblem(
        request_xy=[(0, 0), (0, 0), (0, 0)], headcount=[1, 1, 1], penalty=[500, 500, 300],
        request_skill=[1, 2, 2], volunteer_xy=[(100, 0), (200, 0)], volunteer_skill=[1, 2], **more,
    )  # fmt: skip


def test_a_driver_is_not_kept_waiting_for_a_nurse_who_is_not_there():
    both = TeamAssignment().solve(nurse_and_driver(), [[0, 1]])
    assert both.pairs.tolist() == [[0, 0], [1, 1]]
    alone = TeamAssignment().solve(nurse_and_driver(forbidden=[(0, 0)]), [[0, 1]])
    assert alone.pairs.tolist() == [[2, 1]]
    assert alone.unfilled.tolist() == [1, 1, 0]


def test_somebody_pinned_to_a_team_that_cannot_be_filled_is_named():
    with pytest.raises(ImpossiblePinError):
        TeamAssignment().solve(nurse_and_driver(forbidden=[(0, 0)], pinned=[(1, 1)]), [[0, 1]])
    pinned = TeamAssignment().solve(nurse_and_driver(pinned=[(1, 1)]), [[0, 1]])
    assert pinned.pairs.tolist() == [[0, 0], [1, 1]]


def test_with_too_few_plans_allowed_the_gap_is_still_proved():
    rng = np.random.default_rng(2)
    cost = rng.integers(0, 40, (24, 20))
    request, volunteer = np.indices(cost.shape).reshape(2, -1)
    problem = PairProblem(
        headcount=np.ones(24, int), capacity=np.ones(20, int), penalty=np.full(24, 60),
        request=request, volunteer=volunteer, cost=cost.reshape(-1),
    )  # fmt: skip
    teams = np.arange(24).reshape(8, 3).tolist()
    short, full = TeamAssignment(1).solve(problem, teams), TeamAssignment().solve(problem, teams)
    assert full.exact
    assert short.lower_bound <= full.objective <= short.objective
    assert all(full.unfilled[team].sum() in (0, 3) for team in teams)


def test_a_request_in_two_teams_is_refused():
    with pytest.raises(OutOfRangeError):
        TeamAssignment().solve(nurse_and_driver(), [[0, 1], [1, 2]])
