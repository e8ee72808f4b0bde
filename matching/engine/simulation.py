"""The policy laboratory, ``python -m matching.engine.simulation``: a district lived through under each policy.

The same people, needs, moods and delays for every policy; a person's mood about a need is one draw, so two policies
that ask the same person about the same need hear the same answer unless the person is more tired under one of them.
People tire: every question of the last week lowers the odds of a yes. The district is invented; differences between
policies are what to read, not levels.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

import numpy as np

from matching.engine.acceptance import PriorAcceptance
from matching.engine.candidates import CandidateGrid
from matching.engine.dispatch import TARGET_BY_URGENCY, first_wave
from matching.engine.features import build_features, smoothed_accept_rate
from matching.engine.learned_acceptance import log_odds
from matching.engine.synthetic.district import District, district
from matching.engine.words import Floats, Integers

CANDIDATES = 80
SILENCE_H: Mapping[int, float] = {1: 12.0, 2: 4.0, 3: 0.75, 4: 0.25}


@dataclass(frozen=True, kw_only=True)
class LaboratoryOutcome:
    """One policy's district after the last day. Gini: 0 everybody alike, 1 all on one person; the longest silence is
    the mean over people of the longest time in which they heard nothing."""

    policy: str
    fill_rate: float
    hours_to_first_yes: float
    asks_per_filled_seat: float
    share_never_asked: float
    longest_silence_days: float
    gini_of_asks: float
    gini_of_hours: float
    kilometres_a_seat: float
    acceptance_first_4_weeks: float
    acceptance_after_8_weeks: float


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What a policy sees about one need: candidates in the grid's order, nearest first."""

    probability: Floats  # (n,) predicted
    asks_7d: Floats  # (n,)
    headcount: int
    target: float  # wanted chance that the first wave fills the need
    most: int  # people asked at once at most


Policy = Callable[[Ask], tuple[Integers, int]]
"""The order of asking, and how many at once (0: all)."""


def notify_all(ask: Ask) -> tuple[Integers, int]:
    """Everybody at once."""
    return np.arange(len(ask.probability)), 0


def top_k(ask: Ask) -> tuple[Integers, int]:
    """The five likeliest for each seat, then the next five."""
    return np.argsort(-ask.probability, kind="stable"), 5 * ask.headcount


def nearest_first(ask: Ask) -> tuple[Integers, int]:
    """One after another, nearest first."""
    return np.arange(len(ask.probability)), ask.headcount


def waves(ask: Ask) -> tuple[Integers, int]:
    """Ours: the smallest wave that reaches the target of this urgency, likeliest first."""
    order = np.argsort(-ask.probability, kind="stable")
    return order, max(first_wave(ask.probability[order], ask.headcount, ask.target, ask.most), 1)


def spared_waves(ask: Ask) -> tuple[Integers, int]:
    """Ours with attention priced: recent questions cost more than the model's own fatigue says."""
    order = np.argsort(-(ask.probability - 0.06 * ask.asks_7d), kind="stable")
    return order, max(first_wave(ask.probability[order], ask.headcount, ask.target, ask.most), 1)


POLICIES: Mapping[str, Policy] = {
    "notify_all": notify_all,
    "top_k": top_k,
    "nearest_first": nearest_first,
    "waves": waves,
    "spared_waves": spared_waves,
}


def gini(values: Floats) -> float:
    """Gini coefficient of non-negative values; 0 when all are 0. O(n log n)."""
    ordered = np.sort(values)
    total = ordered.sum()
    if total <= 0:
        return 0.0
    rank = np.arange(1, len(ordered) + 1)
    return float((2 * rank - len(ordered) - 1) @ ordered / (len(ordered) * total))


def longest_silence(asked: list[float], days: float) -> float:
    """The longest time, in days, in which somebody heard nothing; the whole time for who was never asked."""
    moments = np.clip([0.0, *sorted(asked), days], 0.0, days)
    return float(np.diff(moments).max())


