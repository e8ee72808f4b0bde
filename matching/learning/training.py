"""A challenger learns on earlier weeks and competes with the model in force on the last ones.

What is judged is what is served: the winner is not fitted again on everything, so its figures stay true, and the model
in force has never seen the weeks on which a later challenger is judged. Only the worker that trains loads this module:
scikit-learn takes seconds and a hundred megabytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
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
from matching.learning.trees import no_trees, trees_of
from matching.people import Floats, Integers, Mask

MOST_HELD_OUT_WEEKS = 4
# A new model must be better by this much (nats an answer), and surely so: five times in a hundred it would look better
# by luck. Its calibration error may be worse by no more than what the draw of the answers moves it.
MARGIN = 0.002
SURE = 1.645
CALIBRATION_NOISE = 0.005
CHOICE_SHARE = 0.2
ANSWERS_A_ROUND, FEWEST_ROUNDS, MOST_ROUNDS = (
    80,
    40,
    250,
)  # of boosting; more on few answers learns them by heart
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
    with threadpool_limits(1):
        model, kind = learn_best(early, version)
    told(70)
    metrics, better = compare(model, champion, early, late)
    told(90)
    return Trained(
        model=model,
        is_better=better,
        rows=len(early),
        held_out=len(late),
        people=len(model.volunteers),
        weeks=answers.weeks,
        metrics=metrics | {"kind": kind},
        profile=profile_of(early.features),
    )


def learn_best(early: Answers, version: str) -> tuple[ServedAcceptance, str]:
    """Boosting or a logistic model, whichever foretells the last fifth of the earlier weeks better; then it learns from
    all of them. With few answers, or habits that change, the straight line is better. The held-out weeks have no part
    in the choice.

    Raises EngineError when the answers of a part are all alike.
    """
    is_last = np.arange(len(early)) >= int(len(early) * (1 - CHOICE_SHARE))
    first, last = early.where(~is_last), early.where(is_last)
    found = {
        kind: losses(chances(learn(first, version), last.features, last.volunteer), last.yes).mean()
        for kind, learn in KINDS.items()
    }
    kind = min(found, key=lambda kind: float(found[kind]))
    return KINDS[kind](early, version), kind


def boosted(answers: Answers, version: str) -> ServedAcceptance:
    """Trees and an effect for each person; fewer trees for few answers, which more would learn by heart."""
    volunteers, person = np.unique(answers.volunteer, return_inverse=True)
    rounds = int(np.clip(len(answers) // ANSWERS_A_ROUND, FEWEST_ROUNDS, MOST_ROUNDS))
    fitted = LearnedAcceptance(version=version, rounds=rounds)
    return served(fitted.fit(answers.features, answers.yes, person), volunteers, version)


def served(model: LearnedAcceptance, volunteers: Integers, version: str) -> ServedAcceptance:
    """`volunteers` (m,) ids ascending, in the order of the model's effects."""
    return ServedAcceptance(
        version=version,
        trees=trees_of(model.boosting_),
        line=np.zeros(len(FEATURES)),
        calibration=np.asarray(model.calibration_, np.float64),
        volunteers=volunteers,
        effects=np.asarray(model.effects_, np.float64),
    )


def linear(answers: Answers, version: str) -> ServedAcceptance:
    """A logistic model on standardised features, no effect of persons; the weights are for the raw features."""
    scale = StandardScaler().fit(answers.features.values)
    fitted = LogisticRegression(max_iter=500).fit(scale.transform(answers.features.values), answers.yes)
    line = fitted.coef_[0] / scale.scale_
    return ServedAcceptance(
        version=version,
        trees=no_trees(),
        line=line,
        calibration=np.array([fitted.intercept_[0] - line @ scale.mean_, 0.0, 0.0]),
        volunteers=np.zeros(0, np.int64),
        effects=np.zeros(0),
    )


KINDS: Mapping[str, Callable[[Answers, str], ServedAcceptance]] = {"boosting": boosted, "logistic": linear}


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
        "logistic": figures(linear(early, "logistic").predict(late.features), late.yes),
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
