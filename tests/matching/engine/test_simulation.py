"""The policy laboratory on a small district."""

import json

import numpy as np
import pytest

from matching.engine.simulation import POLICIES, PolicyLaboratory, gini, longest_silence, main
from matching.engine.synthetic.district import district


def test_policies_live_through_the_same_district_and_notify_all_asks_most():
    world = district(2, volunteers=300, needs_a_day=6, days=21)
    outcomes = {name: PolicyLaboratory().run(world, name) for name in POLICIES}
    assert all(0 < outcome.fill_rate <= 1 for outcome in outcomes.values())
    asked = {name: outcome.asks_per_filled_seat for name, outcome in outcomes.items()}
    assert max(asked, key=asked.get) == "notify_all"
    assert PolicyLaboratory().run(world, "waves") == outcomes["waves"]


def test_the_contact_budget_is_a_hard_limit():
    world = district(2, volunteers=60, needs_a_day=6, days=7)
    strict, loose = (PolicyLaboratory(limit).run(world, "notify_all") for limit in (1, 20))
    assert strict.asks_per_filled_seat * strict.fill_rate < loose.asks_per_filled_seat * loose.fill_rate


def test_a_district_without_needs_is_an_outcome_too():
    outcome = PolicyLaboratory().run(district(1, volunteers=5, needs_a_day=0, days=3), "waves")
    assert (outcome.fill_rate, outcome.share_never_asked) == (0.0, 1.0)


def test_a_smaller_target_asks_fewer_people_at_once():
    world = district(2, volunteers=300, needs_a_day=6, days=21)
    low, high = (
        PolicyLaboratory(target=dict.fromkeys((1, 2, 3, 4), target)).run(world, "waves")
        for target in (0.3, 0.95)
    )
    assert low.asks_per_filled_seat < high.asks_per_filled_seat
    assert low.hours_to_first_yes > high.hours_to_first_yes


@pytest.mark.parametrize(
    ("asked", "longest"), [([], 30.0), ([10.0, 12.0], 18.0), ([12.0], 18.0), ([1.0, 29.0, 31.0], 28.0)]
)
def test_the_longest_silence_counts_the_beginning_and_the_end(asked, longest):
    assert longest_silence(asked, 30.0) == longest


@pytest.mark.parametrize(("values", "expected"), [([1, 1, 1], 0.0), ([0, 0, 0], 0.0), ([0, 0, 0, 1], 0.75)])
def test_gini(values, expected):
    assert gini(np.array(values, dtype=float)) == pytest.approx(expected)


def test_the_command_prints_one_line_for_each_policy(capsys):
    assert main(["--days", "3", "--volunteers", "80", "--policy", "waves", "--policy", "top_k"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["policy"] for line in lines] == ["waves", "top_k"]
