"""What a browsing person sees first, so that every need gets people and not the same few.

score = relevance x psi(connections in 7 days / headcount) x (1 + shortage) x urgency weight

After SmartSort (Manshadi, Rodilitz, Saban, Suresh; deployed by VolunteerMatch): an opportunity falls back with every
connection it receives. psi(0) = 1, psi falls, psi never reaches 0, so nothing disappears.
"""

import numpy as np
from numpy.typing import ArrayLike

from matching.engine.errors import OutOfRangeError
from matching.engine.words import Floats, Integers, numbers


def psi(fill: ArrayLike, strength: float = 1.0) -> Floats:
    """1 / (1 + strength x fill): how much a need that already got ``fill`` connections a seat is held back."""
    share = np.asarray(fill, dtype=np.float64)
    if strength < 0 or (share < 0).any() or np.isnan(share).any():
        raise OutOfRangeError("fill and strength must not be negative")
    return np.asarray(1.0 / (1.0 + strength * share))


class EquityRanking:
    """Order needs for one person.

    Parameters
    ----------
    strength : how fast a need falls back; 0 is ranking by relevance alone. In the simulated week 0.03 gives about a
        tenth more needs somebody and costs hardly any sign-up; 1 fills twice the seats and costs a tenth of them.
    urgency_weight : what one step of urgency above 1 multiplies the score by, minus 1.
    """

    def __init__(self, strength: float = 0.03, urgency_weight: float = 0.1) -> None:
        self.strength = strength
        self.urgency_weight = urgency_weight

    def score(
        self,
        relevance: ArrayLike,
        connections_7d: ArrayLike,
        headcount: ArrayLike,
        *,
        urgency: ArrayLike = 1.0,
        shortage: ArrayLike = 0.0,
    ) -> Floats:
        """(n,) scores. relevance >= 0, connections of the last 7 days, seats wanted >= 1, urgency 1 to 4, shortage
        0 to 1 (how few people could do it). O(n)."""
        fit = np.atleast_1d(np.asarray(relevance, dtype=np.float64))
        fit = numbers(fit, "relevance", len(fit))
        connections = numbers(connections_7d, "connections_7d", len(fit))
        seats = numbers(headcount, "headcount", len(fit))
        held_back = psi(connections / np.maximum(seats, 1.0), self.strength)
        urgent = 1.0 + self.urgency_weight * (numbers(urgency, "urgency", len(fit)) - 1.0)
        return fit * held_back * (1.0 + numbers(shortage, "shortage", len(fit))) * urgent

    def order(
        self,
        relevance: ArrayLike,
        connections_7d: ArrayLike,
        headcount: ArrayLike,
        *,
        urgency: ArrayLike = 1.0,
        shortage: ArrayLike = 0.0,
    ) -> Integers:
        """(n,) indexes, best first; ties keep the caller's order."""
        score = self.score(relevance, connections_7d, headcount, urgency=urgency, shortage=shortage)
        return np.argsort(-score, kind="stable").astype(np.int64)
