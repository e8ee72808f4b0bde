"""A district of invented people and needs over some weeks, for the policy laboratory."""

from dataclasses import dataclass

import numpy as np

from matching.engine.words import Floats, Integers

SKILLS, SLOTS, SIDE_M = 24, 24, 7000.0


@dataclass(frozen=True, kw_only=True)
class District:
    """V volunteers, N needs in time order.

    xy (V, 2), skill and slot masks (V,), radius (V,) metres, effect (V,) log-odds of the person; need_day (N,) fraction
    of days since the beginning, need_xy (N, 2), need_skill and need_slot masks, headcount, urgency (N,), lead_h (N,)
    hours from the need to its start, hours (N,) of service; mood (N, V): the person's uniform draw about the need;
    delay (N, V): hours until the person answers; days: how long it is lived through.
    """

    xy: Floats
    skill: Integers
    slot: Integers
    radius: Floats
    effect: Floats
    need_day: Floats
    need_xy: Floats
    need_skill: Integers
    need_slot: Integers
    headcount: Integers
    urgency: Integers
    lead_h: Floats
    hours: Floats
    mood: Floats
    delay: Floats
    days: float


def district(seed: int, *, volunteers: int = 3000, needs_a_day: float = 20.0, days: int = 90) -> District:
    """Draw a district; equal seeds give equal people, needs and moods."""
    rng = np.random.default_rng([seed, 90])
    centres = rng.uniform(0.1, 0.9, (10, 2)) * SIDE_M
    popularity = 1.0 / np.arange(1, SKILLS + 1)
    popularity /= popularity.sum()

    def places(count: int) -> Floats:
        where: Floats = centres[rng.integers(0, 10, count)] + rng.normal(0.0, 700.0, (count, 2))
        return np.clip(where, 0.0, SIDE_M)

    skill = np.zeros(volunteers, np.int64)
    for _ in range(3):
        skill |= 1 << rng.choice(SKILLS, volunteers, p=popularity)
    slot = np.zeros(volunteers, np.int64)
    for s in range(SLOTS):
        slot |= (rng.random(volunteers) < 0.25).astype(np.int64) << s
    needs = int(rng.poisson(needs_a_day * days))
    urgency = rng.choice([1, 2, 3, 4], needs, p=[0.4, 0.3, 0.2, 0.1])
    return District(
        xy=places(volunteers), skill=skill, slot=slot, radius=rng.choice([1500.0, 3000.0, 6000.0], volunteers),
        effect=rng.normal(0.0, 0.7, volunteers), need_day=np.sort(rng.uniform(0.0, days, needs)),
        need_xy=places(needs), need_skill=1 << rng.choice(SKILLS, needs, p=popularity),
        need_slot=1 << rng.integers(0, SLOTS, needs), headcount=rng.choice([1, 2, 3], needs, p=[0.65, 0.25, 0.1]),
        urgency=urgency, lead_h=np.array([120.0, 60.0, 20.0, 4.0])[urgency - 1] * rng.uniform(0.6, 1.4, needs),
        hours=rng.choice([1.0, 2.0, 3.0], needs), mood=rng.random((needs, volunteers)),
        delay=rng.gamma(1.5, 1.5, (needs, volunteers)), days=float(days),
    )  # fmt: skip
