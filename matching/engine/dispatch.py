"""Whom to ask about one need, how many at once, and what to do after each answer or silence.

The first wave is the smallest k whose yeses reach the headcount with the wanted probability. A rejection is replaced at
once; silence widens the ring; when rings are spent the studios are asked, then the duty worker is told. Evidence for
small waves with replacement: van den Berg et al., PLOS ONE 2026 (29,307 alerts). Policies that price a volunteer's
attention are in policies.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from matching.engine.errors import NotFiniteError, OutOfRangeError
from matching.engine.words import Floats, Integers

TARGET_BY_URGENCY: Mapping[int, float] = MappingProxyType({1: 0.6, 2: 0.75, 3: 0.9, 4: 0.97})
"""Probability that the first wave brings enough people. A default; the product passes its own dated rule."""


def probability_of_at_least(probabilities: ArrayLike, headcount: int) -> float:
    """P(at least ``headcount`` of independent yeses), Poisson-binomial by convolution, O(n x headcount)."""
    chance = _chances(probabilities)
    if headcount <= 0:
        return 1.0
    if headcount > len(chance):
        return 0.0
    fewer = np.zeros(headcount)
    fewer[0] = 1.0
    for p in chance.tolist():
        fewer[1:] = fewer[1:] * (1.0 - p) + fewer[:-1] * p
        fewer[0] *= 1.0 - p
    return float(min(1.0, max(0.0, 1.0 - fewer.sum())))


def first_wave(probabilities: ArrayLike, headcount: int, target: float, most: int | None = None) -> int:
    """How many of the ranked people to ask at once: the smallest k with P(at least headcount accept) >= target.

    ``probabilities`` (n,) in the order of asking. ``most`` caps k (contact budget, courtesy). When nobody of the n can
    reach the target, all up to ``most`` are asked. O(k x headcount).
    """
    chance = _chances(probabilities)
    if not 0.0 <= target <= 1.0:
        raise OutOfRangeError(f"target must lie in [0, 1], not {target}")
    limit = len(chance) if most is None else min(most, len(chance))
    if headcount <= 0 or limit <= 0:
        return 0
    fewer = np.zeros(headcount)
    fewer[0] = 1.0
    for k in range(limit):
        p = float(chance[k])
        fewer[1:] = fewer[1:] * (1.0 - p) + fewer[:-1] * p
        fewer[0] *= 1.0 - p
        if 1.0 - fewer.sum() >= target:
            return k + 1
    return limit


def choose_among_equals(
    score: ArrayLike, wanted: int, *, tolerance: float, rng: np.random.Generator, share: float = 0.05
) -> tuple[Integers, Floats]:
    """The ``wanted`` best, but in a ``share`` of all decisions the last places are drawn among equals.

    Equals are those within ``tolerance`` of the last one who would be asked, so nobody clearly worse is ever preferred.
    Returns who is asked, ascending, and (n,) the exact probability with which each was asked: log it with the offer,
    and any policy that chooses among the same equals can be judged on the log (replay.py). O(n log n).
    """
    scores = np.asarray(score, dtype=np.float64)
    if scores.ndim != 1 or not np.isfinite(scores).all():
        raise NotFiniteError("scores must be one finite number for each person")
    if not (0.0 <= share <= 1.0 and tolerance >= 0.0):
        raise OutOfRangeError(f"share must lie in [0, 1] and tolerance not below 0: {share}, {tolerance}")
    asked = min(max(wanted, 0), len(scores))
    propensity = np.zeros(len(scores))
    if asked == 0:
        return np.empty(0, np.int64), propensity
    order = np.argsort(-scores, kind="stable")
    last = scores[order[asked - 1]]
    above = order[scores[order] > last + tolerance]
    equals = order[np.abs(scores[order] - last) <= tolerance]
    places = asked - len(above)
    propensity[above] = 1.0
    propensity[equals] = share * places / len(equals)
    propensity[equals[:places]] += 1.0 - share
    drawn = rng.permutation(equals)[:places] if rng.random() < share else equals[:places]
    return np.sort(np.concatenate([above, drawn])), propensity


def _chances(probabilities: ArrayLike) -> Floats:
    chance = np.asarray(probabilities, dtype=np.float64).reshape(-1)
    if not np.isfinite(chance).all():
        raise NotFiniteError("a probability is NaN or infinite")
    if len(chance) and (chance.min() < 0.0 or chance.max() > 1.0):
        raise OutOfRangeError("probabilities must lie in [0, 1]")
    return chance


class Step(StrEnum):
    """What to do next about one need."""

    ASK = "ask"
    WAIT = "wait"
    WIDEN = "widen"
    ASK_STUDIOS = "ask_studios"
    TELL_DUTY_WORKER = "tell_duty_worker"
    DONE = "done"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question that is out: its probability when sent, minutes since, and the answer (None: silence so far)."""

    probability: float
    minutes: float
    accepted: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Situation:
    """All that the next step depends on.

    ``waiting`` (n,) probabilities of people not yet asked inside the present ring, in the order of asking. ``ring``
    counts from 0. ``studios_left`` providers not yet asked. ``asked`` questions of this need. ``minutes_to_start``
    until the service begins.
    """

    headcount: int
    urgency: int
    waiting: Sequence[float]
    asked: Sequence[Asked] = ()
    ring: int = 0
    studios_left: int = 0
    minutes_to_start: float = float("inf")
    duty_worker_told: bool = False


