"""A learned model as it is served: trees or a line, an effect for each person, calibration. Needs no scikit-learn."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from matching.engine import FEATURES, AcceptanceModel, FeatureMatrix
from matching.engine.features import DEFAULTS
from matching.learning.trees import Trees
from matching.people import Floats, Integers

LEAST, MOST = 0.001, 0.999


@dataclass
class ServedAcceptance:
    """Gives what `LearnedAcceptance` gives, for volunteers by id, within a bounded time and on one thread."""

    version: str
    trees: Trees
    line: Floats  # (F,) log-odds a unit of each feature: a logistic model, which has no trees; else zeros
    calibration: Floats  # (3,) intercept, weight of the trees, weight of the person's effect
    volunteers: Integers  # ids, ascending
    effects: Floats  # log-odds, one a volunteer; who is not here has none

    def predict(self, features: FeatureMatrix, volunteers: Integers | None = None) -> Floats:
        """(n,) probabilities of a yes within [0.001, 0.999]."""
        intercept, slope, weight = self.calibration.tolist()
        odds = intercept + slope * np.clip(self.trees.log_odds(features.values), -13.8, 13.8)
        odds += features.values @ self.line
        if volunteers is not None:
            odds += weight * self.effect_of(volunteers)
        probability: Floats = np.clip(1.0 / (1.0 + np.exp(-odds)), LEAST, MOST)
        return probability

    def effect_of(self, volunteers: Integers) -> Floats:
        if not len(self.volunteers):
            return np.zeros(len(volunteers))
        at = np.minimum(np.searchsorted(self.volunteers, volunteers), len(self.volunteers) - 1)
        effect: Floats = np.where(self.volunteers[at] == volunteers, self.effects[at], 0.0)
        return effect

    def contributions(self, features: FeatureMatrix) -> Mapping[str, Floats]:
        """(n,) log-odds by feature: what changes when that one is set to its neutral value. One walk for all."""
        rows = len(features.values)
        every = np.tile(features.values, (len(FEATURES) + 1, 1))
        for at, name in enumerate(FEATURES):
            every[at * rows : (at + 1) * rows, at] = DEFAULTS[name]
        p = self.predict(FeatureMatrix(every)).reshape(len(FEATURES) + 1, rows)
        odds = np.log(p) - np.log1p(-p)
        return {name: odds[-1] - odds[at] for at, name in enumerate(FEATURES)}


def chances(model: AcceptanceModel, features: FeatureMatrix, volunteers: Integers) -> Floats:
    """(n,) probabilities of a yes, with the effect of each person where the model knows one."""
    if isinstance(model, ServedAcceptance):
        return model.predict(features, volunteers)
    return model.predict(features)
