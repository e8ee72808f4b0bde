"""Emergency alerts to citizen responders around one place, as in van den Berg et al. (PLOS ONE 2026).

Responders stand evenly within a disc; each answers after a while with yes or no, or not at all; who said yes travels.
The rates are set by hand near those the field reports (17 to 47 % say yes), not taken from the paper's data.
"""

from dataclasses import dataclass

import numpy as np

from matching.engine.words import Floats

RADIUS_M = 1000.0
YES, NO = 0.30, 0.25
SPEED_M_PER_MIN = 130.0


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One event, nearest first: metres (n,), answer_after (n,) minutes, answer (n,) 1 yes, 0 no, -1 silence."""

    metres: Floats
    answer_after: Floats
    answer: Floats


def alarms(seed: int, responders: int, events: int) -> list[Alarm]:
    """``events`` independent alarms with exactly ``responders`` people within 1 km."""
    rng = np.random.default_rng([seed, responders, 7])
    drawn = []
    for _ in range(events):
        metres = np.sort(RADIUS_M * np.sqrt(rng.random(responders)))
        fate = rng.random(responders)
        answer = np.where(fate < YES, 1.0, np.where(fate < YES + NO, 0.0, -1.0))
        drawn.append(Alarm(metres=metres, answer_after=rng.gamma(2.0, 0.4, responders), answer=answer))
    return drawn