class PolicyLaboratory:
    """Live a district through under a policy.

    Parameters
    ----------
    weekly_limit : contact budget, questions a person in 7 days; a hard limit for every policy.
    target : by urgency, the wanted chance that a wave fills the need.
    most : people in one wave at most, for the policies that ask in waves.
    silence_h : by urgency, hours until those who do not answer are given up.
    """

    def __init__(
        self,
        weekly_limit: int = 4,
        *,
        target: Mapping[int, float] = TARGET_BY_URGENCY,
        most: int = 20,
        silence_h: Mapping[int, float] = SILENCE_H,
    ) -> None:
        self.weekly_limit = weekly_limit
        self.target = target
        self.most = most
        self.silence_h = silence_h

    def run(self, world: District, name: str) -> LaboratoryOutcome:
        """O(needs x candidates). The policy sees predictions, the answers follow the truth."""
        policy, model = POLICIES[name], PriorAcceptance()
        grid = CandidateGrid().fit(world.xy, world.skill, world.slot, world.radius)
        people = len(world.xy)
        asks: list[list[float]] = [[] for _ in range(people)]
        accepted, hours = np.zeros(people), np.zeros(people)
        busy: set[tuple[int, int, int]] = set()
        seats = filled = 0
        first_yes: list[float] = []
        metres_given: list[float] = []
        answers: list[tuple[float, bool]] = []
        for n in range(len(world.need_day)):
            day, wanted = float(world.need_day[n]), int(world.headcount[n])
            seats += wanted
            who, metres = grid.query(
                world.need_xy[n],
                skill_mask=int(world.need_skill[n]),
                slot_mask=int(world.need_slot[n]),
                k=CANDIDATES,
            )
            week = np.array([sum(1 for at in asks[v] if at > day - 7.0) for v in who])
            service = (int((day + world.lead_h[n] / 24.0) // 7), int(world.need_slot[n]))
            usable = np.array([(int(v), *service) not in busy for v in who], dtype=bool) & (
                week < self.weekly_limit
            )
            who, metres, week = who[usable], metres[usable], week[usable].astype(float)
            month = np.array([sum(1 for at in asks[v] if at > day - 30.0) for v in who], dtype=float)
            features = build_features(
                len(who), distance_m=metres, asks_7d=week, asks_30d=month, urgency=float(world.urgency[n]),
                lead_time_h=float(world.lead_h[n]),
                accept_rate=smoothed_accept_rate(accepted[who], [len(asks[v]) for v in who]),
            )  # fmt: skip
            predicted = model.predict(features)
            neutral = features.values.copy()
            neutral[:, 10] = 0.2  # the truth knows the person, not the person's record
            odds = log_odds(model.predict(type(features)(neutral))) + world.effect[who]
            truth = 1.0 / (1.0 + np.exp(-odds))
            order, size = policy(
                Ask(
                    probability=predicted,
                    asks_7d=week,
                    headcount=wanted,
                    target=self.target[int(world.urgency[n])],
                    most=max(self.most, wanted),
                )
            )
            clock, got = 0.0, 0
            size = size or max(len(order), 1)
            for start in range(0, len(order), size):
                if got >= wanted or clock > world.lead_h[n]:
                    break
                heard = []
                for i in order[start : start + size]:
                    v = int(who[i])
                    asks[v].append(day + clock / 24.0)
                    yes = bool(world.mood[n, v] < truth[i])
                    answers.append((day, yes))
                    if yes:
                        heard.append((clock + float(world.delay[n, v]), v, float(metres[i])))
                for at, v, far in sorted(heard):
                    accepted[v] += 1
                    if got >= wanted or at > world.lead_h[n]:
                        continue
                    if got == 0:
                        first_yes.append(at)
                    got += 1
                    hours[v] += world.hours[n]
                    metres_given.append(far)
                    busy.add((v, *service))
                clock += self.silence_h[int(world.urgency[n])]
            filled += got
        return _outcome(name, seats, filled, asks, hours, first_yes, metres_given, answers, world.days)


def _outcome(
    name: str,
    seats: int,
    filled: int,
    asks: list[list[float]],
    hours: Floats,
    first_yes: list[float],
    metres: list[float],
    answers: list[tuple[float, bool]],
    days: float,
) -> LaboratoryOutcome:
    counts = np.array([len(own) for own in asks], dtype=float)

    def share(of: list[bool]) -> float:
        return round(float(np.mean(of)), 4) if of else 0.0

    return LaboratoryOutcome(
        policy=name,
        fill_rate=round(filled / max(seats, 1), 4),
        hours_to_first_yes=round(float(np.mean(first_yes)), 2) if first_yes else 0.0,
        asks_per_filled_seat=round(float(counts.sum()) / max(filled, 1), 2),
        share_never_asked=round(float((counts == 0).mean()), 4),
        longest_silence_days=round(float(np.mean([longest_silence(own, days) for own in asks])), 1),
        gini_of_asks=round(gini(counts), 3),
        gini_of_hours=round(gini(hours), 3),
        kilometres_a_seat=round(float(np.mean(metres)) / 1000.0, 3) if metres else 0.0,
        acceptance_first_4_weeks=share([yes for day, yes in answers if day < 28.0]),
        acceptance_after_8_weeks=share([yes for day, yes in answers if day >= 56.0]),
    )


def main(arguments: list[str] | None = None) -> int:
    """Print one JSON line for each policy."""
    parser = argparse.ArgumentParser(prog="python -m matching.engine.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--volunteers", type=int, default=3000)
    parser.add_argument("--needs-a-day", type=float, default=20.0)
    parser.add_argument("--weekly-limit", type=int, default=4)
    parser.add_argument("--policy", choices=list(POLICIES), action="append")
    options = parser.parse_args(arguments)
    world = district(
        options.seed, volunteers=options.volunteers, needs_a_day=options.needs_a_day, days=options.days
    )
    for name in options.policy or list(POLICIES):
        outcome = PolicyLaboratory(options.weekly_limit).run(world, name)
        sys.stdout.write(json.dumps(asdict(outcome)) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
