"""How many to ask at once, and what follows each answer or silence."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.dispatch import (
    Asked,
    DispatchRules,
    Situation,
    Step,
    first_wave,
    next_action,
    probability_of_at_least,
)
from matching.engine.errors import NotFiniteError, OutOfRangeError

chances = st.lists(st.floats(0, 1), max_size=7)


@given(chances, st.integers(-1, 8))
def test_the_chance_of_enough_yeses_equals_the_sum_over_all_answers(probabilities, headcount):
    total = sum(
        np.prod([p if yes else 1 - p for p, yes in zip(probabilities, answers, strict=True)])
        for answers in itertools.product((True, False), repeat=len(probabilities))
        if sum(answers) >= headcount
    )
    assert probability_of_at_least(probabilities, headcount) == pytest.approx(total, abs=1e-9)


@given(chances, st.integers(1, 4), st.floats(0, 1), st.integers(0, 8))
def test_the_first_wave_is_the_smallest_that_reaches_the_target(probabilities, headcount, target, most):
    k = first_wave(probabilities, headcount, target, most)
    limit = min(most, len(probabilities))
    assert k <= limit
    if k < limit:
        assert probability_of_at_least(probabilities[:k], headcount) >= target - 1e-9
    for fewer in range(1, k):
        assert probability_of_at_least(probabilities[:fewer], headcount) < target + 1e-9


def test_more_urgent_needs_ask_more_people_at_once():
    waves = [
        next_action(Situation(headcount=1, urgency=urgency, waiting=[0.3] * 30)).count
        for urgency in (1, 2, 3, 4)
    ]
    assert waves == sorted(waves)
    assert waves[0] < waves[3]


def test_a_rejection_is_replaced_at_once_and_a_fresh_question_is_waited_for():
    asked = [Asked(probability=0.5, minutes=3), Asked(probability=0.5, minutes=3)]
    rules = DispatchRules(target={1: 0.7, 2: 0.7, 3: 0.7, 4: 0.7})
    waiting = Situation(headcount=1, urgency=2, waiting=[0.5, 0.5], asked=asked)
    assert next_action(waiting, rules).step is Step.WAIT
    refused = [asked[0], Asked(probability=0.5, minutes=3, accepted=False)]
    action = next_action(Situation(headcount=1, urgency=2, waiting=[0.5, 0.5], asked=refused), rules)
    assert (action.step, action.count) == (Step.ASK, 1)


def test_silence_fades_and_is_replaced():
    silent = [Asked(probability=0.9, minutes=500)]
    action = next_action(Situation(headcount=1, urgency=2, waiting=[0.4] * 9, asked=silent))
    assert action.step is Step.ASK


def test_when_nobody_is_left_the_ring_widens_then_studios_then_the_duty_worker():
    steps = []
    for ring, studios, told in ((0, 2, False), (1, 2, False), (2, 2, False), (2, 0, False), (2, 0, True)):
        steps.append(
            next_action(
                Situation(
                    headcount=1, urgency=3, waiting=[], ring=ring, studios_left=studios, duty_worker_told=told
                )
            ).step
        )
    assert steps == [Step.WIDEN, Step.WIDEN, Step.ASK_STUDIOS, Step.TELL_DUTY_WORKER, Step.WAIT]


def test_a_start_that_is_too_near_for_another_silence_tells_the_duty_worker_at_once():
    action = next_action(Situation(headcount=1, urgency=4, waiting=[], studios_left=3, minutes_to_start=5))
    assert action.step is Step.TELL_DUTY_WORKER


def test_enough_yeses_end_it_and_too_many_questions_are_never_open():
    yes = Asked(probability=0.3, minutes=1, accepted=True)
    assert next_action(Situation(headcount=1, urgency=1, waiting=[0.5], asked=[yes])).step is Step.DONE
    open_questions = [Asked(probability=0.05, minutes=1)] * 20
    assert (
        next_action(Situation(headcount=2, urgency=4, waiting=[0.5], asked=open_questions)).step is Step.WAIT
    )


def test_a_clock_that_goes_backwards_is_a_fresh_question():
    action = next_action(
        Situation(headcount=1, urgency=1, waiting=[], asked=[Asked(probability=0.9, minutes=-30)])
    )
    assert action.step is Step.WAIT


def test_every_situation_ends_when_followed():
    """Silence from everybody walks through all steps and stops at the duty worker."""
    asked, ring, studios, told, waiting = [], 0, 2, False, [0.3] * 50
    for _ in range(200):
        action = next_action(
            Situation(
                headcount=2, urgency=3, waiting=waiting, asked=asked, ring=ring, studios_left=studios,
                duty_worker_told=told,
            )
        )  # fmt: skip
        if action.step is Step.ASK:
            asked += [Asked(probability=p, minutes=0) for p in waiting[: action.count]]
            waiting = waiting[action.count :]
        elif action.step is Step.WIDEN:
            ring += 1
        elif action.step is Step.ASK_STUDIOS:
            studios -= action.count
        elif action.step is Step.TELL_DUTY_WORKER:
            told = True
            break
        asked = [Asked(probability=a.probability, minutes=a.minutes + 45) for a in asked]
    assert told
    assert not waiting


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: first_wave([np.nan], 1, 0.5), NotFiniteError),
        (lambda: first_wave([1.2], 1, 0.5), OutOfRangeError),
        (lambda: first_wave([0.2], 1, 1.5), OutOfRangeError),
        (lambda: next_action(Situation(headcount=-1, urgency=1, waiting=[])), OutOfRangeError),
    ],
)
def test_bad_input_is_a_named_error(call, error):
    with pytest.raises(error):
        call()
