"""A week of people who browse, under a ranking: how many needs get somebody, how many sign-ups in all."""

from dataclasses import dataclass

import numpy as np

from matching.engine.ranking import EquityRanking
from matching.engine.synthetic.browsing import Week, weekly_sign_up_chance


@dataclass(frozen=True, kw_only=True)
class BrowsingOutcome:
    """needs: share of needs with at least one sign-up; connections: sign-ups in all; filled: share of seats filled."""

    needs: float
    connections: int
    filled: float


def browse(week: Week, ranking: EquityRanking) -> BrowsingOutcome:
    """Every visitor in turn sees the list of that moment and signs up for at most one need. O(visitors x needs log)."""
    signed = np.zeros(len(week.headcount), np.int64)
    for m in range(len(week.relevance)):
        fit = week.relevance[m]
        shown = ranking.order(fit, signed, week.headcount)[: week.patience[m]]
        shown = shown[fit[shown] > 0]
        chance = weekly_sign_up_chance(fit[shown], np.arange(len(shown)))
        taken = np.flatnonzero(week.mood[m, shown] < chance)
        if len(taken):
            signed[shown[taken[0]]] += 1
    return BrowsingOutcome(
        needs=float((signed > 0).mean()),
        connections=int(signed.sum()),
        filled=float(np.minimum(signed, week.headcount).sum() / week.headcount.sum()),
    )
