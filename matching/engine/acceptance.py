"""Who would say yes.

``PriorAcceptance`` is written by hand, for a platform that has no history yet. A model learned from the platform's own
answers replaces it as soon as there are enough of them.
"""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from matching.engine.errors import BadShapeError
from matching.engine.features import FEATURES, FeatureMatrix
from matching.engine.words import Floats


class AcceptanceModel(Protocol):
    """What the rest of the engine needs from a model of acceptance."""

    version: str

    def predict(self, features: FeatureMatrix) -> Floats:
        """(n,) probabilities of a yes."""
        ...

    def contributions(self, features: FeatureMatrix) -> Mapping[str, Floats]:
        """(n,) log-odds that each feature adds, against a neutral person."""
        ...


class PriorAcceptance:
    """A logistic model whose weights were set by hand, not learned: the cold start.

    The shape follows what the field reports: 17 to 47 % of those asked say yes, fewer with distance, with short notice
    and after many questions; somebody who knows the household says yes more often. Every weight is one line below; a
    person with the ``DEFAULTS`` of features.py gets about 0.3. Do not read the numbers as measured.

    Parameters
    ----------
    base : log-odds of a neutral person.
    """

    version = "prior-1"

    def __init__(self, base: float = -0.85) -> None:
        self.base = base

    def contributions(self, features: FeatureMatrix) -> Mapping[str, Floats]:
        """(n,) log-odds by feature. O(n)."""
        column = features.column
        return {
            "distance_m": -0.9 * np.log1p(column("distance_m") / 1500.0),
            "slot_match": 0.7 * (column("slot_match") - 1.0),
            "skill_fit": 1.2 * (column("skill_fit") - 1.0),
            "accept_rate": 2.4 * (column("accept_rate") - 0.2),
            "continuity": 0.9 * np.minimum(column("continuity"), 2.0) / 2.0
            + 0.4 * (column("continuity") > 0),
            "asks_7d": -0.35 * np.minimum(column("asks_7d"), 6.0),
            "asks_30d": -0.05 * np.minimum(column("asks_30d"), 20.0),
            "lead_time_h": -0.8 * np.exp(-np.maximum(column("lead_time_h"), 0.0) / 6.0),
            "urgency": 0.12 * (column("urgency") - 2.0),
            "load_7d": -0.08 * np.minimum(column("load_7d"), 20.0),
            "days_since_accept": 0.5 * np.exp(-np.maximum(column("days_since_accept"), 0.0) / 45.0),
            "response_delay_h": -0.01 * (np.minimum(column("response_delay_h"), 72.0) - 24.0),
            "language_match": 1.0 * (column("language_match") - 1.0),
        }

    def predict(self, features: FeatureMatrix) -> Floats:
        """(n,) probabilities within [0.01, 0.95]. O(n)."""
        if features.values.shape[1] != len(FEATURES):
            raise BadShapeError(f"{features.values.shape[1]} columns, {len(FEATURES)} are defined")
        log_odds = np.full(len(features.values), self.base)
        for part in self.contributions(features).values():
            log_odds += part
        probability: Floats = 1.0 / (1.0 + np.exp(-log_odds))
        return np.clip(probability, 0.01, 0.95)
