"""What everybody may read of a need: title, kind, subdistrict, period, urgency, places left. Nothing else leaves."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from accounts.models import Division
from core.codes import ServiceCategory
from matching.models import ServiceRequest


@dataclass(frozen=True)
class PublicNeed:
    pk: int
    title: str
    category: str | Promise
    subdistrict: str
    starts_at: datetime
    ends_at: datetime
    urgency: str
    urgency_label: str | Promise
    people: int
    is_remote: bool


def public_needs() -> QuerySet[ServiceRequest]:
    """Needs that look for people and can still be met."""
    return ServiceRequest.objects.waiting().filter(filled__lt=F("headcount"), ends_at__gt=timezone.now())


def shown_need(need: ServiceRequest) -> PublicNeed:
    """The public part; `need` comes with `select_related("division__parent")`."""
    return PublicNeed(
        pk=need.pk,
        title=need.title,
        category=ServiceCategory(need.category).label,
        subdistrict=subdistrict_name(need.division),
        starts_at=need.starts_at,
        ends_at=need.ends_at,
        urgency=need.urgency,
        urgency_label=ServiceRequest.Urgency(need.urgency).label,
        people=need.free,
        is_remote=need.is_remote,
    )


def subdistrict_name(division: Division) -> str:
    """The name of the subdistrict: too wide to find a door."""
    if division.level == Division.Level.NEIGHBOURHOOD and division.parent is not None:
        return division.parent.name
    return division.name
