"""What a training gives, and how much it needs; kept apart from scikit-learn, which only training loads."""

from dataclasses import dataclass
from typing import Any

from matching.learning.drift import Profile
from matching.learning.model import ServedAcceptance

FEWEST_ANSWERS = 1000  # below this the person effects and the calibration are noise
FEWEST_WEEKS = 4


class TooFewAnswersError(Exception):
    """There is not enough history to learn from and to judge on."""


@dataclass(frozen=True)
class Trained:
    """A challenger with everything that is kept of its making."""

    model: ServedAcceptance
    is_better: bool
    rows: int
    held_out: int
    people: int
    weeks: int
    metrics: dict[str, Any]
    profile: dict[str, Profile]
