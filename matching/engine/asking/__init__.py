"""Whom to ask when asking costs attention: policies, their bound, and an exact program for small worlds."""

from matching.engine.asking.bounds import exact_value, fluid_plan
from matching.engine.asking.episodes import Episodes, Outcome, draw_episodes
from matching.engine.asking.policies import (
    Adaptive,
    AskingPolicy,
    NearestFirst,
    NotifyAll,
    ScaledDown,
    Sparse,
    TopK,
)

__all__ = [
    "Adaptive",
    "AskingPolicy",
    "Episodes",
    "NearestFirst",
    "NotifyAll",
    "Outcome",
    "ScaledDown",
    "Sparse",
    "TopK",
    "draw_episodes",
    "exact_value",
    "fluid_plan",
]
