"""Asking under fatigue: random instances of the model of Manshadi and Rodilitz (EC 2020).

Seven families differ in how long somebody asked stays deaf: geometric with success 0.5, 0.2, 0.1, 0.05, fixed 7 and 20
periods, uniform on 1 to 19.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from matching.engine.errors import OutOfRangeError
from matching.engine.words import Floats


@dataclass(frozen=True, kw_only=True)
class AskingInstance:
    """One world. V volunteers, S types of need, T periods, K longest silence.

    response (V, S): probability that an active volunteer says yes; rate (T, S): probability that a need of type s comes
    in period t, each row sums to at most 1; deaf (K + 1,): deaf[k] is the probability that somebody asked in period t
    is next active in t + k, deaf[0] = 0.
    """

    response: Floats
    rate: Floats
    deaf: Floats

    @property
    def hazard(self) -> float:
        """q of the paper: the smallest probability of becoming active again in the next period."""
        left = np.concatenate([[1.0], 1.0 - np.cumsum(self.deaf)])[:-1]
        alive = (left > 1e-12) & (np.arange(len(self.deaf)) > 0)
        return float((self.deaf[alive] / left[alive]).min())


FAMILIES: Mapping[str, tuple[str, float, float]] = MappingProxyType(
    {
        "geometric 0.5": ("geometric", 0.5, 0.0),
        "geometric 0.2": ("geometric", 0.2, 0.0),
        "geometric 0.1": ("geometric", 0.1, 0.0),
        "geometric 0.05": ("geometric", 0.05, 0.0),
        "fixed 7": ("fixed", 7, 0.0),
        "fixed 20": ("fixed", 20, 0.0),
        "uniform 1-19": ("uniform", 1, 19),
    }
)


def deaf_periods(family: str, periods: int) -> Floats:
    """deaf (periods + 1,) of a family; what lies beyond the horizon is put on its end, where it changes nothing."""
    if family not in FAMILIES:
        raise OutOfRangeError(f"no family {family!r}; there are {', '.join(FAMILIES)}")
    kind, first, second = FAMILIES[family]
    chance = np.zeros(periods + 1)
    k = np.arange(1, periods + 1)
    if kind == "geometric":
        chance[1:] = first * (1.0 - first) ** (k - 1)
    elif kind == "fixed":
        chance[min(int(first), periods)] = 1.0
    else:
        chance[1:] = ((k >= first) & (k <= second)) / (second - first + 1)
    chance[periods] += max(1.0 - chance.sum(), 0.0)
    return chance


def asking_instance(
    family: str, seed: int, *, volunteers: int = 30, types: int = 10, periods: int = 80
) -> AskingInstance:
    """A random instance: half of the (volunteer, type) pairs fit, 5 to 60 % say yes; the mix of types drifts."""
    rng = np.random.default_rng([seed, 2020])
    fits = rng.random((volunteers, types)) < 0.5
    response = np.where(fits, rng.uniform(0.05, 0.6, (volunteers, types)), 0.0)
    weight = rng.dirichlet(np.full(types, 2.0))
    phase = rng.uniform(0, 2 * np.pi, types)
    t = np.arange(periods)[:, None]
    rate = weight * (1.0 + 0.6 * np.sin(2 * np.pi * t / 40.0 + phase))
    rate *= 0.9 / rate.sum(axis=1).max()
    return AskingInstance(response=response, rate=rate, deaf=deaf_periods(family, periods))
