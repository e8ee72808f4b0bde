"""A challenger learns on earlier weeks and competes with the model in force on the last ones.

What is judged is what is served: the winner is not fitted again on everything, so its figures stay true, and the model
in force has never seen the weeks on which a later challenger is judged. Only the worker that trains loads this module:
scikit-learn takes seconds and a hundred megabytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from matching.engine import (
    FEATURES,
    AcceptanceModel,
    FeatureMatrix,
    PriorAcceptance,
)
from matching.engine.learned_acceptance import LearnedAcceptance, calibration_error
from matching.learning.answers import Answers
from matching.learning.drift import profile_of
from matching.learning.model import ServedAcceptance, chances
from matching.learning.trained import FEWEST_ANSWERS, FEWEST_WEEKS, TooFewAnswersError, Trained
from matching.learning.trees import trees_of
from matching.people import Floats, Integers, Mask

MOST_HELD_OUT_WEEKS = 4
# A new model must be better by this much (nats an answer), and surely so: five times in a hundred it would look better
# by luck. Its calibration error may be worse by no more than what the draw of the answers moves it.
MARGIN = 0.002
SURE = 1.645
CALIBRATION_NOISE = 0.005
CURVE_POINTS = 10
FEWEST_IN_A_SEGMENT = 30
CUT = 1e-6

Told = Callable[[int], None]


def held_out_weeks(weeks: int) -> int:
    """The last quarter, four at most; it grows no faster than the history, so that no week is learned first and
    judged later."""
    return max(1, min(MOST_HELD_OUT_WEEKS, weeks // 4))


def train(
    answers: Answers, *, version: str, champion: AcceptanceModel, told: Told = lambda _percent: None
) -> Trained:
    """Raises TooFewAnswersError, or EngineError when the answers are all of one kind."""
    if len(answers) < FEWEST_ANSWERS or answers.weeks < FEWEST_WEEKS:
        raise TooFewAnswersError
    is_late = answers.week > answers.week[-1] - held_out_weeks(answers.weeks)
    early, late = answers.where(~is_late), answers.where(is_late)
    volunteers, person = np.unique(early.volunteer, return_inverse=True)
    with threadpool_limits(1):
        fitted = LearnedAcceptance(version=version).fit(early.features, early.yes, person)
    told(70)
    model = served(fitted, volunteers, version)
    metrics, better = compare(model, champion, early, late)
    told(90)
    return Trained(
        model=model,
        is_better=better,
        rows=len(early),
        held_out=len(late),
        people=len(volunteers),
        weeks=answers.weeks,
        metrics=metrics,
        profile=profile_of(early.features),
    )


def served(model: LearnedAcceptance, volunteers: Integers, version: str) -> ServedAcceptance:
    """`volunteers` (m,) ids ascending, in the order of the model's effects."""
    return ServedAcceptance(
        version=version,
        trees=trees_of(model.boosting_),
        calibration=np.asarray(model.calibration_, np.float64),
        volunteers=volunteers,
        effects=np.asarray(model.effects_, np.float64),
    )


def compare(
    model: ServedAcceptance, champion: AcceptanceModel, early: Answers, late: Answers
) -> tuple[dict[str, Any], bool]:
    """All competitors on the same held-out answers, and whether the challenger may replace the champion."""
    p = chances(model, late.features, late.volunteer)
    theirs = chances(champion, late.features, late.volunteer)
    challenger, holder = figures(p, late.yes), figures(theirs, late.yes)
    gain = losses(theirs, late.yes) - losses(p, late.yes)
    least_gain = float(gain.mean() - SURE * gain.std() / np.sqrt(len(gain)))
    better = (
        float(gain.mean()) >= MARGIN
        and least_gain > 0
        and challenger["ece"] <= holder["ece"] + CALIBRATION_NOISE
    )
    metrics = {
        "challenger": challenger,
        "champion": holder | {"version": champion.version},
        "prior": figures(PriorAcceptance().predict(late.features), late.yes),
        "logistic": figures(_logistic(early, late.features), late.yes),
        "gain": float(gain.mean()),
        "least_gain": least_gain,
        "curve": curve(p, late.yes),
        "segments": segments(p, late),
        "weight": weights(model, late),
    }
    return metrics, better


def losses(p: Floats, yes: Any) -> Floats:
    """(n,) nats for each answer."""
    clipped = np.clip(p, CUT, 1 - CUT)
    loss: Floats = -np.where(yes == 1, np.log(clipped), np.log1p(-clipped))
    return loss


def figures(p: Floats, yes: Any) -> dict[str, float]:
    """Log-loss, area under the curve (0.5 when all answers are alike), expected calibration error."""
    both = 0 < yes.sum() < len(yes)
    return {
        "log_loss": float(losses(p, yes).mean()),
        "auc": float(roc_auc_score(yes, p)) if both else 0.5,
        "ece": calibration_error(p, yes),
    }


def _logistic(early: Answers, features: FeatureMatrix) -> Floats:
    """The baseline that one would use without boosting: standardised features, no person."""
    line = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(
        early.features.values, early.yes
    )
    probability: Floats = line.predict_proba(features.values)[:, 1]
    return probability


def curve(p: Floats, yes: Any) -> list[dict[str, float]]:
    """Tenths of the answers by estimated chance: mean estimate, share of yes, how many."""
    groups = np.array_split(np.argsort(p, kind="stable"), CURVE_POINTS)
    return [
        {"p": float(p[group].mean()), "yes": float(yes[group].mean()), "count": len(group)}
        for group in groups
        if len(group)
    ]


def segments(p: Floats, late: Answers) -> list[dict[str, Any]]:
    """Mean estimate against share of yes, and the calibration error, within each kind of question."""
    found = []
    for kind, value, inside in _segments_of(late):
        count = int(inside.sum())
        if count >= FEWEST_IN_A_SEGMENT:
            found.append(
                {
                    "kind": kind,
                    "value": value,
                    "count": count,
                    "p": float(p[inside].mean()),
                    "yes": float(late.yes[inside].mean()),
                    "ece": calibration_error(p[inside], late.yes[inside], bins=5),
                }
            )
    return found


def _segments_of(late: Answers) -> list[tuple[str, str, Mask]]:
    level, metres, hour = (late.features.column(name) for name in ("urgency", "distance_m", "hour"))
    near = ~late.is_remote
    return [
        ("urgency", "normal", level <= 1),
        ("urgency", "soon", (level > 1) & (level < 4)),
        ("urgency", "urgent", level >= 4),
        ("distance", "below-1", near & (metres < 1000)),
        ("distance", "1-to-3", near & (metres >= 1000) & (metres < 3000)),
        ("distance", "above-3", near & (metres >= 3000)),
        ("remote", "yes", late.is_remote),
        ("remote", "no", near),
        ("hour", "morning", hour < 12),
        ("hour", "afternoon", (hour >= 12) & (hour < 18)),
        ("hour", "evening", hour >= 18),
    ]


def weights(model: ServedAcceptance, late: Answers) -> dict[str, float]:
    """By how many nats an answer the estimate gets worse when one feature is shuffled; the seed is fixed."""
    draw = np.random.default_rng(0)
    base = losses(model.predict(late.features, late.volunteer), late.yes).mean()
    found = {}
    for at, name in enumerate(FEATURES):
        shuffled = late.features.values.copy()
        shuffled[:, at] = draw.permutation(shuffled[:, at])
        p = model.predict(FeatureMatrix(shuffled), late.volunteer)
        found[name] = float(losses(p, late.yes).mean() - base)
    return found
