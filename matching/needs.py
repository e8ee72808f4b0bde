"""Needs as planning sees them: where, when, what, under which rules, and who has to do with them already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import BlockedPair, Commitment, RuleSet
from core.codes import skill_mask
from core.geo import to_metres
from matching.models import Assignment, Offer, ServiceRequest
from matching.rulebook import RuleBook
from matching.states import LIVE, MAY_BE_ASKED_AGAIN

URGENCY_LEVELS = {
    ServiceRequest.Urgency.NORMAL: 1,
    ServiceRequest.Urgency.SOON: 2,
    ServiceRequest.Urgency.URGENT: 4,
}  # as the engine counts: 1 can wait, 4 now
EXTRA_ASKS_WHEN_URGENT = 1


@dataclass(frozen=True)
class OfferMade:
    """An offer of this need as planning sees it."""

    id: int
    volunteer_id: int | None
    studio_id: int | None
    status: str
    ring: int
    probability: float

    @property
    def key(self) -> int:
        """The volunteer's id, or minus the studio's, as in a plan."""
        return self.volunteer_id or -(self.studio_id or 0)


@dataclass(frozen=True)
class Need:
    """One request with everything about it that does not depend on the person looked at."""

    request: ServiceRequest
    xy: tuple[float, float]  # metres, centre of the household's cell
    skills: int  # bits in the order of the code table
    licensed: int  # those of them that need a licence on the day
    slots: int
    day: int  # ordinal of the local day on which it begins
    rules: RuleSet  # in force on that day
    asking: RuleSet  # in force now: budget, deadlines, rings
    contact_user_id: int | None
    offers: tuple[OfferMade, ...] = ()
    blocked: frozenset[int] = frozenset()  # volunteers
    busy: frozenset[int] = frozenset()  # volunteers with a promise in this period, rest included
    visits: dict[int, int] = field(default_factory=dict)  # volunteer -> earlier services for this household

    @property
    def asked(self) -> frozenset[int]:
        """Volunteers who were asked, or whom the worker passed over, and may not be asked again."""
        return frozenset(
            offer.volunteer_id
            for offer in self.offers
            if offer.volunteer_id is not None and offer.status not in MAY_BE_ASKED_AGAIN
        )

    @property
    def live(self) -> tuple[OfferMade, ...]:
        """Offers that wait for an answer, or for the worker's word."""
        return tuple(offer for offer in self.offers if offer.status in LIVE)

    @property
    def level(self) -> int:
        return URGENCY_LEVELS[ServiceRequest.Urgency(self.request.urgency)]

    @property
    def extra_asks(self) -> int:
        """By how much an urgent need may exceed somebody's contact budget; each time is recorded."""
        return EXTRA_ASKS_WHEN_URGENT if self.request.urgency == ServiceRequest.Urgency.URGENT else 0

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """What a plan was made for; the writing phase compares it under the lock."""
        offers = sorted((offer.id, offer.status) for offer in self.offers)
        return (self.request.status, self.request.ring, self.request.filled, *offers)


def load_needs(
    requests: Sequence[ServiceRequest], *, now: datetime, volunteer_ids: Iterable[int] | None = None
) -> list[Need]:
    """Needs of these rows (`household` selected) in five queries; `volunteer_ids` narrows what is read of people."""
    if not requests:
        return []
    people = None if volunteer_ids is None else list(volunteer_ids)
    book, today = RuleBook(), timezone.localtime(now).date()
    offers, blocked = _offers(requests), _blocked(requests, people)
    rules = {request.pk: book.in_force(_day(request), request.division_id) for request in requests}
    busy, visits = _busy(requests, rules, people), _visits(requests, people)
    needs = []
    for request in requests:
        wanted, held = skill_mask(request.skills), rules[request.pk]
        needs.append(
            Need(
                request=request,
                xy=to_metres(request.cell.centre),
                skills=wanted,
                licensed=wanted & skill_mask(held.licensed_skills),
                slots=held.slots(request.starts_at, request.ends_at),
                day=_day(request).toordinal(),
                rules=held,
                asking=book.in_force(today, request.division_id),
                contact_user_id=request.household.contact_id,
                offers=tuple(offers[request.pk]),
                blocked=frozenset(blocked[request.household_id]),
                busy=frozenset(busy[request.pk]),
                visits=visits[request.household_id],
            )
        )
    return needs


def _day(request: ServiceRequest) -> date:
    return timezone.localtime(request.starts_at).date()


def _offers(requests: Sequence[ServiceRequest]) -> defaultdict[int, list[OfferMade]]:
    found: defaultdict[int, list[OfferMade]] = defaultdict(list)
    rows = Offer.objects.filter(request__in=requests).order_by("id")
    for request, pk, volunteer, studio, status, ring, probability in rows.values_list(
        "request_id", "id", "volunteer_id", "studio_id", "status", "ring", "probability"
    ):
        found[request].append(OfferMade(pk, volunteer, studio, status, ring, probability))
    return found


def _blocked(requests: Sequence[ServiceRequest], people: list[int] | None) -> defaultdict[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    pairs = BlockedPair.objects.standing().filter(
        household__in={request.household_id for request in requests}
    )
    if people is not None:
        pairs = pairs.filter(volunteer__in=people)
    for household, volunteer in pairs.values_list("household_id", "volunteer_id"):
        found[household].add(volunteer)
    return found


def _busy(
    requests: Sequence[ServiceRequest], rules: dict[int, RuleSet], people: list[int] | None
) -> defaultdict[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    windows = {}
    for request in requests:
        rest = timedelta(minutes=rules[request.pk].rest_minutes)
        windows[request.pk] = (request.starts_at - rest, request.ends_at + rest)
    touching = Q()
    for window in set(windows.values()):
        touching |= Q(period__overlap=window)
    promised = Commitment.objects.filter(touching)
    if people is not None:
        promised = promised.filter(volunteer__in=people)
    for volunteer, period in promised.values_list("volunteer_id", "period"):
        for pk, (starts_at, ends_at) in windows.items():
            if period.lower < ends_at and period.upper > starts_at:
                found[pk].add(volunteer)
    return found


def _visits(requests: Sequence[ServiceRequest], people: list[int] | None) -> defaultdict[int, dict[int, int]]:
    """Services that came to their end, by household and volunteer."""
    found: defaultdict[int, dict[int, int]] = defaultdict(dict)
    status = Assignment.Status
    served = Assignment.objects.filter(
        request__household__in={request.household_id for request in requests},
        status__in=(status.CHECKED_OUT, status.DONE),
    )
    if people is not None:
        served = served.filter(volunteer__in=people)
    counted = served.order_by().values_list("request__household_id", "volunteer_id").annotate(Count("pk"))
    for household, volunteer, count in counted:
        found[household][volunteer] = count
    return found
