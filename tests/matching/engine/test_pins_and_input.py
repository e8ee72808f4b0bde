"""Pinned and forbidden pairs, empty sides, and bad input: a defined plan or a named error."""

import numpy as np
import pytest

from matching.engine.assignment import ExactAssignment, SpatialProblem
from matching.engine.errors import EngineError, ImpossiblePinError, NotFiniteError, OutOfRangeError


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
