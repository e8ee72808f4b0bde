"""Somebody does not come after all: by their own word, or by staff's."""

from django.db import transaction

from accounts.models import SourceKind, User
from accounts.services import release_time
from core.states import move
from core.tasks import queue_after_commit
from matching import tasks
from matching.models import Assignment, Offer, ServiceRequest
from matching.permissions import check_may
from matching.services.assignments import moved
from matching.services.locks import locked_assignment
from matching.services.requests import serve_when_all_are_out
from matching.states import OFFER_MOVES, REQUEST_MOVES

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
    cancel_locked(request, assignment, reason, by=by)
    return assignment


def cancel_locked(request: ServiceRequest, assignment: Assignment, reason: str, *, by: User | None) -> None:
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
