"""Half a year of questions and answers whose true probabilities are known, to judge models of acceptance.

People differ (a normal effect of standard deviation 0.8 on the log-odds), live in areas with different habits, tire
when asked often, and accept by rules that a straight line in the features cannot hold: a bus line beyond 2 km, evenings
that suit some areas, urgency that only counts when the notice is short.
"""

from dataclasses import dataclass

import numpy as np

from matching.engine.features import FeatureMatrix, build_features, smoothed_accept_rate
from matching.engine.words import Floats, Integers

WEEKS = 26


@dataclass(frozen=True, kw_only=True)
class AnswerLog:
    """n questions in time order: features, person (n,), area (n,), week (n,), yes (n,), truth (n,) true probability."""

    features: FeatureMatrix
    person: Integers
    area: Integers
    week: Integers
    yes: Integers
    truth: Floats


def answer_log(seed: int, *, people: int = 4000, questions: int = 200_000) -> AnswerLog:
    """Draw the log week by week, so that every feature only knows the past. O(questions)."""
    rng = np.random.default_rng([seed, 24])
    effect = rng.normal(0.0, 0.8, people)
    home = rng.integers(0, 10, people)
    habit = rng.normal(0.0, 0.4, (10, 8))
    evening = rng.normal(0.0, 0.7, 10)
    asked, accepted = np.zeros(people), np.zeros(people)
    asked_by_week = np.zeros((WEEKS, people))
    last_yes = np.full(people, -999.0)
    visits = rng.poisson(0.2, people).astype(float)
    delay = rng.gamma(2.0, 5.0, people)
    parts: list[tuple[FeatureMatrix, Integers, Integers, Floats, Integers]] = []
    each = questions // WEEKS
    for week in range(WEEKS):
        who = rng.integers(0, people, each)
        area = home[who]
        columns = {
            "distance_m": rng.gamma(1.6, 1300.0, each),
            "skill_fit": rng.choice([0.5, 1.0], each, p=[0.2, 0.8]),
            "slot_match": (rng.random(each) < 0.7).astype(float),
            "lead_time_h": rng.exponential(40.0, each),
            "urgency": rng.choice([1.0, 2.0, 3.0, 4.0], each, p=[0.4, 0.3, 0.2, 0.1]),
            "hour": rng.integers(8, 21, each).astype(float),
            "weekday": rng.integers(0, 8, each).astype(float),
            "asks_7d": asked_by_week[max(week - 1, 0)][who],
            "asks_30d": asked_by_week[max(week - 4, 0) : week].sum(axis=0)[who] if week else np.zeros(each),
            "days_since_accept": np.minimum(7.0 * week - last_yes[who], 365.0),
            "accept_rate": smoothed_accept_rate(accepted[who], asked[who]),
            "response_delay_h": delay[who],
            "continuity": np.where(rng.random(each) < 0.15, visits[who], 0.0),
            "load_7d": rng.exponential(3.0, each),
            "language_match": (rng.random(each) < 0.95).astype(float),
        }
        features = build_features(each, **columns)
        odds = 0.4 + effect[who] + habit[area, columns["weekday"].astype(int)]
        km = columns["distance_m"] / 1000.0
        odds -= np.where(km < 2.0, 0.45 * km, 0.9 - 0.3 * (km < 4.5) + 0.1 * (km - 2.0))
        odds += 0.9 * (columns["slot_match"] - 1.0) + 1.4 * (columns["skill_fit"] - 1.0)
        odds += np.where(columns["hour"] >= 18, evening[area], 0.0)
        odds += np.where(columns["lead_time_h"] < 12.0, 0.35 * (columns["urgency"] - 2.5) - 0.5, 0.0)
        odds -= 0.5 * np.maximum(columns["asks_7d"] - 1.0, 0.0) + 0.02 * columns["asks_30d"]
        odds += (
            0.8 * (columns["continuity"] > 0)
            - 0.06 * columns["load_7d"]
            - 1.2 * (1.0 - columns["language_match"])
        )
        truth: Floats = 1.0 / (1.0 + np.exp(-odds))
        yes = (rng.random(each) < truth).astype(np.int64)
        np.add.at(asked, who, 1.0)
        np.add.at(accepted, who, yes)
        np.add.at(asked_by_week[week], who, 1.0)
        last_yes[who[yes == 1]] = 7.0 * week
        parts.append((features, who, area, truth, yes))
    return AnswerLog(
        features=FeatureMatrix(np.concatenate([part[0].values for part in parts])),
        person=np.concatenate([part[1] for part in parts]),
        area=np.concatenate([part[2] for part in parts]),
        truth=np.concatenate([part[3] for part in parts]),
        yes=np.concatenate([part[4] for part in parts]),
        week=np.repeat(np.arange(WEEKS), each),
    )
