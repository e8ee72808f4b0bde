"""What may be known about a (need, person) pair, and nothing else.

The list below is closed. Health, poverty, sex, age, origin, religion, political status and income are not on it and
must never be: the law (Personal information law Art 24, 28) and fairness both forbid it. A test holds the list.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from matching.engine.errors import BadShapeError, NotFiniteError, OutOfRangeError, UnknownFeatureError
from matching.engine.words import Floats

FEATURES: tuple[str, ...] = (
    "skill_fit",
    "distance_m",
    "slot_match",
    "lead_time_h",
    "urgency",
    "hour",
    "weekday",
    "asks_7d",
    "asks_30d",
    "days_since_accept",
    "accept_rate",
    "response_delay_h",
    "continuity",
    "load_7d",
    "language_match",
)
"""Column order of every feature matrix."""

UNITS: Mapping[str, str] = {
    "skill_fit": "share of the wanted skills held at the wanted level, 0 to 1",
    "distance_m": "metres in a straight line, 0 for needs met by phone",
    "slot_match": "1 the person named this slot as free, 0 unknown",
    "lead_time_h": "hours from now to the start of the service",
    "urgency": "1 (can wait) to 4 (now)",
    "hour": "0 to 23, local hour of the start",
    "weekday": "0 Monday to 6 Sunday, 7 public holiday",
    "asks_7d": "questions sent to the person in the last 7 days",
    "asks_30d": "questions sent to the person in the last 30 days",
    "days_since_accept": "days since the last yes, 365 if never",
    "accept_rate": "smoothed share of questions answered yes, see smoothed_accept_rate",
    "response_delay_h": "median hours until the person answers, 24 if unknown",
    "continuity": "earlier visits of the person to this household",
    "load_7d": "hours the person has already promised in the 7 days around the service",
    "language_match": "1 speaks a language the household asked for, or none was asked for",
}

DEFAULTS: Mapping[str, float] = {
    "skill_fit": 1.0,
    "distance_m": 0.0,
    "slot_match": 1.0,
    "lead_time_h": 48.0,
    "urgency": 2.0,
    "hour": 10.0,
    "weekday": 2.0,
    "asks_7d": 0.0,
    "asks_30d": 0.0,
    "days_since_accept": 365.0,
    "accept_rate": 0.2,
    "response_delay_h": 24.0,
    "continuity": 0.0,
    "load_7d": 0.0,
    "language_match": 1.0,
}
"""What stands in for a column nobody supplied: a neutral person asked for the first time."""


class FeatureMatrix(NamedTuple):
    """``values`` (n, 15) float64, columns as in ``FEATURES``."""

    values: Floats

    def column(self, name: str) -> Floats:
        """(n,) one feature by its name."""
        return self.values[:, column_of(name)]


def column_of(name: str) -> int:
    """The index of a feature; a name that is not on the list is refused."""
    try:
        return FEATURES.index(name)
    except ValueError:
        raise UnknownFeatureError(f"{name!r} is not on the allow-list of features") from None


def smoothed_accept_rate(accepted: ArrayLike, asked: ArrayLike) -> Floats:
    """(accepted + 1) / (asked + 5), elementwise: 0.2 for somebody never asked, near the true share after many."""
    yes, total = np.asarray(accepted, dtype=np.float64), np.asarray(asked, dtype=np.float64)
    if (yes < 0).any() or (yes > total).any():
        raise OutOfRangeError("accepted must lie between 0 and asked")
    return (yes + 1.0) / (total + 5.0)


def build_features(pairs: int, **columns: ArrayLike) -> FeatureMatrix:
    """The matrix of n ``pairs`` from named columns, each (n,) or one number; missing ones take ``DEFAULTS``.

    O(n). Unknown names are refused, NaN and infinity too.
    """
    values = np.empty((pairs, len(FEATURES)))
    for index, name in enumerate(FEATURES):
        values[:, index] = DEFAULTS[name]
    for name, given in columns.items():
        array = np.asarray(given, dtype=np.float64)
        if array.shape not in ((), (pairs,)):
            raise BadShapeError(f"{name} must be one number or have shape ({pairs},), not {array.shape}")
        if not np.isfinite(array).all():
            raise NotFiniteError(f"{name} holds NaN or infinity")
        values[:, column_of(name)] = array
    return FeatureMatrix(values)
