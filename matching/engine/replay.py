"""What a changed policy would have brought, judged on the log of the old one.

For each logged decision the old policy chose at random with a known probability (``propensity``; see
``dispatch.choose_among_equals``) and a reward was seen (a yes, an hour served). A new policy is worth what it would
have chosen: decisions it agrees with count more, in the proportion of the two probabilities.

* ``snips``: self-normalised inverse propensity (Swaminathan and Joachims, NIPS 2015): bounded by the rewards seen, a
  little biased in small samples. Interval: delta method for a ratio, by cluster.
* ``doubly_robust`` (Dudik, Langford and Li, ICML 2011): a model of the reward, put right by what was seen. Right on
  average when the propensities are right, whatever the model; narrow when the model is good. The model must not have
  been fitted on the rows it judges: pass predictions from held-out folds.

Decisions about one need are not independent: give them one ``cluster``. Everything is O(n).
"""

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from matching.engine.errors import BadShapeError, NotFiniteError, OutOfRangeError
from matching.engine.words import Floats


class Estimate(NamedTuple):
    """A value in units of the reward, its interval, and how many unweighted decisions it is as good as (Kish 1965)."""

    value: float
    low: float
    high: float
    effective: float


def snips(
    reward: ArrayLike,
    propensity: ArrayLike,
    target: ArrayLike,
    *,
    cluster: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """The mean reward of the new policy. n decisions: reward (n,); propensity (n,) in (0, 1], how likely the old policy
    was to do what it did; target (n,) in [0, 1], how likely the new one is to do the same."""
    seen = _column(reward, "reward")
    weight = _weights(propensity, target, len(seen))
    total = weight.sum()
    if not total > 0:
        raise OutOfRangeError("the new policy never does what the log shows: it cannot be judged on it")
    value = float(weight @ seen / total)
    error = np.sqrt(_sum_of_squares(weight * (seen - value), cluster)) / total
    return _estimate(value, float(error), weight, confidence)


def doubly_robust(
    reward: ArrayLike,
    propensity: ArrayLike,
    target: ArrayLike,
    predicted: ArrayLike,
    predicted_target: ArrayLike,
    *,
    cluster: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """The mean reward of the new policy; beside the arrays of ``snips``: predicted (n,) the model's reward of what was
    done, predicted_target (n,) its mean reward over what the new policy would do."""
    seen = _column(reward, "reward")
    model, over_policy = _column(predicted, "predicted"), _column(predicted_target, "predicted_target")
    weight = _weights(propensity, target, len(seen))
    if not len(model) == len(over_policy) == len(seen):
        raise BadShapeError(f"{len(seen)} rewards, {len(model)} and {len(over_policy)} predictions")
    single = over_policy + weight * (seen - model)
    value = float(single.mean())
    error = np.sqrt(_sum_of_squares(single - value, cluster)) / len(seen)
    return _estimate(value, float(error), weight, confidence)


def _column(values: ArrayLike, name: str) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or len(array) < 2:
        raise BadShapeError(f"{name} must be a list of at least two, not of shape {array.shape}")
    if not np.isfinite(array).all():
        raise NotFiniteError(f"{name} holds NaN or infinity")
    return array


def _weights(propensity: ArrayLike, target: ArrayLike, rows: int) -> Floats:
    old, new = _column(propensity, "propensity"), _column(target, "target")
    if not len(old) == len(new) == rows:
        raise BadShapeError(f"{rows} rewards, {len(old)} propensities and {len(new)} targets")
    if not ((old > 0) & (old <= 1)).all():
        raise OutOfRangeError("a propensity must lie in (0, 1]: what could not happen was not logged")
    if not ((new >= 0) & (new <= 1)).all():
        raise OutOfRangeError("target must lie in [0, 1]")
    weight: Floats = new / old
    return weight


def _sum_of_squares(residual: Floats, cluster: ArrayLike | None) -> float:
    """Of the residuals summed within each cluster, with the usual correction for few clusters."""
    if cluster is None:
        sums = residual
    else:
        names = np.asarray(cluster)
        if names.shape != residual.shape:
            raise BadShapeError(f"cluster must have shape {residual.shape}, not {names.shape}")
        _, number = np.unique(names, return_inverse=True)
        sums = np.bincount(number, weights=residual).astype(np.float64)
        if len(sums) < 2:
            raise BadShapeError("one cluster has no interval")
    return float(sums @ sums) * len(sums) / (len(sums) - 1)


def _estimate(value: float, error: float, weight: Floats, confidence: float) -> Estimate:
    if not 0 < confidence < 1:
        raise OutOfRangeError(f"confidence must lie in (0, 1), not {confidence}")
    half = NormalDist().inv_cdf(0.5 + confidence / 2) * error
    squares = float(weight @ weight)
    return Estimate(value, value - half, value + half, float(weight.sum()) ** 2 / squares if squares else 0.0)
