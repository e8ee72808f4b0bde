"""Whether people are asked otherwise than when the model learned.

Population stability index: sum over bins of (now - then) x ln(now / then), the bins being tenths of the values then.
Usual reading: below 0.1 nothing, up to 0.25 some, above that the model should learn anew.
"""

from typing import TypedDict

import numpy as np

from matching.engine import FEATURES, FeatureMatrix
from matching.people import Floats

BINS = 10
SOME, MUCH = 0.1, 0.25
FLOOR = 1e-3  # an empty bin counts as a thousandth, so that one value never seen is not infinitely strange


class Profile(TypedDict):
    """How one feature was spread: inner edges ascending, share of each bin (one more than edges)."""

    edges: list[float]
    shares: list[float]


def profile_of(features: FeatureMatrix) -> dict[str, Profile]:
    """How each feature is spread over n rows."""
    found: dict[str, Profile] = {}
    for name in FEATURES:
        column = features.column(name)
        edges = np.unique(np.quantile(column, np.arange(1, BINS) / BINS))
        found[name] = {"edges": edges.tolist(), "shares": _shares(column, edges).tolist()}
    return found


def _shares(column: Floats, edges: Floats) -> Floats:
    """(len(edges) + 1,); a value equal to an edge lies below it."""
    counts = np.bincount(np.searchsorted(edges, column, side="left"), minlength=len(edges) + 1)
    shares: Floats = counts / max(len(column), 1)
    return shares


def stability(profile: dict[str, Profile], features: FeatureMatrix) -> dict[str, float]:
    """The index of each feature that the profile knows; 0 when nothing changed."""
    found = {}
    for name in FEATURES:
        if name in profile:
            edges = np.array(profile[name]["edges"])
            then = np.maximum(profile[name]["shares"], FLOOR)
            now = np.maximum(_shares(features.column(name), edges), FLOOR)
            found[name] = float(((now - then) * np.log(now / then)).sum())
    return found
