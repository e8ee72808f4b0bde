"""Policies of asking on small worlds, against the exact program and the fluid bound."""

import numpy as np
import pytest

from matching.engine.asking import (
    Adaptive,
    NearestFirst,
    NotifyAll,
    ScaledDown,
    Sparse,
    TopK,
    draw_episodes,
    exact_value,
    fluid_plan,
)
from matching.engine.errors import NotFittedError, OutOfRangeError
from matching.engine.synthetic.asking import FAMILIES, AskingInstance, asking_instance, deaf_periods

POLICIES = [Adaptive(), NotifyAll(), TopK(2), NearestFirst(2), ScaledDown(), Sparse()]


@pytest.fixture(scope="module")
def small():
    return asking_instance("geometric 0.1", 4, volunteers=6, types=3, periods=24)


def test_no_policy_beats_the_bounds_and_adaptive_comes_near_the_exact_program(small):
    bound, best = fluid_plan(small)[0], exact_value(small)
    lives = draw_episodes(small, 8, 1500)
    assert best <= bound + 1e-6
    for policy in POLICIES:
        outcome = policy.fit(small).play(lives)
        assert outcome.answered_mean - outcome.half_width <= best
        assert (outcome.answered <= outcome.needs).all()
    adaptive = POLICIES[0].play(lives)
    assert adaptive.answered_mean >= 0.95 * best
    assert adaptive.answered_mean >= POLICIES[-1].play(lives).answered_mean


def test_with_nobody_ever_deaf_the_exact_program_is_one_minus_the_chance_that_all_refuse():
    instance = AskingInstance(
        response=np.array([[0.5], [0.2]]), rate=np.full((3, 1), 0.5), deaf=np.array([0.0, 1.0, 0.0, 0.0])
    )
    assert exact_value(instance) == pytest.approx(3 * 0.5 * (1 - 0.5 * 0.8))


def test_the_same_lives_give_the_same_outcome(small):
    lives = draw_episodes(small, 8, 50)
    first, second = (Adaptive().fit(small).play(lives) for _ in range(2))
    assert (first.answered == second.answered).all()
    assert (first.messages == second.messages).all()


def test_a_dear_message_is_sent_less_often(small):
    lives = draw_episodes(small, 8, 200)
    cheap, dear = (Adaptive(message_cost=cost).fit(small).play(lives) for cost in (0.0, 0.1))
    assert dear.messages.sum() < cheap.messages.sum()


def test_silences_of_every_family_are_distributions():
    for family in FAMILIES:
        chance = deaf_periods(family, 80)
        assert chance.sum() == pytest.approx(1.0)
        assert chance[0] == 0.0
    with pytest.raises(OutOfRangeError):
        deaf_periods("never", 80)


def test_playing_before_fitting_and_worlds_too_large_for_the_exact_program_are_named_errors(small):
    with pytest.raises(NotFittedError):
        Adaptive().play(draw_episodes(small, 1, 2))
    with pytest.raises(OutOfRangeError):
        exact_value(asking_instance("fixed 7", 1, volunteers=4, types=2, periods=10))
