"""A need is posted, asked again, cancelled and closed by the worker of the neighbourhood."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, SourceKind, User
from accounts.services import record_ask, release_time
from accounts.services.submissions import first_of
from core.audit import put_sealed
from core.errors import DomainError
from core.events import publish
from core.states import move
from core.tasks import queue_after_commit
from matching import tasks
from matching.events import (
    AssignmentMoved,
    OfferSent,
    OfferTaken,
    RequestCancelled,
    RequestChanged,
    RequestClosed,
    RequestOpened,
)
from matching.models import Assignment, Offer, ServiceRequest
from matching.permissions import check_may
from matching.rulebook import RuleBook
from matching.services.locks import locked_request
from matching.states import (
    ASSIGNMENT_MOVES,
    LIVE,
    OFFER_MOVES,
    OUT_AGAIN,
    REQUEST_MOVES,
    STILL_TO_COME,
)

LEAST_FOR_TWO_PEOPLE = 2
Status = ServiceRequest.Status


@transaction.atomic
def open_request(
    *,
    household: Household,
    category: str,
    skills: Sequence[str],
    title: str,
    note: str,
    starts_at: datetime,
    ends_at: datetime,
    headcount: int,
    urgency: str,
    is_remote: bool,
    submission_key: UUID | None,
    by: User,
) -> ServiceRequest:
    """A need of this household. Division and cell are copied from it; the note is sealed for whoever accepts.

    A household that is visited only by two people gets two places at least. The same form again gives the first need.
    The household is locked first: its care cannot end while a need is being posted.
    Raises DomainError: not_yours, household_ended, in_the_past, ends_before_it_starts.
    """
    first = first_of(ServiceRequest.objects.all(), submission_key)
    if first is not None:
        return first
    household = Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    check_may(by, "matching.post_request", household)
    check_household_is_served(household)
    check_lies_ahead(starts_at, ends_at, now=timezone.now())
    request = ServiceRequest(
        household=household,
        division_id=household.division_id,
        category=category,
        skills=list(skills),
        title=title.strip(),
        starts_at=starts_at,
        ends_at=ends_at,
        headcount=max(headcount, LEAST_FOR_TWO_PEOPLE if household.needs_two_people else 1),
        urgency=urgency,
        is_remote=is_remote,
        cell_column=household.cell_column,
        cell_row=household.cell_row,
        posted_by=by,
        **({"submission_key": submission_key} if submission_key else {}),
    )
    put_sealed(request, note=note.strip())
    request.save()
    publish(RequestOpened(request.pk))
    queue_after_commit(tasks.plan_requests, [request.pk])
    return request


def check_household_is_served(household: Household) -> None:
    """Active, and the consent is on record: the model knows no household without consent."""
    if household.status != Household.Status.ACTIVE:
        raise DomainError(
            "household_ended",
            _("This household is no longer served."),
            help=_("Open its record again before you post a need."),
        )


def check_lies_ahead(starts_at: datetime, ends_at: datetime, *, now: datetime) -> None:
    if ends_at <= starts_at:
        raise DomainError(
            "ends_before_it_starts", _("The end lies before the start."), help=_("Look at the times again.")
        )
    if starts_at <= now:
        raise DomainError(
            "in_the_past", _("This time has passed already."), help=_("Choose a time that is still to come.")
        )


@transaction.atomic
def ask_proposed(*, request: ServiceRequest, by: User) -> list[Offer]:
    """ "Ask these people": the proposals of a household where a person confirms first become offers.

    Pressing twice asks once. Raises DomainError: not_yours, in_the_past.
    """
    request = locked_request(request.pk)
    check_may(by, "matching.act_on_request", request)
    now = timezone.now()
    check_lies_ahead(request.starts_at, request.ends_at, now=now)
    proposed = list(
        request.offers.select_for_update(of=("self",))
        .filter(status=Offer.Status.PROPOSED)
        .select_related("volunteer", "studio")
        .order_by("pk")
    )
    answer_by = answer_deadline(request, now=now)
    for offer in proposed:
        move(offer, Offer.Status.SENT, moves=OFFER_MOVES, by=by, sent_at=now, answer_by=answer_by)
        if offer.volunteer is not None:
            record_ask(
                volunteer=offer.volunteer, source_kind=SourceKind.OFFER, source_id=offer.pk, asked_at=now
            )
        publish(OfferSent(offer.pk))
    if proposed and request.status == Status.OPEN:
        move(request, Status.ASKING, moves=REQUEST_MOVES, by=by)
    publish(RequestChanged(request.pk))
    return proposed


@transaction.atomic
def pass_over(*, offer: Offer, by: User) -> Offer:
    """ "Not this person": a proposal that the worker turns down; somebody else is proposed."""
    request = locked_request(offer.request_id)
    check_may(by, "matching.act_on_request", request)
    offer = Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
    if offer.status == Offer.Status.PASSED:
        return offer
    move(offer, Offer.Status.PASSED, moves=OFFER_MOVES, by=by, answered_at=timezone.now())
    publish(RequestChanged(request.pk))
    queue_after_commit(tasks.plan_requests, [request.pk])
    return offer


def answer_deadline(request: ServiceRequest, *, now: datetime) -> datetime:
    """How long somebody may think, by urgency (RuleSet.answer_minutes); never beyond the start."""
    rules = RuleBook().in_force(timezone.localtime(now).date(), request.division_id)
    return min(now + timedelta(minutes=rules.answer_minutes[request.urgency]), request.starts_at)


@transaction.atomic
def ask_again(*, request: ServiceRequest, by: User) -> ServiceRequest:
    """From "nobody found" back to looking, from the first ring; those who did not answer may be asked once more.

    Raises DomainError: not_yours, in_the_past, not_in_this_state.
    """
    request = locked_request(request.pk)
    check_may(by, "matching.act_on_request", request)
    if request.status in (Status.OPEN, Status.ASKING):
        return request
    check_lies_ahead(request.starts_at, request.ends_at, now=timezone.now())
    move(request, Status.OPEN, moves=REQUEST_MOVES, by=by, ring=0, returned_because={})
    for offer in request.offers.select_for_update().filter(status=Offer.Status.EXPIRED).order_by("pk"):
        move(offer, Offer.Status.WITHDRAWN, moves=OFFER_MOVES, by=by)
    publish(RequestChanged(request.pk))
    queue_after_commit(tasks.plan_requests, [request.pk])
    return request


@transaction.atomic
def cancel_request(*, request: ServiceRequest, reason: str, by: User) -> ServiceRequest:
    """The need is gone: open offers are withdrawn, those who promised are told and free again.

    Raises DomainError: not_yours, at_work (somebody has checked in), not_in_this_state.
    """
    request = locked_request(request.pk)
    check_may(by, "matching.act_on_request", request)
    if request.status == Status.CANCELLED:
        return request
    standing = list(request.assignments.select_for_update().standing().order_by("pk"))
    check_nobody_is_at_work(standing)
    move(request, Status.CANCELLED, moves=REQUEST_MOVES, by=by, reason=reason, closed_at=timezone.now())
    withdraw_offers(request, by=by)
    for assignment in standing:
        if assignment.status in STILL_TO_COME:
            move(assignment, Assignment.Status.CANCELLED, moves=ASSIGNMENT_MOVES, by=by, reason=reason)
            release_time(source_kind=SourceKind.ASSIGNMENT, source_id=assignment.pk)
            publish(AssignmentMoved(assignment.pk, assignment.status))
    publish(RequestCancelled(request.pk, reason))
    publish(RequestChanged(request.pk))
    return request


def check_nobody_is_at_work(assignments: Sequence[Assignment]) -> None:
    if any(assignment.status not in STILL_TO_COME for assignment in assignments):
        raise DomainError(
            "at_work",
            _("Somebody is there already, or was: the service can only be finished."),
            help=_("Wait until they have checked out, then close the need."),
        )


def withdraw_offers(request: ServiceRequest, *, by: User | None) -> None:
    """Open questions end; everybody who was asked is told. The request is locked."""
    for offer in request.offers.select_for_update().filter(status__in=LIVE).order_by("pk"):
        was_sent = offer.status == Offer.Status.SENT
        move(offer, Offer.Status.WITHDRAWN, moves=OFFER_MOVES, by=by)
        if was_sent:
            publish(OfferTaken(offer.pk))


@transaction.atomic
def close_request(*, request: ServiceRequest, by: User) -> ServiceRequest:
    """The worker has seen that it is done, or gives it up. Raises DomainError: not_yours, not_in_this_state."""
    request = locked_request(request.pk)
    check_may(by, "matching.act_on_request", request)
    if request.status == Status.CLOSED:
        return request
    move(request, Status.CLOSED, moves=REQUEST_MOVES, by=by, closed_at=timezone.now())
    publish(RequestClosed(request.pk))
    publish(RequestChanged(request.pk))
    return request


def withdraw_unconfirmed(*, household: Household, by: User | None) -> None:
    """The household is one where a person confirms first: offers that went out without such a word are withdrawn, and
    proposals take their place. The household is locked already; nobody locks one after a request."""
    asking = household.requests.filter(status__in=(Status.OPEN, Status.ASKING, Status.RETURNED)).order_by(
        "pk"
    )
    for pk in list(asking.values_list("pk", flat=True)):
        request = locked_request(pk)
        unconfirmed = Offer.objects.open().without_a_workers_word().filter(request=request)
        offers = list(unconfirmed.select_for_update(of=("self",)).order_by("pk"))
        for offer in offers:
            move(offer, Offer.Status.WITHDRAWN, moves=OFFER_MOVES, by=by)
            publish(OfferTaken(offer.pk))
        if not offers:
            continue
        if request.status == Status.ASKING and not request.offers.open().exists():
            move(request, Status.OPEN, moves=REQUEST_MOVES, by=by)
        publish(RequestChanged(request.pk))
        queue_after_commit(tasks.plan_requests, [request.pk])


def serve_when_all_are_out(request: ServiceRequest, *, by: User | None) -> None:
    """The need counts as served once nobody who came is still there. The request is locked."""
    status = set(request.assignments.standing().values_list("status", flat=True))
    if status and status <= set(OUT_AGAIN) and request.status not in (Status.SERVED, Status.CLOSED):
        move(request, Status.SERVED, moves=REQUEST_MOVES, by=by)
        withdraw_offers(request, by=by)
