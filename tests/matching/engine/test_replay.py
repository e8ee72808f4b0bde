"""A policy judged on another one's log, in worlds where the truth is known."""

import numpy as np
import pytest

from matching.engine.dispatch import choose_among_equals
from matching.engine.errors import BadShapeError, EngineError, NotFiniteError, OutOfRangeError
from matching.engine.replay import doubly_robust, snips

DECISIONS, CHOICES = 1500, 4


def logged(rng, model_error=0.0):
    """A log of one choice of four at each decision, and what the new policy is truly worth in this very world."""
    context = rng.normal(0, 1, DECISIONS)
    chance = 1 / (1 + np.exp(-(context[:, None] * np.array([1, -1, 0.5, 0]) - 0.5)))
    old = rng.dirichlet(np.full(CHOICES, 3.0), DECISIONS) * 0.8 + 0.05
    new = np.full((DECISIONS, CHOICES), 0.1)
    new[np.arange(DECISIONS), chance.argmax(axis=1)] = 0.7
    done = (rng.random(DECISIONS)[:, None] > old.cumsum(axis=1)).sum(axis=1)
    row = np.arange(DECISIONS)
    reward = (rng.random(DECISIONS) < chance[row, done]).astype(float)
    model = np.clip(chance + model_error, 0, 1)
    log = {
        "reward": reward, "propensity": old[row, done], "target": new[row, done],
        "predicted": model[row, done], "predicted_target": (new * model).sum(axis=1),
    }  # fmt: skip
    return log, float((new * chance).sum(axis=1).mean()), reward.mean()


def without_model(log):
    return {name: log[name] for name in ("reward", "propensity", "target")}


@pytest.mark.parametrize("model_error", [0.0, 0.3])
def test_the_intervals_hold_the_truth_as_often_as_they_say_even_with_a_wrong_model(model_error):
    rng = np.random.default_rng(3)
    held = np.zeros(2)
    for _ in range(300):
        log, truth, _ = logged(rng, model_error)
        for at, estimate in enumerate((snips(**without_model(log)), doubly_robust(**log))):
            held[at] += estimate.low <= truth <= estimate.high
    assert (held / 300 > 0.92).all()


def test_a_good_model_makes_the_interval_narrower_and_the_old_policy_is_not_mistaken_for_the_new():
    log, truth, old_mean = logged(np.random.default_rng(4))
    plain, robust = snips(**without_model(log)), doubly_robust(**log)
    assert robust.high - robust.low < plain.high - plain.low
    assert abs(robust.value - truth) < 0.03 < truth - old_mean
    assert 100 < plain.effective < DECISIONS


def test_judging_the_old_policy_itself_gives_its_own_mean():
    log, _, mean = logged(np.random.default_rng(5))
    same = {**without_model(log), "target": log["propensity"]}
    assert snips(**same).value == pytest.approx(mean)
    assert snips(**same).effective == pytest.approx(DECISIONS)


def test_repeated_rows_of_one_need_do_not_count_as_news():
    log, _, _ = logged(np.random.default_rng(6))
    twice = {name: np.repeat(values, 4) for name, values in without_model(log).items()}
    alone, naive = snips(**without_model(log)), snips(**twice)
    clustered = snips(**twice, cluster=np.repeat(np.arange(DECISIONS), 4))
    assert clustered.high == pytest.approx(alone.high)
    assert naive.high - naive.low < 0.6 * (alone.high - alone.low)


def test_the_propensity_that_is_logged_is_how_often_somebody_is_asked():
    rng = np.random.default_rng(7)
    score = np.array([0.9, 0.5, 0.5, 0.49, 0.51, 0.2])
    asked = np.zeros(6)
    for _ in range(4000):
        chosen, propensity = choose_among_equals(score, 3, tolerance=0.02, rng=rng, share=0.5)
        asked[chosen] += 1
        assert len(chosen) == 3
    assert propensity[0] == 1
    assert propensity[5] == 0
    assert propensity.sum() == pytest.approx(3)
    assert np.abs(asked / 4000 - propensity).max() < 0.03


def test_without_equals_nothing_is_left_to_chance():
    chosen, propensity = choose_among_equals([0.1, 0.9, 0.5], 2, tolerance=0.01, rng=np.random.default_rng(8))
    assert chosen.tolist() == [1, 2]
    assert propensity.tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"propensity": [0.0, 0.5]}, OutOfRangeError),
        ({"target": [0.0, 0.0]}, OutOfRangeError),
        ({"target": [0.5, 1.5]}, OutOfRangeError),
        ({"reward": [np.nan, 1]}, NotFiniteError),
        ({"reward": [1.0]}, BadShapeError),
        ({"cluster": [1, 1]}, BadShapeError),
        ({"confidence": 1.0}, EngineError),
    ],
)
def test_a_log_that_cannot_be_judged_is_a_named_error(change, error):
    good = {"reward": [0, 1], "propensity": [0.5, 0.5], "target": [0.5, 0.5]}
    with pytest.raises(error):
        snips(**(good | change))
