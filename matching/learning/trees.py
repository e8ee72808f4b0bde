"""A boosted forest as plain arrays, walked by one compiled loop.

scikit-learn's own `predict` starts threads and checks its input anew at each call: up to hundreds of milliseconds for a
few rows on a busy machine. These arrays give the same number to the last digits in well under one, hold no code, and do
not depend on the version of a library.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine.compiled import compiled

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Trees:
    """N nodes of T trees; a leaf has left = right = -1. x <= threshold goes left."""

    root: Integers  # (T,)
    feature: Integers  # (N,)
    threshold: Floats
    left: Integers
    right: Integers
    value: Floats  # log-odds that a leaf adds
    base: float

    def log_odds(self, values: Floats) -> Floats:
        """(n,) for features (n, F). O(n x T x depth), one thread."""
        odds: Floats = _walk(
            np.ascontiguousarray(values, np.float64),
            self.root,
            self.feature,
            self.threshold,
            self.left,
            self.right,
            self.value,
            self.base,
        )
        return odds


def no_trees() -> Trees:
    """Gives 0 for everybody."""
    none, nothing = np.zeros(0, np.int64), np.zeros(0)
    return Trees(root=none, feature=none, threshold=nothing, left=none, right=none, value=nothing, base=0.0)


@compiled
def _walk(
    values: Floats,
    root: Integers,
    feature: Integers,
    threshold: Floats,
    left: Integers,
    right: Integers,
    value: Floats,
    base: float,
) -> Floats:
    odds = np.full(len(values), base)
    for tree in range(len(root)):  # outside, so that one small tree after another stays in the nearest cache
        for row in range(len(values)):
            node = root[tree]
            while left[node] >= 0:
                node = left[node] if values[row, feature[node]] <= threshold[node] else right[node]
            odds[row] += value[node]
    return odds


def trees_of(boosting: Any) -> Trees:
    """The trees of a fitted HistGradientBoostingClassifier for two classes without categories.

    scikit-learn has no public access to the nodes; tests hold that both give the same.
    """
    parts = [stage[0].nodes for stage in boosting._predictors]  # noqa: SLF001
    root = np.cumsum([0, *(len(part) for part in parts[:-1])]).astype(np.int64)
    shift = np.repeat(root, [len(part) for part in parts])
    nodes = np.concatenate(parts)
    is_leaf = nodes["is_leaf"].astype(bool)

    def child(side: str) -> Integers:
        return np.where(is_leaf, -1, nodes[side].astype(np.int64) + shift)

    return Trees(
        root=root,
        feature=nodes["feature_idx"].astype(np.int64),
        threshold=nodes["num_threshold"].astype(np.float64),
        left=child("left"),
        right=child("right"),
        value=nodes["value"].astype(np.float64),
        base=float(np.ravel(boosting._baseline_prediction)[0]),  # noqa: SLF001
    )
