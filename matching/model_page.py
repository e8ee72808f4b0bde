"""What the centre's page about the model shows, read in a fixed number of queries."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from matching.engine import FEATURES
from matching.learning.answers import answered_offers, matrix_of, week_of
from matching.learning.drift import MUCH, SOME, stability
from matching.learning.trained import FEWEST_ANSWERS, FEWEST_WEEKS
from matching.model_words import COMPETITORS, OUTCOMES, SEGMENTS, word
from matching.model_words import FEATURES as FEATURE_WORDS
from matching.models import AcceptanceVersion, Offer, Run
from matching.services.learning import is_held

SHOWN_VERSIONS = 12
DRIFT_WINDOW = timedelta(weeks=4)
DRIFT_ROWS = 4000
FEWEST_FOR_DRIFT = 100
SIDE = 300  # of the drawing, without its margins


@dataclass(frozen=True)
class Dot:
    """A point of the calibration curve, in the drawing's units and in per cent."""

    x: int
    y: int
    estimated: int
    came_true: int
    count: int


def model_page() -> dict[str, Any]:
    """The context. Figures without a version in force are empty, and the page says what is missing."""
    now = timezone.now()
    versions = list(AcceptanceVersion.objects.defer("artefact", "profile")[:SHOWN_VERSIONS])
    in_force = AcceptanceVersion.objects.in_force().defer("artefact").first()
    runs = list(Run.objects.filter(kind=Run.Kind.TRAINING).select_related("asked_by", "version")[:5])
    run = runs[0] if runs else None
    count = answered_offers(now=now).count()
    context: dict[str, Any] = {
        "in_force": in_force,
        "versions": versions,
        "run": run,
        "outcome": word(OUTCOMES, run.outcome) if run else "",
        "answers": count,
        "fewest": FEWEST_ANSWERS,
        "fewest_weeks": FEWEST_WEEKS,
        "weeks": weeks_so_far(),
        "is_held": is_held(now=now),
    }
    return context | (figures_of(in_force) if in_force else {"features": known_features()})


def weeks_so_far() -> int:
    """From the first answered question that kept its features, both weeks counted."""
    now = timezone.now()
    first = answered_offers(now=now).order_by("sent_at").values_list("sent_at", flat=True).first()
    return week_of(now) - week_of(first) + 1 if first else 0


def figures_of(version: AcceptanceVersion) -> dict[str, Any]:
    metrics = version.metrics
    moved, count = drift_of(version)
    heaviest = max([0.0001, *metrics["weight"].values()])
    return {
        "figures": [
            {"name": word(COMPETITORS, code)} | metrics[code]
            for code in ("challenger", "champion", "logistic", "prior")
        ],
        "dots": [dot_of(point) for point in metrics["curve"]],
        "segments": [
            row | {"name": word(SEGMENTS, f"{row['kind']}:{row['value']}")} for row in metrics["segments"]
        ],
        "features": sorted(
            (
                {
                    "name": word(FEATURE_WORDS, name),
                    "weight": max(metrics["weight"].get(name, 0.0), 0.0),
                    "share": 100 * max(metrics["weight"].get(name, 0.0), 0.0) / heaviest,
                    "moved": moved.get(name),
                    "tone": tone_of(moved.get(name)),
                }
                for name in version.features
            ),
            key=lambda row: -row["weight"],
        ),
        "drift_rows": count,
    }


def known_features() -> list[dict[str, Any]]:
    return [{"name": word(FEATURE_WORDS, name)} for name in FEATURES]


def dot_of(point: dict[str, float]) -> Dot:
    return Dot(
        x=round(SIDE * point["p"]),
        y=round(SIDE * (1 - point["yes"])),
        estimated=round(100 * point["p"]),
        came_true=round(100 * point["yes"]),
        count=int(point["count"]),
    )


def drift_of(version: AcceptanceVersion) -> tuple[dict[str, float], int]:
    """The stability index of each feature between training and the questions of the last four weeks, whatever came
    of them; nothing while these are too few."""
    asked = Offer.objects.filter(sent_at__gte=timezone.now() - DRIFT_WINDOW, volunteer__isnull=False).exclude(
        features={}
    )
    kept = list(asked.order_by("-sent_at").values_list("features", flat=True)[:DRIFT_ROWS])
    if len(kept) < FEWEST_FOR_DRIFT:
        return {}, len(kept)
    return stability(version.profile, matrix_of(kept)), len(kept)


def tone_of(moved: float | None) -> str:
    if moved is None:
        return "quiet"
    return "bad" if moved > MUCH else "warn" if moved > SOME else "good"
