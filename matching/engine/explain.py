"""Why this person, and why not: codes with numbers, which the product turns into sentences of the reader's language.

A reason is only given when it is true of the pair and raised its probability; the strongest come first. Household
distances are given in steps of 500 m, never exactly.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict

import numpy as np

from matching.engine.acceptance import AcceptanceModel
from matching.engine.features import FeatureMatrix
from matching.engine.words import SLOT_BITS, need_word, person_words

WhyCode = Literal[
    "near", "by_phone", "has_skills", "free_in_slot", "knows_household", "usually_accepts", "rested", "recently_active",
    "speaks_language", "light_load", "answers_fast",
]  # fmt: skip
WhyNotCode = Literal[
    "not_verified", "lacks_skills", "not_free", "too_far", "excluded", "asked_enough", "no_capacity",
    "others_fit_better", "others_likelier",
]  # fmt: skip

DISTANCE_STEP_M = 500


class Reason(TypedDict, total=False):
    """``code`` always; the numbers that belong to it."""

    code: WhyCode | WhyNotCode
    metres: int
    skills: list[int]
    slots: list[int]
    visits: int
    percent: int
    days: int
    asks: int
    hours: int
    cost: int


def distance_step(metres: float) -> int:
    """Metres rounded up to steps of 500 m, at least one step: what may be said about a household's place."""
    return max(DISTANCE_STEP_M, int(np.ceil(metres / DISTANCE_STEP_M)) * DISTANCE_STEP_M)


def bits_of(mask: int) -> list[int]:
    """The indexes of the bits set in a mask, ascending."""
    return [bit for bit in range(int(mask).bit_length()) if mask >> bit & 1]


def why(
    features: FeatureMatrix,
    model: AcceptanceModel,
    *,
    skill_mask: Sequence[int],
    slot_mask: Sequence[int],
    remote: Sequence[bool] | None = None,
    most: int = 3,
) -> list[list[Reason]]:
    """For each of n pairs its two or three strongest true reasons; masks (n,) of the need. O(n log n)."""
    parts = model.contributions(features)
    pairs = len(features.values)
    answers: list[list[Reason]] = []
    for i in range(pairs):
        row = {name: float(features.column(name)[i]) for name in _USED}
        far = remote is not None and bool(remote[i])
        weighed = _true_reasons(
            row, far, int(skill_mask[i]), int(slot_mask[i]), {k: float(v[i]) for k, v in parts.items()}
        )
        weighed.sort(key=lambda item: -item[0])
        answers.append([reason for _, reason in weighed[:most]])
    return answers


_USED = (
    "distance_m", "skill_fit", "slot_match", "continuity", "accept_rate", "asks_7d", "asks_30d", "days_since_accept",
    "load_7d", "response_delay_h",
)  # fmt: skip


def _true_reasons(  # noqa: C901 - one line a reason
    row: Mapping[str, float], remote: bool, skills: int, slots: int, part: Mapping[str, float]
) -> list[tuple[float, Reason]]:
    """(weight, reason) of everything that is true and speaks for the person."""
    found: list[tuple[float, Reason]] = []
    if remote:
        found.append((0.30, {"code": "by_phone"}))
    elif row["distance_m"] <= 3000.0:
        # against somebody 5 km away, in the log-odds of the model's own scale
        found.append(
            (1.3 + part.get("distance_m", 0.0), {"code": "near", "metres": distance_step(row["distance_m"])})
        )
    if skills and row["skill_fit"] >= 1.0:
        found.append((0.90, {"code": "has_skills", "skills": bits_of(skills)}))
    if slots and row["slot_match"] >= 1.0:
        found.append((0.70, {"code": "free_in_slot", "slots": bits_of(slots)}))
    if row["continuity"] > 0:
        visits = int(row["continuity"])
        found.append(
            (max(part.get("continuity", 0.0), 0.0) + 0.5, {"code": "knows_household", "visits": visits})
        )
    if row["accept_rate"] > 0.4:
        percent = round(100 * row["accept_rate"])
        found.append(
            (max(part.get("accept_rate", 0.0), 0.0), {"code": "usually_accepts", "percent": percent})
        )
    if row["days_since_accept"] <= 30.0:
        days = int(row["days_since_accept"])
        found.append(
            (max(part.get("days_since_accept", 0.0), 0.0), {"code": "recently_active", "days": days})
        )
    if row["asks_30d"] == 0.0:
        found.append((0.25, {"code": "rested", "days": 30}))
    elif row["asks_7d"] == 0.0:
        found.append((0.20, {"code": "rested", "days": 7}))
    if row["load_7d"] == 0.0:
        found.append((0.10, {"code": "light_load", "hours": 0}))
    if row["response_delay_h"] <= 2.0:
        found.append((max(part.get("response_delay_h", 0.0), 0.0), {"code": "answers_fast", "hours": 2}))
    return found


def why_not(
    *,
    need_skill: int = 0,
    need_slot: int = 0,
    need_radius_m: float = np.inf,
    person_skill: int = 0,
    person_slot: int = 0,
    person_radius_m: float = np.inf,
    distance_m: float = 0.0,
    remote: bool = False,
    verified: bool = True,
    excluded: bool = False,
    asks_left: int | None = None,
    capacity_left: int = 1,
    price: int | None = None,
) -> list[Reason]:
    """Every hard limit that a person misses for a need; if none, why the plan still chose others.

    ``price``: what choosing this person would cost over the best plan (see ``override_price``), if known.
    """
    need_word(need_skill, need_slot), person_words([person_skill], [person_slot])
    found: list[Reason] = []
    if not verified:
        found.append({"code": "not_verified"})
    if need_skill & ~person_skill:
        found.append({"code": "lacks_skills", "skills": bits_of(need_skill & ~person_skill)})
    missing_slots = need_slot & ~person_slot & ((1 << SLOT_BITS) - 1)
    if missing_slots:
        found.append({"code": "not_free", "slots": bits_of(missing_slots)})
    if not remote and distance_m > min(need_radius_m, person_radius_m):
        found.append({"code": "too_far", "metres": distance_step(distance_m)})
    if excluded:
        found.append({"code": "excluded"})
    if asks_left is not None and asks_left <= 0:
        found.append({"code": "asked_enough"})
    if capacity_left <= 0:
        found.append({"code": "no_capacity"})
    if not found:
        found.append(
            {"code": "others_likelier"}
            if price is None
            else {"code": "others_fit_better", "cost": int(price)}
        )
    return found
