"""A worker's desk: what waits on somebody's word first, then every live need, the most pressing on top.

`codes` are the divisions in scope; each query is bounded by them and by the page, so forty needs cost as many queries
as four.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)
from django.utils import timezone

from accounts.models import Division, in_subtrees
from matching.models import Assignment, Offer, ServiceRequest
from portal.home import MOST_URGENT_FIRST

PER_PAGE = 40
SHOWN = 8  # of each pile
Status = ServiceRequest.Status
SERVED = (Assignment.Status.CHECKED_OUT, Assignment.Status.DONE)
REVIEW_DAYS = 30  # older services are no longer asked about
STATUS_FILTERS = (Status.OPEN, Status.ASKING, Status.STAFFED, Status.RETURNED, Status.SERVED)
WAITING_ON_A_PERSON_FIRST = Case(
    When(status=Status.RETURNED, then=Value(0)),
    When(status__in=(Status.OPEN, Status.ASKING), then=Value(1)),
    When(status=Status.STAFFED, then=Value(2)),
    default=Value(3),
    output_field=IntegerField(),
)


@dataclass(frozen=True)
class Pile:
    """The first of some rows, and how many there are."""

    rows: list[Any]
    count: int

    @classmethod
    def of(cls, rows: QuerySet[Any]) -> "Pile":
        """One query: the database counts them all beside the first ones."""
        first = list(rows.annotate(total=Window(Count("pk")))[:SHOWN])
        return cls(first, first[0].total if first else 0)

    @property
    def others(self) -> int:
        return self.count - len(self.rows)


@dataclass(frozen=True)
class Waiting:
    """What only a person can move on."""

    returned: Pile
    to_confirm: Pile
    to_close: Pile
    unreviewed: Pile

    @property
    def has_needs(self) -> bool:
        return bool(self.returned.count or self.to_confirm.count or self.to_close.count)

    @property
    def count(self) -> int:
        return self.returned.count + self.to_confirm.count + self.to_close.count + self.unreviewed.count


def waiting_on(codes: list[str]) -> Waiting:
    """Four piles: nobody found; people proposed for a sensitive case; served, not closed; served, not reviewed."""
    needs = ServiceRequest.objects.filter(in_subtrees(codes)).select_related("household", "division")
    proposed = Offer.objects.filter(request=OuterRef("pk"), status=Offer.Status.PROPOSED)
    since = timezone.now() - timedelta(days=REVIEW_DAYS)
    unreviewed = (
        Assignment.objects.filter(
            in_subtrees(codes, "request__division__code"), status__in=SERVED, review__isnull=True
        )
        .filter(checked_out_at__gte=since)
        .select_related("request__household", "request__division", "volunteer__user")
    )
    return Waiting(
        returned=Pile.of(needs.filter(status=Status.RETURNED).order_by(MOST_URGENT_FIRST, "starts_at", "pk")),
        to_confirm=Pile.of(
            needs.live().filter(Exists(proposed)).order_by(MOST_URGENT_FIRST, "starts_at", "pk")
        ),
        to_close=Pile.of(needs.filter(status=Status.SERVED).order_by("ends_at", "pk")),
        unreviewed=Pile.of(unreviewed.order_by("checked_out_at", "pk")),
    )


@dataclass(frozen=True)
class Filters:
    """What the worker chose to see; anything else that stands in the address is ignored."""

    division: str = ""
    status: str = ""
    sort: str = ""
    choices: list[Division] = field(default_factory=list)

    @classmethod
    def of(cls, query: Any, codes: list[str]) -> "Filters":
        choices = list(Division.objects.neighbourhoods().filter(in_subtrees(codes, "code")).order_by("code"))
        division = query.get("division", "")
        status = query.get("status", "")
        return cls(
            division=division if division in {choice.code for choice in choices} else "",
            status=status if status in Status.values else "",
            sort="time" if query.get("sort") == "time" else "",
            choices=choices,
        )


def live_needs(codes: list[str], filters: Filters) -> QuerySet[ServiceRequest]:
    """Needs that are not over, with who was asked and who goes."""
    found = ServiceRequest.objects.live().filter(in_subtrees(codes))
    if filters.division:
        found = found.filter(division_id=filters.division)
    if filters.status:
        found = found.filter(status=filters.status)
    order = ["starts_at"] if filters.sort else [WAITING_ON_A_PERSON_FIRST, MOST_URGENT_FIRST, "starts_at"]
    going = Assignment.objects.standing().select_related("volunteer__user", "studio").order_by("pk")
    asked = (
        Offer.objects.filter(status__in=(Offer.Status.SENT, Offer.Status.PROPOSED))
        .select_related("volunteer__user", "studio")
        .order_by("-score")
    )
    return (
        found.select_related("household", "division")
        .prefetch_related(Prefetch("assignments", going, "going"), Prefetch("offers", asked, "asked"))
        .annotate(next_deadline=Min("offers__answer_by", filter=Q(offers__status=Offer.Status.SENT)))
        .order_by(*order, "pk")
    )


@dataclass(frozen=True)
class NeedRow:
    """A need as one line of the table: who goes, or how many are asked and the first of them with the reasons."""

    need: ServiceRequest
    going: list[Assignment]
    asked: list[Offer]

    @property
    def first_asked(self) -> Offer | None:
        return self.asked[0] if self.asked else None

    @property
    def others_asked(self) -> int:
        return max(len(self.asked) - 1, 0)


def rows_of(needs: Iterable[ServiceRequest]) -> list[NeedRow]:
    return [NeedRow(need, need.going, need.asked) for need in needs]  # type: ignore[attr-defined]
