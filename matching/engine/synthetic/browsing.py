"""People who browse needs: they look at the top of a list and sign up for what suits them.

Needs differ in appeal (log-normal) and fit each visitor differently; attention falls with the place in the list
(1 / log2(place + 1), cut after 20). One week, the same visitors and the same moods for every ranking.
"""

from dataclasses import dataclass

import numpy as np

from matching.engine.words import Floats, Integers

PLACES = 20


@dataclass(frozen=True, kw_only=True)
class Week:
    """headcount (N,) seats of each need; relevance (M, N) of each need to each visitor, 0 where impossible;
    patience (M,) how many places a visitor reads; mood (M, N) uniform draws that decide a sign-up."""

    headcount: Integers
    relevance: Floats
    patience: Integers
    mood: Floats


def browsing_week(seed: int, *, needs: int = 200, visitors: int = 600) -> Week:
    """A week in which a few popular needs would take most sign-ups under a ranking by relevance alone."""
    rng = np.random.default_rng([seed, 8])
    appeal = rng.lognormal(0.0, 0.8, needs)
    taste = rng.lognormal(0.0, 0.5, (visitors, needs))
    possible = rng.random((visitors, needs)) < 0.35
    relevance = np.where(possible, appeal * taste, 0.0)
    relevance /= relevance.max(axis=1, keepdims=True).clip(1e-9)
    return Week(
        headcount=rng.choice([1, 2, 3, 5], needs, p=[0.5, 0.25, 0.15, 0.1]),
        relevance=relevance,
        patience=np.minimum(rng.geometric(0.12, visitors), PLACES),
        mood=rng.random((visitors, needs)),
    )


def weekly_sign_up_chance(relevance: Floats, places: Integers) -> Floats:
    """Probability that a visitor signs up for a need of this relevance seen at this place (0 is the top)."""
    chance: Floats = 0.5 * relevance**0.5 / np.log2(places + 2.0)
    return chance
