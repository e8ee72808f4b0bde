"""A model learned from invented answers, whose true probabilities are known."""

import numpy as np
import pytest

from matching.engine.errors import NotFittedError, OutOfRangeError
from matching.engine.features import FEATURES, FeatureMatrix, build_features
from matching.engine.learned_acceptance import LearnedAcceptance, calibration_error, judge
from matching.engine.synthetic.answers import answer_log


@pytest.fixture(scope="module")
def log():
    return answer_log(5, people=800, questions=40_000)


@pytest.fixture(scope="module")
def model(log):
    early = log.week < 22
    return LearnedAcceptance(rounds=60).fit(
        FeatureMatrix(log.features.values[early]), log.yes[early], log.person[early]
    )


def test_probabilities_of_later_weeks_are_calibrated_and_better_than_without_people(log, model):
    late = log.week >= 22
    features = FeatureMatrix(log.features.values[late])
    with_people = judge(
        model.predict(features, log.person[late]), log.yes[late], {"area": log.area[late]}, 300
    )
    without = judge(model.predict(features), log.yes[late])
    assert with_people.calibration_error < 0.03
    assert with_people.log_loss < without.log_loss
    assert with_people.auc > without.auc


def test_somebody_never_seen_gets_the_groups_prior(log, model):
    features = build_features(1)
    assert model.predict(features, [10**6])[0] == pytest.approx(model.predict(features)[0], abs=0.2)
    assert model.effect_variance_ > 0


def test_every_feature_has_a_contribution_and_neutral_ones_have_none(model):
    parts = model.contributions(build_features(2, distance_m=[200.0, 9000.0]))
    assert set(parts) == set(FEATURES)
    assert np.allclose(parts["urgency"], 0.0)


def test_equal_answers_give_equal_models(log):
    part = FeatureMatrix(log.features.values[:3000])
    first, second = (LearnedAcceptance(rounds=10).fit(part, log.yes[:3000]).predict(part) for _ in range(2))
    assert (first == second).all()


def test_too_few_answers_or_no_fit_are_named_errors():
    with pytest.raises(OutOfRangeError):
        LearnedAcceptance().fit(build_features(10), np.zeros(10, int))
    with pytest.raises(NotFittedError):
        LearnedAcceptance().predict(build_features(1))


def test_the_calibration_error_of_the_truth_is_small_and_of_a_constant_lie_is_large(log):
    assert calibration_error(log.truth, log.yes) < 0.02
    assert calibration_error(np.full(len(log.yes), 0.9), log.yes) > 0.3
