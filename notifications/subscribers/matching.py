"""Facts about needs: which becomes which message for whom, and which pages look again.

A message names the need by its public title and time. Address, phone and note stay on the page of the assignment.
"""

from accounts.models import User
from core.events import subscribe
from matching import events as matching
from matching.models import Assignment, Offer, Review, Run, ServiceRequest
from notifications import topics
from notifications.catalogue import Channel
from notifications.models import Notification
from notifications.particulars import (
    address,
    asked_of,
    assignment_with_people,
    last_move,
    of_assignment,
    of_offer,
    of_request,
    offer_with_people,
    request_with_people,
    this_time,
)
from notifications.services import pulse, tell


@subscribe(matching.RequestOpened)
def request_opened(fact: matching.RequestOpened) -> None:
    request = request_with_people(fact.request_id)
    _tell_contact(request, "help-asked", f"help-asked:{request.pk}")
    _pulse_request(request, topics.BOARD)


@subscribe(matching.RequestChanged)
def request_changed(fact: matching.RequestChanged) -> None:
    _pulse_request(request_with_people(fact.request_id))


@subscribe(matching.RequestStaffed)
def request_staffed(fact: matching.RequestStaffed) -> None:
    request = request_with_people(fact.request_id)
    _tell_worker(request, "request-staffed")
    _tell_contact(request, "help-found", f"help-found:{request.pk}:{this_time()}")
    _pulse_request(request, topics.BOARD)


@subscribe(matching.RequestReturned)
def request_returned(fact: matching.RequestReturned) -> None:
    request = request_with_people(fact.request_id)
    _tell_worker(request, "request-returned")
    _pulse_request(request)


@subscribe(matching.RequestCancelled)
def request_cancelled(fact: matching.RequestCancelled) -> None:
    """Who was to go is told by AssignmentMoved, who was asked by OfferTaken."""
    request = request_with_people(fact.request_id)
    move = last_move(request)
    by_id = move.by_id if move else None
    if by_id != request.posted_by_id:
        _tell_worker(request, "request-cancelled", reason=fact.reason)
    if by_id != request.household.contact_id:
        _tell_contact(request, "request-called-off", f"called-off:{request.pk}", reason=fact.reason)
    _pulse_request(request, topics.BOARD)


@subscribe(matching.RequestClosed)
def request_closed(fact: matching.RequestClosed) -> None:
    _pulse_request(request_with_people(fact.request_id), topics.BOARD)


@subscribe(matching.OfferSent)
def offer_sent(fact: matching.OfferSent) -> None:
    offer = offer_with_people(fact.offer_id)
    tell(
        user=asked_of(offer),
        kind=_kind_of(offer),
        params=of_offer(offer),
        link=address("matching:offer", offer.pk),
        dedupe_key=_asking(offer),
    )
    _pulse_offer(offer)


@subscribe(matching.OffersProposed)
def offers_proposed(fact: matching.OffersProposed) -> None:
    _tell_worker(request_with_people(fact.request_id), "request-proposed")


@subscribe(matching.OfferAccepted)
def offer_accepted(fact: matching.OfferAccepted) -> None:
    """Who said yes finds it in the inbox; whom a studio sends is told by mail as well."""
    offer = offer_with_people(fact.offer_id)
    accepted_by = asked_of(offer)
    for pk in sorted(fact.assignment_ids):
        assignment = assignment_with_people(pk)
        goes = assignment.volunteer.user
        tell(
            user=goes,
            kind="assignment",
            params=of_assignment(assignment),
            link=address("matching:assignment", assignment.pk),
            dedupe_key=f"assignment:{assignment.pk}",
            channels=(Channel.SOCKET,) if goes == accepted_by else None,
        )
    _pulse_offer(offer)


@subscribe(matching.OfferDeclined)
def offer_declined(fact: matching.OfferDeclined) -> None:
    _pulse_offer(offer_with_people(fact.offer_id))


@subscribe(matching.OfferExpired)
def offer_expired(fact: matching.OfferExpired) -> None:
    _pulse_offer(offer_with_people(fact.offer_id))


@subscribe(matching.OfferTaken)
def offer_taken(fact: matching.OfferTaken) -> None:
    """Only to whom the offer was told: a proposal that the worker had not yet confirmed stays unknown."""
    offer = offer_with_people(fact.offer_id)
    asked = asked_of(offer)
    is_over = (
        offer.status == Offer.Status.WITHDRAWN or offer.request.status == ServiceRequest.Status.CANCELLED
    )
    if Notification.objects.visible_to(asked).filter(dedupe_key=_asking(offer)).exists():
        tell(
            user=asked,
            kind="offer-withdrawn" if is_over else "offer-taken",
            params=of_request(offer.request),
            link=address("matching:offers"),
            dedupe_key=f"no-longer-{_asking(offer)}",
        )
    _pulse_offer(offer)


