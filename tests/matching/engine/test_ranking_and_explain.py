"""What to show first, and why."""

import numpy as np
import pytest

from matching.engine.acceptance import PriorAcceptance
from matching.engine.errors import EngineError, OutOfRangeError
from matching.engine.explain import distance_step, why, why_not
from matching.engine.features import build_features
from matching.engine.ranking import EquityRanking, psi


def test_a_need_falls_back_with_every_connection_but_never_disappears():
    held = psi([0, 1, 2, 50])
    assert held[0] == 1.0
    assert (np.diff(held) < 0).all()
    assert (held > 0).all()


def test_an_equal_need_without_connections_comes_first_and_relevance_still_counts():
    ranking = EquityRanking()
    assert ranking.order([1.0, 1.0], [3, 0], [1, 1]).tolist() == [1, 0]
    assert ranking.order([5.0, 1.0], [1, 0], [1, 1]).tolist() == [0, 1]
    assert EquityRanking(strength=0).order([1.0, 0.9], [9, 0], [1, 1]).tolist() == [0, 1]
    assert ranking.order([], [], []).tolist() == []


def test_shortage_and_urgency_raise_a_need():
    assert EquityRanking().order([1, 1, 1], 0, 1, urgency=[1, 4, 1], shortage=[0, 0, 0.9]).tolist() == [
        2,
        1,
        0,
    ]


def test_a_negative_relevance_is_refused():
    with pytest.raises(EngineError):
        EquityRanking().score([-1.0], 0, 1)
    with pytest.raises(OutOfRangeError):
        psi(-1)


def test_the_strongest_true_reasons_come_first_and_only_true_ones():
    features = build_features(
        2, distance_m=[420.0, 9000.0], continuity=[2, 0], asks_7d=[0, 3], asks_30d=[0, 5], slot_match=[1, 0]
    )
    near, far = why(features, PriorAcceptance(), skill_mask=[0b100, 0], slot_mask=[0b10, 0b10])
    assert [reason["code"] for reason in near] == ["knows_household", "near", "has_skills"]
    assert near[0]["visits"] == 2
    assert near[1]["metres"] == 500
    assert near[2]["skills"] == [2]
    assert "near" not in [reason["code"] for reason in far]
    assert "free_in_slot" not in [reason["code"] for reason in far]


def test_a_need_by_phone_is_never_explained_by_distance():
    (reasons,) = why(build_features(1), PriorAcceptance(), skill_mask=[0], slot_mask=[0], remote=[True])
    assert "near" not in [reason["code"] for reason in reasons]
    assert reasons[0]["code"] == "by_phone"


def test_a_distance_is_only_told_in_steps_of_500_metres():
    assert [distance_step(metres) for metres in (0, 1, 500, 501, 1999)] == [500, 500, 500, 1000, 2000]


def test_why_not_names_every_limit_that_is_missed():
    reasons = why_not(
        need_skill=0b11, person_skill=0b01, need_slot=0b100, person_slot=0, distance_m=2600, person_radius_m=2000,
        verified=False, excluded=True, asks_left=0, capacity_left=0,
    )  # fmt: skip
    assert [reason["code"] for reason in reasons] == [
        "not_verified", "lacks_skills", "not_free", "too_far", "excluded", "asked_enough", "no_capacity",
    ]  # fmt: skip
    assert reasons[1]["skills"] == [1]
    assert reasons[3]["metres"] == 3000


def test_why_not_somebody_who_could_says_that_others_fit_better_and_by_how_much():
    assert why_not(price=340) == [{"code": "others_fit_better", "cost": 340}]
    assert why_not() == [{"code": "others_likelier"}]
