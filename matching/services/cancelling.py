"""Somebody does not come after all: by their own word, by staff's, or because they were suspended."""

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import SourceKind, User, Volunteer
from accounts.services import release_time
from core.events import publish
from core.states import history, move
from core.tasks import queue_after_commit
from matching import tasks
from matching.events import OfferTaken, RequestChanged
from matching.models import Assignment, Offer, ServiceRequest
from matching.permissions import check_may
from matching.services.assignments import moved
from matching.services.locks import locked_assignment, locked_request, locked_volunteers
from matching.services.requests import serve_when_all_are_out
from matching.states import LIVE, OFFER_MOVES, REQUEST_MOVES, STILL_TO_COME

Status = Assignment.Status


@transaction.atomic
def cancel_assignment(*, assignment: Assignment, reason: str, by: User) -> Assignment:
    """Somebody cannot come after all: the place and the time are free again and others are asked at once.

    Raises DomainError: not_yours, not_in_this_state.
    """
    request, assignment = locked_assignment(assignment.pk)
    check_may(by, "matching.cancel_assignment", assignment)
    if assignment.status == Status.CANCELLED:
        return assignment
    _cancel(request, assignment, reason, by=by)
    return assignment


def _cancel(request: ServiceRequest, assignment: Assignment, reason: str, *, by: User | None) -> None:
    """The request and the assignment are locked."""
    moved(request, assignment, Status.CANCELLED, by=by, reason=reason)
    release_time(source_kind=SourceKind.ASSIGNMENT, source_id=assignment.pk)
    _give_offer_back(assignment, reason, by=by)
    request.filled -= 1
    if request.status == ServiceRequest.Status.STAFFED:
        move(
            request,
            ServiceRequest.Status.OPEN,
            moves=REQUEST_MOVES,
            by=by,
            reason=reason,
            filled=request.filled,
            staffed_at=None,
        )
    else:
        request.save(update_fields=["filled"])
    serve_when_all_are_out(request, by=by)
    queue_after_commit(tasks.plan_requests, [request.pk])


def _give_offer_back(assignment: Assignment, reason: str, *, by: User | None) -> None:
    """The offer of somebody who cancels counts as a no; one that staff cancel is not held against the person."""
    offer = Offer.objects.select_for_update().get(pk=assignment.offer_id)
    if offer.status != Offer.Status.ACCEPTED or offer.assignments.standing().exists():
        return
    is_own_choice = by is not None and (
        by.has_perm("matching.carry_out", assignment) or by.has_perm("matching.answer_offer", offer)
    )
    after = Offer.Status.DECLINED if is_own_choice else Offer.Status.PASSED
    move(offer, after, moves=OFFER_MOVES, by=by, reason=reason, decline_reason=reason.strip()[:120])


def suspended_with_promises() -> list[int]:
    """Suspended volunteers who still have an open offer or are still expected somewhere."""
    own = Q(volunteer=OuterRef("pk"))
    offers = Offer.objects.filter(own, status__in=LIVE)
    to_come = Assignment.objects.filter(own, status__in=STILL_TO_COME)
    suspended = Volunteer.objects.filter(Exists(offers) | Exists(to_come), status=Volunteer.Status.SUSPENDED)
    return list(suspended.order_by("pk").values_list("pk", flat=True))


def stand_down(*, volunteer_id: int) -> None:
    """Nobody waits for a suspended volunteer: what they promised is cancelled, what they were asked is withdrawn.

    One transaction a need, the need locked first; so this runs after the suspension, which holds the volunteer's
    lock. Safe to run twice. Who is at work already may still check out.
    """
    own = Q(offers__volunteer=volunteer_id, offers__status__in=LIVE)
    own |= Q(assignments__volunteer=volunteer_id, assignments__status__in=STILL_TO_COME)
    needs = ServiceRequest.objects.filter(own).order_by("pk").distinct()
    for pk in list(needs.values_list("pk", flat=True)):
        _stand_down_from(pk, volunteer_id)


@transaction.atomic
def _stand_down_from(request_id: int, volunteer_id: int) -> None:
    request = locked_request(request_id)
    [volunteer] = locked_volunteers([volunteer_id])
    if volunteer.status != Volunteer.Status.SUSPENDED:
        return
    suspension = history(volunteer).filter(after=Volunteer.Status.SUSPENDED).last()
    by = suspension.by if suspension else None
    own = Q(volunteer=volunteer)
    for offer in request.offers.select_for_update().filter(own, status__in=LIVE).order_by("pk"):
        was_sent = offer.status == Offer.Status.SENT
        move(offer, Offer.Status.WITHDRAWN, moves=OFFER_MOVES, by=by)
        if was_sent:
            publish(OfferTaken(offer.pk))
    to_come = request.assignments.filter(own, status__in=STILL_TO_COME).first()
    if to_come:
        request, assignment = locked_assignment(to_come.pk)
        _cancel(request, assignment, _said_of_suspension(), by=by)
    publish(RequestChanged(request.pk))
    queue_after_commit(tasks.plan_requests, [request.pk])


def _said_of_suspension() -> str:
    """Kept as the reason, in the language of the site; why somebody was suspended is nobody else's business."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("The registration of this volunteer is suspended.")