@subscribe(matching.AssignmentMoved)
def assignment_moved(fact: matching.AssignmentMoved) -> None:
    assignment = assignment_with_people(fact.assignment_id)
    request, status = assignment.request, fact.status
    if status == Assignment.Status.ON_MY_WAY:
        _tell_contact(request, "help-on-the-way", f"on-the-way:{assignment.pk}", assignment=assignment.pk)
    elif status == Assignment.Status.DONE:
        _tell_worker(request, "service-done")
        _tell_contact_to_review(assignment)
    elif status == Assignment.Status.CANCELLED:
        _tell_of_cancelled(assignment)
    lead = topics.mine(assignment.studio.lead_id) if assignment.studio else []
    _pulse_request(request, topics.me(assignment.volunteer.user_id), *lead)


@subscribe(matching.AssignmentConfirmed)
def assignment_confirmed(fact: matching.AssignmentConfirmed) -> None:
    _pulse_request(assignment_with_people(fact.assignment_id).request)


@subscribe(matching.RunMoved)
def run_moved(fact: matching.RunMoved) -> None:
    pulse(*topics.mine(Run.objects.get(pk=fact.run_id).asked_by_id))


@subscribe(matching.ServiceReviewed)
def service_reviewed(fact: matching.ServiceReviewed) -> None:
    review = Review.objects.get(pk=fact.review_id)
    assignment = assignment_with_people(fact.assignment_id)
    volunteer = assignment.volunteer.user
    tell(
        user=volunteer,
        kind="reviewed",
        params={"stars": review.stars} | of_assignment(assignment),
        link=address("matching:assignment", assignment.pk),
        dedupe_key=f"reviewed:{review.pk}",
    )
    _pulse_request(assignment.request, topics.me(volunteer.pk))


def _kind_of(offer: Offer) -> str:
    if offer.studio:
        return "studio-offer"
    is_urgent = offer.request.urgency == ServiceRequest.Urgency.URGENT
    return "offer-urgent" if is_urgent else "offer"


def _tell_of_cancelled(assignment: Assignment) -> None:
    request = assignment.request
    move = last_move(assignment)
    by_id, reason = (move.by_id, move.reason) if move else (None, "")
    going = {user.pk: user for user in _those_who_go(assignment) if user.pk != by_id}
    for pk in sorted(going):
        tell(
            user=going[pk],
            kind="assignment-cancelled",
            params=of_assignment(assignment) | {"reason": reason},
            link=address("matching:offers"),
            dedupe_key=f"assignment-cancelled:{assignment.pk}",
        )
    if request.status == ServiceRequest.Status.CANCELLED:
        return  # the worker and the household learn that from RequestCancelled
    if by_id != request.posted_by_id:
        _tell_worker(request, "request-lost-somebody")
    if by_id != request.household.contact_id:
        _tell_contact(request, "help-cancelled", f"help-cancelled:{assignment.pk}")


def _those_who_go(assignment: Assignment) -> list[User]:
    lead = [assignment.studio.lead] if assignment.studio else []
    return [assignment.volunteer.user, *lead]


def _tell_worker(request: ServiceRequest, kind: str, **params: str) -> None:
    tell(
        user=request.posted_by,
        kind=kind,
        params=of_request(request) | params,
        link=address("matching:request", request.pk),
        dedupe_key=f"{kind}:{request.pk}:{this_time()}",
    )


def _tell_contact(request: ServiceRequest, kind: str, key: str, **params: object) -> None:
    """The household's contact, where there is one with an account."""
    if request.household.contact:
        tell(
            user=request.household.contact,
            kind=kind,
            params=of_request(request) | params,
            link=address("matching:my_household"),
            dedupe_key=key,
        )


def _tell_contact_to_review(assignment: Assignment) -> None:
    contact = assignment.request.household.contact
    if contact:
        tell(
            user=contact,
            kind="please-review",
            params=of_assignment(assignment),
            link=address("matching:review", assignment.pk),
            dedupe_key=f"please-review:{assignment.pk}",
        )


def _asking(offer: Offer) -> str:
    """One key each time it is put: somebody cancels, and who was told "taken" may be asked again."""
    return f"offer:{offer.pk}:{offer.sent_at.timestamp():.0f}"


def _pulse_offer(offer: Offer) -> None:
    _pulse_request(offer.request, topics.me(asked_of(offer).pk))


def _pulse_request(request: ServiceRequest, *more: str) -> None:
    code = request.division_id
    contact = topics.mine(request.household.contact_id)
    pulse(*topics.desk(code), *topics.near(code), topics.request(request.pk), *contact, *more)