@dataclass(frozen=True, kw_only=True)
class Action:
    """``count`` people to ask now (the first of ``waiting``), or studios; look again after ``minutes`` at the latest.

    ``chance``: probability that the open questions and those of this step fill the seats still empty.
    """

    step: Step
    count: int = 0
    minutes: float | None = None
    chance: float = 0.0


@dataclass(frozen=True, kw_only=True)
class DispatchRules:
    """Dated rules of the product, with defaults.

    target: probability a wave aims at; silence_minutes: how long a question stays hopeful; both by urgency. most:
    questions open at once for one need. rings: how many radii there are. fade: what a silent question is still worth
    after each further silence period.
    """

    target: Mapping[int, float] = field(default_factory=lambda: TARGET_BY_URGENCY)
    silence_minutes: Mapping[int, float] = field(
        default_factory=lambda: MappingProxyType({1: 720.0, 2: 240.0, 3: 45.0, 4: 10.0})
    )
    most: int = 20
    rings: int = 3
    fade: float = 0.25


def next_action(situation: Situation, rules: DispatchRules | None = None) -> Action:
    """The next step for one need; pure and deterministic, so it may be asked again after every event. O(n x headcount).

    * enough yeses: DONE
    * open questions that are still fresh are counted with the probability they were sent with, silent ones fade
    * ASK as many of ``waiting`` as bring the chance back to the target: this is the first wave, the replacement of a
      rejection, and the replacement after silence, all by the same rule
    * nobody left to ask: WIDEN, then ASK_STUDIOS, then TELL_DUTY_WORKER; with the start too near for another silence
      period, the duty worker is told at once
    """
    rules = rules or DispatchRules()
    level = min(max(situation.urgency, 1), 4)
    target, patience = rules.target[level], rules.silence_minutes[level]
    if situation.headcount < 0:
        raise OutOfRangeError(f"headcount must not be negative, found {situation.headcount}")
    missing = situation.headcount - sum(1 for ask in situation.asked if ask.accepted)
    if missing <= 0:
        return Action(step=Step.DONE, chance=1.0)
    silent = [ask for ask in situation.asked if ask.accepted is None]
    hopes = [ask.probability * rules.fade ** int(max(ask.minutes, 0.0) // patience) for ask in silent]
    fresh = [ask for ask in silent if ask.minutes < patience]
    chance = probability_of_at_least(hopes, missing)
    room = max(rules.most - len(fresh), 0)
    waiting = _chances(situation.waiting)
    look_again = min((patience - max(ask.minutes, 0.0) for ask in fresh), default=patience)
    if chance < target and room and len(waiting):
        total = first_wave([*hopes, *waiting.tolist()], missing, target, len(hopes) + room)
        count = min(max(total - len(hopes), 1), room, len(waiting))
        chance = probability_of_at_least([*hopes, *waiting[:count].tolist()], missing)
        return Action(step=Step.ASK, count=count, minutes=patience, chance=chance)
    if chance >= target or (fresh and not room):
        return Action(step=Step.WAIT, minutes=look_again, chance=chance)
    if situation.ring + 1 < rules.rings and situation.minutes_to_start > patience:
        return Action(step=Step.WIDEN, chance=chance)
    if situation.studios_left > 0 and situation.minutes_to_start > patience:
        return Action(
            step=Step.ASK_STUDIOS,
            count=min(situation.studios_left, missing + 1),
            minutes=patience,
            chance=chance,
        )
    if not situation.duty_worker_told:
        return Action(step=Step.TELL_DUTY_WORKER, chance=chance)
    return Action(step=Step.WAIT, minutes=look_again, chance=chance)
