"""The closed list of features, and the model that was written by hand."""

import numpy as np
import pytest

from matching.engine.acceptance import PriorAcceptance
from matching.engine.errors import BadShapeError, NotFiniteError, OutOfRangeError, UnknownFeatureError
from matching.engine.features import DEFAULTS, FEATURES, UNITS, build_features, smoothed_accept_rate


def test_the_allow_list_is_exactly_this_and_holds_nothing_sensitive():
    assert FEATURES == (
        "skill_fit", "distance_m", "slot_match", "lead_time_h", "urgency", "hour", "weekday", "asks_7d", "asks_30d",
        "days_since_accept", "accept_rate", "response_delay_h", "continuity", "load_7d", "language_match",
    )  # fmt: skip
    assert set(UNITS) == set(DEFAULTS) == set(FEATURES)


@pytest.mark.parametrize("name", ["health", "poverty", "sex", "age", "origin", "religion", "income"])
def test_a_sensitive_column_is_refused(name):
    with pytest.raises(UnknownFeatureError):
        build_features(1, **{name: [1.0]})


def test_missing_columns_take_the_neutral_value():
    matrix = build_features(2, distance_m=[100.0, 200.0])
    assert matrix.column("distance_m").tolist() == [100.0, 200.0]
    assert matrix.column("accept_rate").tolist() == [0.2, 0.2]


def test_a_column_that_does_not_fit_is_refused():
    with pytest.raises(BadShapeError):
        build_features(2, distance_m=[1.0])
    with pytest.raises(NotFiniteError):
        build_features(1, distance_m=[np.nan])


def test_the_accept_rate_is_smoothed_towards_one_in_five():
    assert smoothed_accept_rate([0, 3, 95], [0, 3, 95]).tolist() == [0.2, 0.5, 0.96]
    with pytest.raises(OutOfRangeError):
        smoothed_accept_rate([2], [1])


@pytest.mark.parametrize(
    ("name", "less", "more"),
    [
        ("distance_m", 6000, 300), ("asks_7d", 4, 0), ("continuity", 0, 2), ("accept_rate", 0.1, 0.7),
        ("lead_time_h", 1, 72), ("slot_match", 0, 1), ("skill_fit", 0.5, 1), ("load_7d", 10, 0),
    ],
)  # fmt: skip
def test_the_prior_moves_the_way_the_field_reports(name, less, more):
    low, high = PriorAcceptance().predict(build_features(2, **{name: [less, more]}))
    assert low < high


def test_the_prior_stays_inside_the_response_rates_of_the_field_for_a_neutral_person():
    neutral = PriorAcceptance().predict(build_features(1, distance_m=1000.0))[0]
    assert 0.17 <= neutral <= 0.47
    extreme = PriorAcceptance().predict(build_features(1, distance_m=1e9, asks_7d=1e6, lead_time_h=-5.0))[0]
    assert extreme == 0.01
