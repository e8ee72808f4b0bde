"""A boosted forest as plain arrays, evaluated by one compiled loop.

scikit-learn's own `predict` starts threads and checks its input anew at each call: up to hundreds of milliseconds for a
few rows on a busy machine. These arrays give the same number to the last digits in well under one, hold no code, and do
not depend on the version of a library.

No tree is walked. Its leaves are numbered from left to right as bits of one word, and every inner node whose question a
row answers with no (x > threshold) strikes out the leaves of its left side; the lowest bit left is the row's leaf. The
order of the questions does not matter, so a node is asked of a whole block of rows at once, without a branch
(QuickScorer: Lucchese et al., SIGIR 2015).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.compiled import compiled
from matching.engine.errors import OutOfRangeError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Masks = NDArray[np.uint64]

MOST_LEAVES = 64
ROWS_AT_ONCE = 256
"""A block's columns and masks stay in the nearest cache."""
EVERY_LEAF = np.uint64(2**64 - 1)
DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
"""Times a power of two, its highest six bits tell which power: every six bits in a row occur in it once."""
HIGHEST_SIX = np.uint64(58)


class Questions(NamedTuple):
    """The inner nodes of all trees, and each tree's leaf values at the place the lowest bit left points to."""

    starts: Integers  # (T + 1,) first question of each tree; an even number each
    feature: Integers  # (M,)
    threshold: Floats  # (M,)
    kept: Masks  # (M,) leaves that stay after a no
    value: Floats  # (T, 64)


@dataclass(frozen=True)
class Trees:
    """N nodes of T trees of at most 64 leaves; a leaf has left = right = -1. x <= threshold goes left."""

    root: Integers  # (T,)
    feature: Integers  # (N,)
    threshold: Floats
    left: Integers
    right: Integers
    value: Floats  # log-odds that a leaf adds
    base: float

    def log_odds(self, values: Floats) -> Floats:
        """(n,) for features (n, F). O(n x inner nodes), one thread."""
        odds: Floats = _sum_of_leaves(np.ascontiguousarray(values, np.float64), self._questions, self.base)
        return odds

    @cached_property
    def _questions(self) -> Questions:
        trees, nodes = len(self.root), len(self.feature)
        questions = Questions(
            np.zeros(trees + 1, np.int64),
            np.zeros(nodes + trees, np.int64),
            np.full(nodes + trees, np.inf),
            np.full(nodes + trees, EVERY_LEAF),
            np.zeros((trees, MOST_LEAVES)),
        )
        if not _ask(questions, self.root, self.feature, self.threshold, self.left, self.right, self.value):
            raise OutOfRangeError(f"a tree has more than {MOST_LEAVES} leaves")
        return questions


def no_trees() -> Trees:
    """Gives 0 for everybody."""
    none, nothing = np.zeros(0, np.int64), np.zeros(0)
    return Trees(root=none, feature=none, threshold=nothing, left=none, right=none, value=nothing, base=0.0)


@compiled
def _ask(
    questions: Questions,
    root: Integers,
    feature: Integers,
    threshold: Floats,
    left: Integers,
    right: Integers,
    value: Floats,
) -> bool:
    """Write the questions of every tree; False when one has too many leaves."""
    at = 0
    one = np.uint64(1)
    waiting = np.empty(len(feature) + 1, np.int64)
    asked = np.empty(len(feature) + 1, np.int64)  # the question whose left side begins where the walk stands
    for tree in range(len(root)):
        first, leaf, height = at, 0, 1
        waiting[0] = root[tree]
        while height > 0:
            height -= 1
            node = waiting[height]
            if node < 0:  # everything left of the question -1 - node has been numbered
                question = -1 - node
                begin = asked[question]
                for bit in range(begin, leaf):
                    questions.kept[question] &= ~(one << np.uint64(bit))
                continue
            if left[node] < 0:
                if leaf == MOST_LEAVES:
                    return False
                questions.value[tree, ((one << np.uint64(leaf)) * DE_BRUIJN) >> HIGHEST_SIX] = value[node]
                leaf += 1
                continue
            questions.feature[at], questions.threshold[at] = feature[node], threshold[node]
            asked[at] = leaf
            waiting[height], waiting[height + 1], waiting[height + 2] = right[node], -1 - at, left[node]
            height += 3
            at += 1
        at += (at - first) % 2
        questions.starts[tree + 1] = at
    return True


@compiled
def _sum_of_leaves(values: Floats, questions: Questions, base: float) -> Floats:
    rows, features = values.shape
    odds = np.full(rows, base)
    column = np.empty((features, ROWS_AT_ONCE))
    left_over = np.empty(ROWS_AT_ONCE, np.uint64)
    for first in range(0, rows, ROWS_AT_ONCE):
        count = min(ROWS_AT_ONCE, rows - first)
        for row in range(count):
            for at in range(features):
                column[at, row] = values[first + row, at]
        for tree in range(len(questions.value)):
            left_over[:count] = EVERY_LEAF
            for at in range(questions.starts[tree], questions.starts[tree + 1], 2):
                one, other = column[questions.feature[at]], column[questions.feature[at + 1]]
                border, other_border = questions.threshold[at], questions.threshold[at + 1]
                kept, other_kept = questions.kept[at], questions.kept[at + 1]
                for row in range(count):
                    here = EVERY_LEAF if one[row] <= border else kept
                    there = EVERY_LEAF if other[row] <= other_border else other_kept
                    left_over[row] &= here & there
            value = questions.value[tree]
            for row in range(count):
                lowest = left_over[row] & (~left_over[row] + np.uint64(1))
                odds[first + row] += value[(lowest * DE_BRUIJN) >> HIGHEST_SIX]
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
