"""Who would say yes, learned from answers: gradient boosting, an effect for each person, calibration.

1. Histogram gradient boosting on the features, on all answers as they came (sampling negatives would ruin calibration).
2. An effect for each person by empirical Bayes: one Newton step on that person's residuals, shrunk by the variance of
   effects that the residuals themselves suggest. Somebody without history gets 0, the group's prior: the cold start.
3. Platt scaling of both on later weeks that neither has seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from threadpoolctl import threadpool_limits

from matching.engine.errors import BadShapeError, NotFittedError, OutOfRangeError
from matching.engine.features import DEFAULTS, FEATURES, FeatureMatrix
from matching.engine.words import Floats, Integers, whole_numbers

FEWEST_ANSWERS = 200


def log_odds(probability: Floats) -> Floats:
    """ln(p / (1 - p)), cut at 1e-6."""
    p = np.clip(probability, 1e-6, 1.0 - 1e-6)
    odds: Floats = np.log(p) - np.log1p(-p)
    return odds


class LearnedAcceptance:
    """Probabilities of a yes, calibrated on later answers.

    Parameters
    ----------
    calibration_share : the last share of the answers, in the order given, that is kept for calibration.
    leaves, rate, rounds : of the boosting.
    threads : of fitting; on a machine shared with a web server more than one is slower, not faster.
    version : logged with every offer.

    After ``fit``: ``boosting_``, ``effects_`` (people,), ``effect_variance_``, ``calibration_`` (3,): intercept, weight
    of the boosting's log-odds, weight of the person's effect.
    """

    boosting_: Any
    effects_: Floats
    effect_variance_: float
    calibration_: Floats

    def __init__(
        self,
        calibration_share: float = 0.2,
        leaves: int = 31,
        rate: float = 0.06,
        rounds: int = 250,
        threads: int = 1,
        version: str = "learned",
    ) -> None:
        self.calibration_share = calibration_share
        self.leaves = leaves
        self.rate = rate
        self.rounds = rounds
        self.threads = threads
        self.version = version

    def fit(self, features: FeatureMatrix, yes: ArrayLike, person: ArrayLike | None = None) -> Self:
        """Learn from n answers in time order: yes (n,) 0 or 1, person (n,) indexes. O(n x rounds)."""
        answer = whole_numbers(yes, "yes", least=0, most=1)
        who = np.zeros(len(answer), np.int64) if person is None else whole_numbers(person, "person", least=0)
        if not len(answer) == len(features.values) == len(who):
            raise BadShapeError(f"{len(features.values)} rows, {len(answer)} answers, {len(who)} people")
        if not 0.0 < self.calibration_share < 1.0:
            raise OutOfRangeError(f"calibration_share must lie in (0, 1), not {self.calibration_share}")
        early = int(len(answer) * (1.0 - self.calibration_share))
        if early < FEWEST_ANSWERS or len(set(answer[:early])) < 2 or len(set(answer[early:])) < 2:
            raise OutOfRangeError(
                f"{len(answer)} answers, of both kinds in both parts, are too few to learn from"
            )
        boosting = HistGradientBoostingClassifier(
            max_leaf_nodes=self.leaves, learning_rate=self.rate, max_iter=self.rounds, min_samples_leaf=60,
            l2_regularization=1.0, early_stopping=False, random_state=0,
        )  # fmt: skip
        with threadpool_limits(self.threads):
            self.boosting_ = boosting.fit(features.values[:early], answer[:early])
        raw = self._raw(features)
        self._learn_effects(raw[:early], answer[:early], who[:early], person is not None)
        both = np.column_stack([raw[early:], self._effect_of(who[early:])])
        scaling = LogisticRegression(C=1e4).fit(both, answer[early:])
        self.calibration_ = np.concatenate([scaling.intercept_, scaling.coef_[0]])
        if person is not None:  # effects may use the calibration weeks too, once the scaling is fixed
            self._learn_effects(raw, answer, who, True)
        return self

    def _learn_effects(self, raw: Floats, yes: Integers, who: Integers, wanted: bool) -> None:
        people = int(who.max(initial=0)) + 1
        p = 1.0 / (1.0 + np.exp(-raw))
        score = np.bincount(who, yes - p, people)
        information = np.bincount(who, p * (1.0 - p), people)
        known = information > 1.0
        if not wanted or known.sum() < 10:
            self.effects_, self.effect_variance_ = np.zeros(people), 0.0
            return
        # method of moments: var(score) = information + variance x information^2
        surplus = float((score[known] ** 2 - information[known]).sum() / (information[known] ** 2).sum())
        self.effect_variance_ = max(surplus, 1e-6)
        self.effects_ = score / (information + 1.0 / self.effect_variance_)

    def predict(self, features: FeatureMatrix, person: ArrayLike | None = None) -> Floats:
        """(n,) probabilities within [0.001, 0.999]; people never seen, or not given, have no effect. One thread."""
        if not hasattr(self, "calibration_"):
            raise NotFittedError("call fit before predict")
        intercept, slope, weight = self.calibration_.tolist()
        odds = intercept + slope * self._raw(features)
        if person is not None:
            odds += weight * self._effect_of(whole_numbers(person, "person", least=0))
        probability: Floats = np.clip(1.0 / (1.0 + np.exp(-odds)), 0.001, 0.999)
        return probability

    def contributions(self, features: FeatureMatrix) -> Mapping[str, Floats]:
        """(n,) log-odds by feature: what changes when the feature alone is set to its neutral value."""
        here = log_odds(self.predict(features))
        parts = {}
        for index, name in enumerate(FEATURES):
            neutral = features.values.copy()
            neutral[:, index] = DEFAULTS[name]
            parts[name] = here - log_odds(self.predict(FeatureMatrix(neutral)))
        return parts

    def _raw(self, features: FeatureMatrix) -> Floats:
        with threadpool_limits(1):
            probability: Floats = self.boosting_.predict_proba(features.values)[:, 1]
        return log_odds(probability)

    def _effect_of(self, who: Integers) -> Floats:
        known = who < len(self.effects_)
        effect: Floats = np.where(known, self.effects_[np.where(known, who, 0)], 0.0)
        return effect


def calibration_error(probability: ArrayLike, yes: ArrayLike, bins: int = 15) -> float:
    """Expected calibration error over ``bins`` groups of equal size: mean |share of yes - mean probability|."""
    p, y = np.asarray(probability, dtype=float), np.asarray(yes, dtype=float)
    if len(p) == 0:
        raise OutOfRangeError("no answers to judge")
    groups = np.array_split(np.argsort(p, kind="stable"), bins)
    return float(sum(abs(p[g].mean() - y[g].mean()) * len(g) for g in groups if len(g)) / len(p))


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """How good probabilities are: area under the curve, log-loss, calibration error, the worst segment's error."""

    auc: float
    log_loss: float
    calibration_error: float
    worst_segment_error: float
    answers: int


def judge(
    probability: ArrayLike, yes: ArrayLike, segments: Mapping[str, ArrayLike] | None = None, fewest: int = 500
) -> Judgement:
    """Judge on held-out answers. A segment's error: |mean probability - share of yes|, over values with ``fewest``."""
    p, y = np.asarray(probability, dtype=float), np.asarray(yes, dtype=float)
    worst = 0.0
    for values in (segments or {}).values():
        label = np.asarray(values)
        for value in np.unique(label):
            inside = label == value
            if inside.sum() >= fewest:
                worst = max(worst, abs(float(p[inside].mean() - y[inside].mean())))
    return Judgement(
        auc=float(roc_auc_score(y, p)),
        log_loss=float(log_loss(y, p)),
        calibration_error=calibration_error(p, y),
        worst_segment_error=worst,
        answers=len(y),
    )
