"""Alerting citizen responders to one place: everybody, the nearest few, or a few with each refusal replaced.

Phased alerts after van den Berg et al. (PLOS ONE 2026). Judged on ``synthetic.alerts``.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.engine.errors import OutOfRangeError
from matching.engine.synthetic.alerts import SPEED_M_PER_MIN, Alarm


@dataclass(frozen=True, kw_only=True)
class AlertOutcome:
    """Means over alarms: share with somebody on the way, minutes until the first arrives (of those), people alerted,
    people who travel although another arrives first."""

    served: float
    minutes: float
    alerted: float
    in_vain: float


def phased_alerts(
    alarms: Sequence[Alarm], wave: int, *, replace: bool = True, silence_minutes: float = 3.0
) -> AlertOutcome:
    """Alert the ``wave`` nearest; a refusal, and with ``replace`` a silence of ``silence_minutes``, alerts the next.

    Once somebody said yes nobody further is alerted. ``wave`` of everybody is the alert to all. O(n log n) an alarm.
    """
    if wave < 1:
        raise OutOfRangeError(f"a wave has at least one person, not {wave}")
    served, minutes, alerted, in_vain = [], [], [], []
    for alarm in alarms:
        total = len(alarm.metres)
        following = min(wave, total)
        queue = [(_word(alarm, i, silence_minutes), i) for i in range(following)]
        heapq.heapify(queue)
        arrivals: list[float] = []
        first_yes = np.inf
        while queue:
            now, i = heapq.heappop(queue)
            if alarm.answer[i] == 1.0:
                first_yes = min(first_yes, now)
                arrivals.append(now + float(alarm.metres[i]) / SPEED_M_PER_MIN)
            elif replace and now < first_yes and following < total:
                heapq.heappush(queue, (now + _word(alarm, following, silence_minutes), following))
                following += 1
        served.append(float(bool(arrivals)))
        alerted.append(float(following))
        in_vain.append(float(max(len(arrivals) - 1, 0)))
        if arrivals:
            minutes.append(min(arrivals))
    return AlertOutcome(
        served=float(np.mean(served)) if served else 0.0,
        minutes=float(np.mean(minutes)) if minutes else float("inf"),
        alerted=float(np.mean(alerted)) if alerted else 0.0,
        in_vain=float(np.mean(in_vain)) if in_vain else 0.0,
    )


def _word(alarm: Alarm, i: int, silence_minutes: float) -> float:
    """Minutes until something is known of a person alerted now."""
    return float(alarm.answer_after[i]) if alarm.answer[i] >= 0.0 else silence_minutes
