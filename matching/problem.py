"""Rows become the engine's arrays, and its answer becomes a list of whom to ask.

Several needs are planned at once: the exact assignment gives each person to the need where it costs least over all,
so that two needs never court the same few. What a pair costs is 1000 times -log of its score; the score is the
probability of a yes (distance, asks, load and continuity are in it), times reliability, times how well the skill is
held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from django.utils import timezone

from core.geo import distance_step, to_point
from matching.checks import TO_BE_ASKED, budget, passing
from matching.engine import (
    AcceptanceModel,
    ExactAssignment,
    FeatureMatrix,
    PairProblem,
    Plan,
    build_features,
    first_wave,
    smoothed_accept_rate,
    why,
)
from matching.learning.answers import as_kept
from matching.learning.model import chances
from matching.learning.serving import model_in_force
from matching.needs import Need
from matching.people import Floats, Integers, People

COST_OF_AN_EMPTY_SEAT = 20_000  # times urgency; above the dearest pair, so nobody is spared
COST_OF_A_MISSING_RESERVE = 12_000
FIRST_LIST = 64
EARLIER_SERVICES = 4  # a newcomer counts as somebody who kept four promises


@dataclass(frozen=True)
class Ask:
    """One offer that a plan wants to make."""

    volunteer_id: int | None
    studio_id: int | None
    score: float
    probability: float
    reasons: list[dict[str, Any]]
    model_version: str
    distance_m: int | None  # steps of 500 m to the centre of the cell
    features: dict[str, float] = field(default_factory=dict)  # what the model saw

    @property
    def key(self) -> int:
        """One number for both: the volunteer's id, or minus the studio's."""
        return self.volunteer_id or -(self.studio_id or 0)


@dataclass
class Pool:
    """The people who pass every limit of one need, cheapest first, and how many of them are wanted."""

    need: Need
    people: Integers  # rows of People
    cost: Integers
    score: Floats
    probability: Floats
    wanted: int

    def without(self, keep: np.ndarray[Any, np.dtype[np.bool_]]) -> Pool:
        return Pool(
            self.need,
            self.people[keep],
            self.cost[keep],
            self.score[keep],
            self.probability[keep],
            self.wanted,
        )


def features_of(need: Need, people: People, rows: Integers, *, now: datetime) -> FeatureMatrix:
    """(n, 15) what may be known about these pairs; the engine refuses any other column."""
    begins = timezone.localtime(need.request.starts_at)
    is_holiday = begins.date() in need.rules.holidays
    away = np.hypot(*(people.xy[rows] - need.xy).T)
    return build_features(
        len(rows),
        skill_fit=1.0,
        distance_m=0.0 if need.request.is_remote else away,
        slot_match=((people.slots[rows] & need.slots) == need.slots).astype(np.float64),
        lead_time_h=max((need.request.starts_at - now).total_seconds() / 3600, 0.0),
        urgency=need.level,
        hour=begins.hour,
        weekday=7 if is_holiday else begins.weekday(),
        asks_7d=people.asks_7d[rows],
        asks_30d=people.asks_30d[rows],
        days_since_accept=people.days_since_accept[rows],
        accept_rate=smoothed_accept_rate(people.yeses[rows], people.answers[rows]),
        response_delay_h=people.response_delay_h[rows],
        continuity=[need.visits.get(int(volunteer), 0) for volunteer in people.ids[rows]],
        load_7d=people.load_7d[rows],
    )


def scores_of(
    need: Need, people: People, rows: Integers, model: AcceptanceModel, *, now: datetime
) -> tuple[Floats, Floats]:
    """(n,) scores in (0, 1] and probabilities of a yes."""
    probability = chances(model, features_of(need, people, rows, now=now), people.ids[rows])
    kept, dropped = people.kept[rows] + EARLIER_SERVICES, people.dropped[rows]
    bits = [bit for bit in range(people.levels.shape[1]) if need.skills >> bit & 1]
    held = people.levels[rows][:, bits].mean(axis=1) / 3.0 if bits else np.full(len(rows), 2 / 3)
    return probability * (kept / (kept + dropped)) * (0.8 + 0.2 * held), probability


def pool_of(need: Need, people: People, model: AcceptanceModel, *, now: datetime) -> Pool:
    """Who may be asked about this need, and how many more of them it takes to reach the wanted chance."""
    rows = np.flatnonzero(passing(need, people))
    score, probability = scores_of(need, people, rows, model, now=now)
    cost = np.rint(-1000 * np.log(np.maximum(score, 1e-6))).astype(np.int64)
    order = np.lexsort((people.ids[rows], cost))
    pool = Pool(need, rows[order], cost[order], score[order], probability[order], 0)
    pool.wanted = how_many(need, pool.probability)
    return pool


def how_many(need: Need, probability: Floats) -> int:
    """How many more to ask: the smallest number with which those who still think and the new ones fill the need
    with the chance that the rules want for its urgency; never more at a time than the rules allow."""
    thinking = [offer.probability for offer in need.live]
    target = float(need.asking.fill_targets[need.request.urgency])
    most = max(need.asking.most_in_a_ring, need.request.free)
    wave = first_wave([*thinking, *probability.tolist()], need.request.free, target, most)
    return max(wave - len(thinking), 0)


def choose(needs: Sequence[Need], people: People, *, now: datetime) -> dict[int, list[Ask]]:
    """Whom to ask, by request id; a need that lacks nothing, or for which nobody is left, is not in the answer."""
    model = model_in_force()
    pools = [pool_of(need, people, model, now=now) for need in needs]
    chosen: list[list[int]] = [[] for _ in needs]
    asked = np.zeros(len(people), np.int64)
    while True:
        open_pools = [
            at for at, pool in enumerate(pools) if pool.wanted > len(chosen[at]) and len(pool.people)
        ]
        found = _solve([pools[at] for at in open_pools], [chosen[at] for at in open_pools], len(people))
        if not found:
            break
        for at, person in found:
            chosen[open_pools[at]].append(person)
            asked[person] += 1
        pools = [_left(pool, pools, chosen, people, asked) for pool in pools]
    return {
        need.request.pk: asks_of(need, people, np.array(rows, np.int64), model, now=now)
        for need, rows in zip(needs, chosen, strict=True)
        if rows
    }


def _left(pool: Pool, pools: list[Pool], chosen: list[list[int]], people: People, asked: Integers) -> Pool:
    """Without those already chosen for it, whose week is full, or who are being asked about the same hours."""
    request = pool.need.request
    gone: set[int] = set()
    for other, rows in zip(pools, chosen, strict=True):
        theirs = other.need.request
        if theirs.starts_at < request.ends_at and request.starts_at < theirs.ends_at:
            gone.update(rows)
    room = (people.asks_7d + asked < budget(pool.need, people) + pool.need.extra_asks)[pool.people]
    return pool.without(room & ~np.isin(pool.people, list(gone)))


def _solve(pools: list[Pool], chosen: list[list[int]], volunteers: int) -> list[tuple[int, int]]:
    """(pool, row of People) pairs of the cheapest plan in which nobody is asked twice.

    Each need has two rows: the seats it lacks, which come first, and the reserves in case of a no. Lists begin short
    and are lengthened until no pair outside them could be cheaper (MATCHING, section 3): exact over everybody.
    """
    if not pools:
        return []
    seats, penalty = [], []
    for pool, rows in zip(pools, chosen, strict=True):
        more = pool.wanted - len(rows)
        bare = max(pool.need.request.free - len(pool.need.live) - len(rows), 0)
        seats += [min(bare, more), max(more - bare, 0)]
        penalty += [COST_OF_AN_EMPTY_SEAT * pool.need.level, COST_OF_A_MISSING_RESERVE]
    length = [max(FIRST_LIST, 2 * pool.wanted) for pool in pools]
    while True:
        plan = ExactAssignment().solve(_pairs(pools, length, seats, penalty, volunteers))
        short = [at for at in range(len(pools)) if _could_be_cheaper(plan, pools[at], length[at], at)]
        if not short:
            return [(int(row) // 2, int(person)) for row, person in plan.pairs]
        for at in short:
            length[at] *= 2


def _pairs(
    pools: list[Pool], length: list[int], seats: list[int], penalty: list[int], volunteers: int
) -> PairProblem:
    row = [
        np.repeat([2 * at, 2 * at + 1], min(length[at], len(pool.people))) for at, pool in enumerate(pools)
    ]
    person = [np.tile(pool.people[: length[at]], 2) for at, pool in enumerate(pools)]
    cost = [np.tile(pool.cost[: length[at]], 2) for at, pool in enumerate(pools)]
    return PairProblem(
        headcount=seats,
        capacity=np.ones(volunteers, np.int64),
        penalty=penalty,
        request=np.concatenate(row),
        volunteer=np.concatenate(person),
        cost=np.concatenate(cost),
    )


def _could_be_cheaper(plan: Plan, pool: Pool, length: int, at: int) -> bool:
    """Whether a pair outside the list may cost less than what the need pays for its next seat."""
    if length >= len(pool.people):
        return False
    return bool(pool.cost[length] < plan.request_price[2 * at : 2 * at + 2].max())


def asks_of(
    need: Need, people: People, rows: Integers, model: AcceptanceModel, *, now: datetime
) -> list[Ask]:
    features = features_of(need, people, rows, now=now)
    score, probability = scores_of(need, people, rows, model, now=now)
    count = len(rows)
    reasons = why(
        features,
        model,
        skill_mask=[need.skills] * count,
        slot_mask=[need.slots] * count,
        remote=[need.request.is_remote] * count,
    )
    steps = distance_steps(need, people, rows)
    asks = [
        Ask(
            volunteer_id=int(people.ids[row]),
            studio_id=None,
            score=float(score[at]),
            probability=float(probability[at]),
            reasons=[dict(reason) for reason in reasons[at]],
            model_version=model.version,
            distance_m=steps[at],
            features=as_kept(features, at),
        )
        for at, row in enumerate(rows)
    ]
    return sorted(asks, key=lambda ask: (-ask.score, ask.volunteer_id or 0))


def distance_steps(need: Need, people: People, rows: Integers) -> list[int | None]:
    """Metres in steps of 500 to the centre of the cell; None for a need by phone."""
    if need.request.is_remote:
        return [None] * len(rows)
    cell = need.request.cell
    return [distance_step(to_point(east, north), cell) for east, north in people.xy[rows].tolist()]


def best_other_slot(need: Need, people: People) -> tuple[int, int]:
    """The slot (1 to 24) in which most of those are free who pass everything but the time, and how many; 0 for none."""
    without_time = [check for check in TO_BE_ASKED if check.code not in {"free", "clash"}]
    able = passing(need, people, without_time)
    counted = [int((able & (people.slots >> slot & 1 == 1)).sum()) for slot in range(21)]
    best = int(np.argmax(counted))
    return (best + 1, counted[best]) if counted[best] else (0, 0)
