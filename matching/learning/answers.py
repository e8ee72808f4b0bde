"""Questions that were put to volunteers and what came of them, as arrays.

Only offers that kept the features they were asked with are read: nothing is reconstructed afterwards, because whoever
looks back knows more than was known at the time. Offers that somebody else took, or that were withdrawn, say nothing
about the person and are left out; so is who came unasked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from matching.engine import FEATURES, FeatureMatrix
from matching.engine.features import DEFAULTS
from matching.models import Assignment, Offer
from matching.people import Floats, Integers, Mask

HISTORY = timedelta(days=730)
MOST_ANSWERS = 100_000  # the newest; a minute or two of learning on one thread
DECIMALS = 4


@dataclass(frozen=True)
class Answers:
    """n questions in the order in which they were sent."""

    features: FeatureMatrix  # (n, 15)
    yes: Integers  # (n,) 1 accepted, 0 declined or silent
    volunteer: Integers  # (n,) ids
    week: Integers  # (n,) ordinal of the local week, Monday to Sunday
    is_remote: Mask  # (n,)

    def __len__(self) -> int:
        return len(self.yes)

    @property
    def weeks(self) -> int:
        """From the first to the last, both counted."""
        return int(self.week[-1] - self.week[0]) + 1 if len(self) else 0

    def where(self, keep: Mask) -> "Answers":
        return Answers(
            FeatureMatrix(self.features.values[keep]),
            self.yes[keep],
            self.volunteer[keep],
            self.week[keep],
            self.is_remote[keep],
        )


def as_kept(features: FeatureMatrix, row: int) -> dict[str, float]:
    """One row by name, as an offer keeps it."""
    return {
        name: round(float(value), DECIMALS)
        for name, value in zip(FEATURES, features.values[row], strict=True)
    }


def matrix_of(kept: list[dict[str, float]]) -> FeatureMatrix:
    """(n, 15) from what offers kept; a feature that was not yet known when an offer was sent takes its default."""
    values: Floats = np.array(
        [[row.get(name, DEFAULTS[name]) for name in FEATURES] for row in kept], dtype=np.float64
    ).reshape(len(kept), len(FEATURES))
    return FeatureMatrix(values)


def answered_offers(*, now: datetime) -> QuerySet[Offer]:
    """Questions that one may learn from."""
    status = Offer.Status
    return Offer.objects.filter(
        volunteer__isnull=False,
        status__in=(status.ACCEPTED, status.DECLINED, status.EXPIRED),
        sent_at__gte=now - HISTORY,
        sent_at__lte=now,
    ).exclude(features={})


def load_answers(*, now: datetime) -> Answers:
    """All of them, in one query. Whoever said yes and cancelled later had said yes."""
    went = Exists(Assignment.objects.filter(offer=OuterRef("pk")))
    rows = list(
        answered_offers(now=now)
        .annotate(went=went)
        .order_by("-sent_at", "-pk")
        .values_list("features", "status", "went", "volunteer_id", "sent_at", "request__is_remote")[
            :MOST_ANSWERS
        ]
    )
    rows.reverse()
    return Answers(
        features=matrix_of([row[0] for row in rows]),
        yes=np.array([row[1] == Offer.Status.ACCEPTED or row[2] for row in rows], np.int64),
        volunteer=np.array([row[3] for row in rows], np.int64),
        week=np.array([week_of(row[4]) for row in rows], np.int64),
        is_remote=np.array([row[5] for row in rows], np.bool_),
    )


def week_of(moment: datetime) -> int:
    """Ordinal of the local week, Monday to Sunday. Day 1 of the calendar was a Monday."""
    return (timezone.localtime(moment).toordinal() - 1) // 7
