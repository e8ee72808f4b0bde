"""Nobody waits for somebody who is suspended, or who is no longer sent to the household.

What they promised is cancelled, what they were asked is withdrawn. One transaction a need, the need locked before the
volunteer; so this runs after the suspension, which holds the volunteer's lock. Safe to run twice. Who is at work
already may still check out.
"""

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import BlockedPair, User, Volunteer
from core.events import publish
from core.states import history, move
from core.tasks import queue_after_commit
from matching import tasks
from matching.events import OfferTaken, RequestChanged
from matching.models import Assignment, Offer, ServiceRequest
from matching.models.requests import ServiceRequestQuerySet
from matching.services.cancelling import cancel_locked
from matching.services.locks import locked_assignment, locked_request, locked_volunteers
from matching.states import LIVE, OFFER_MOVES, STILL_TO_COME

# Kept as the reason and read by the person; why it is so is nobody else's business.
SUSPENDED = _("The registration of this volunteer is suspended.")
KEPT_APART = _("The community worker plans this service with somebody else.")


def suspended_with_promises() -> list[int]:
    """Suspended volunteers who still have an open offer or are still expected somewhere."""
    own = Q(volunteer=OuterRef("pk"))
    offers = Offer.objects.filter(own, status__in=LIVE)
    to_come = Assignment.objects.filter(own, status__in=STILL_TO_COME)
    suspended = Volunteer.objects.filter(Exists(offers) | Exists(to_come), status=Volunteer.Status.SUSPENDED)
    return list(suspended.order_by("pk").values_list("pk", flat=True))


def apart_with_promises() -> list[int]:
    """Pairs that are kept apart although one is still asked or expected by the other."""
    own = Q(volunteer=OuterRef("volunteer"), request__household=OuterRef("household"))
    offers = Offer.objects.filter(own, status__in=LIVE)
    to_come = Assignment.objects.filter(own, status__in=STILL_TO_COME)
    apart = BlockedPair.objects.standing().filter(Exists(offers) | Exists(to_come))
    return list(apart.order_by("pk").values_list("pk", flat=True))


def stand_down(*, volunteer_id: int) -> None:
    """Of a suspended volunteer: everything."""
    for pk in _needs_of(volunteer_id, ServiceRequest.objects.all()):
        _stand_down_from(pk, volunteer_id)


def undo_what_was_promised(*, pair_id: int) -> None:
    """Of two who are kept apart: what concerns both."""
    pair = BlockedPair.objects.standing().filter(pk=pair_id).first()
    if pair is None:
        return
    for pk in _needs_of(pair.volunteer_id, ServiceRequest.objects.filter(household=pair.household_id)):
        _keep_away_from(pk, pair_id)


def _needs_of(volunteer_id: int, needs: ServiceRequestQuerySet) -> list[int]:
    own = Q(offers__volunteer=volunteer_id, offers__status__in=LIVE)
    own |= Q(assignments__volunteer=volunteer_id, assignments__status__in=STILL_TO_COME)
    return list(needs.filter(own).order_by("pk").distinct().values_list("pk", flat=True))


@transaction.atomic
def _stand_down_from(request_id: int, volunteer_id: int) -> None:
    request = locked_request(request_id)
    [volunteer] = locked_volunteers([volunteer_id])
    if volunteer.status != Volunteer.Status.SUSPENDED:
        return
    suspension = history(volunteer).filter(after=Volunteer.Status.SUSPENDED).last()
    _undo(request, volunteer, SUSPENDED, by=suspension.by if suspension else None)


@transaction.atomic
def _keep_away_from(request_id: int, pair_id: int) -> None:
    request = locked_request(request_id)
    pair = BlockedPair.objects.standing().select_related("made_by").filter(pk=pair_id).first()
    if pair is not None:
        [volunteer] = locked_volunteers([pair.volunteer_id])
        _undo(request, volunteer, KEPT_APART, by=pair.made_by)


def _undo(request: ServiceRequest, volunteer: Volunteer, why: Promise, *, by: User | None) -> None:
    own = Q(volunteer=volunteer)
    for offer in request.offers.select_for_update().filter(own, status__in=LIVE).order_by("pk"):
        was_sent = offer.status == Offer.Status.SENT
        move(offer, Offer.Status.WITHDRAWN, moves=OFFER_MOVES, by=by)
        if was_sent:
            publish(OfferTaken(offer.pk))
    to_come = request.assignments.filter(own, status__in=STILL_TO_COME).first()
    if to_come:
        request, assignment = locked_assignment(to_come.pk)
        with translation.override(settings.LANGUAGE_CODE):
            said = str(why)
        cancel_locked(request, assignment, said, by=by)
    publish(RequestChanged(request.pk))
    queue_after_commit(tasks.plan_requests, [request.pk])
