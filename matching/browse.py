"""Open needs for people who look by themselves: the public part only, ordered so that every need gets people.

The public part is title, kind, subdistrict, period, urgency and how many are still wanted. A household where a person
confirms first is not shown here at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from accounts.models import Volunteer
from core.codes import ServiceCategory
from matching.checks import OWN_WISHES, TO_OFFER_ONESELF, Check, failed
from matching.engine import EquityRanking
from matching.learning.serving import model_in_force
from matching.models import Offer, ServiceRequest
from matching.models.requests import ServiceRequestQuerySet
from matching.needs import load_needs
from matching.people import load_people
from matching.problem import distance_steps, scores_of

MOST_RANKED = 200
CANNOT_HELP = 0.05  # what a need is worth that the person may not take: at the end, not gone


@dataclass(frozen=True)
class PublicNeed:
    """All that everybody may know of a need."""

    pk: int
    title: str
    category: str
    subdistrict: str
    starts_at: datetime
    ends_at: datetime
    urgency: str
    urgency_label: Any
    people: int
    is_remote: bool
    distance_m: int | None = None  # for a volunteer: steps of 500 m to the centre of the cell
    hindrances: tuple[Check, ...] = ()  # for a volunteer: the limits that are not passed
    own_wishes: tuple[Check, ...] = ()  # for a volunteer: why nobody asks, though one may come
    is_mine: bool = False  # the volunteer has an offer or goes there

    @property
    def hindrance(self) -> Check | None:
        return self.hindrances[0] if self.hindrances else None


def open_to_all(now: datetime) -> ServiceRequestQuerySet:
    """Needs that look for people and may be shown to everybody."""
    return (
        ServiceRequest.objects.filter(
            Q(status=ServiceRequest.Status.RETURNED) | Q(pk__in=ServiceRequest.objects.waiting()),
            starts_at__gt=now,
            household__is_sensitive=False,
        )
        .select_related("division__parent", "household")
        .order_by("starts_at", "pk")
    )


def public_part(request: ServiceRequest) -> PublicNeed:
    return PublicNeed(
        pk=request.pk,
        title=request.title,
        category=str(request.get_category_display()),
        subdistrict=request.subdistrict,
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        urgency=request.urgency,
        urgency_label=request.get_urgency_display(),
        people=request.free,
        is_remote=request.is_remote,
    )


@dataclass(frozen=True)
class KindOfNeed:
    """A kind of service that is looked for, and how many open needs are of it."""

    code: str
    label: str | Promise
    count: int


def kinds_of_needs(volunteer: Volunteer | None) -> list[KindOfNeed]:
    """Those that this person may see, in the order of the code table. One query."""
    seen = open_to_all(timezone.now()).without_blocked(volunteer).order_by()
    rows = seen.values_list("category").annotate(count=Count("pk")).order_by("category")
    return [KindOfNeed(code, ServiceCategory(code).label, count) for code, count in rows]


def of_kind(rows: ServiceRequestQuerySet, category: str) -> ServiceRequestQuerySet:
    return rows.filter(category=category) if category else rows


def needs_for_everybody(category: str = "") -> list[PublicNeed]:
    """The most urgent first, then the soonest. One query."""
    levels = {"urgent": 0, "soon": 1, "normal": 2}
    rows = list(of_kind(open_to_all(timezone.now()), category)[:MOST_RANKED])
    return [
        public_part(row) for row in sorted(rows, key=lambda row: (levels[row.urgency], row.starts_at, row.pk))
    ]


def needs_for(volunteer: Volunteer, category: str = "") -> list[PublicNeed]:
    """In the order that suits this person and serves all: relevance, held back for what others already came to
    (MATCHING, section 6). The number of queries does not depend on the number of needs."""
    now = timezone.now()
    recent = Q(
        offers__sent_at__gte=now - timedelta(days=7),
        offers__status__in=(Offer.Status.ACCEPTED, Offer.Status.SENT),
    )
    visible: QuerySet[ServiceRequest] = of_kind(open_to_all(now).without_blocked(volunteer), category)
    rows = list(visible.annotate(connections=Count("offers", filter=recent))[:MOST_RANKED])
    if not rows:
        return []
    seen = look_at(volunteer, rows, now=now)
    order = EquityRanking().order(
        [relevance for _need, relevance, _level in seen],
        [row.connections for row in rows],
        [row.headcount for row in rows],
        urgency=[level for _need, _relevance, level in seen],
    )
    return [seen[at][0] for at in order]


def look_at(
    volunteer: Volunteer, rows: Sequence[ServiceRequest], *, now: datetime
) -> list[tuple[PublicNeed, float, int]]:
    """Each need with what this person sees of it, how relevant it is, and its urgency for the engine."""
    needs = load_needs(rows, now=now, volunteer_ids=[volunteer.pk])
    person = load_people(Volunteer.objects.filter(pk=volunteer.pk), now=now)
    row, model = np.arange(1), model_in_force()
    seen = []
    for need in needs:
        hindrances = failed(need, person, TO_OFFER_ONESELF)
        score, _probability = scores_of(need, person, row, model, now=now)
        mine = any(
            offer.volunteer_id == volunteer.pk and offer.status in {"sent", "accepted"}
            for offer in need.offers
        )
        shown = replace(
            public_part(need.request),
            distance_m=distance_steps(need, person, row)[0],
            hindrances=tuple(hindrances),
            own_wishes=tuple(failed(need, person, OWN_WISHES)),
            is_mine=mine,
        )
        seen.append((shown, float(score[0]) * (CANNOT_HELP if hindrances else 1.0), need.level))
    return seen
