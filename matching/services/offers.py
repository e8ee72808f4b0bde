"""An offer is accepted, declined, runs out; or somebody comes unasked."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import SourceKind, Studio, StudioMember, User, Volunteer
from accounts.services import commit_time
from core.errors import DomainError
from core.events import publish
from core.geo import distance_step
from core.states import check_can_move, move
from core.tasks import queue_after_commit
from matching import tasks
from matching.checks import (
    TO_BE_SENT,
    TO_OFFER_ONESELF,
    check_looks_for_people,
    check_passes,
    taken,
)
from matching.engine import PriorAcceptance
from matching.events import (
    OfferAccepted,
    OfferDeclined,
    OfferExpired,
    OfferTaken,
    RequestChanged,
    RequestStaffed,
)
from matching.models import Assignment, Offer, ServiceRequest
from matching.needs import load_needs
from matching.people import load_people
from matching.permissions import check_may
from matching.problem import scores_of
from matching.services.locks import locked_offer, locked_request, locked_studio
from matching.services.requests import answer_deadline
from matching.states import LIVE, OFFER_MOVES, REQUEST_MOVES
from matching.studios import load_providers, week_of

Status = Offer.Status


@transaction.atomic
def accept_offer(*, offer: Offer, by: User, members: Sequence[Volunteer] | None = None) -> list[Assignment]:
    """The first who accept fill the need; the last of them closes it for the others, who are told.

    A studio's lead names the members who go. Accepting again gives the same assignments. An offer that ran out or
    was declined may still be accepted while a place is free.
    Raises DomainError: not_yours, taken, over, unconfirmed, clash, a hard limit's code (checks.py), no_members,
    too_many, not_a_member, capacity.
    """
    request = locked_request(offer.request_id)
    offer = locked_offer(offer.pk)
    check_may(by, "matching.answer_offer", offer)
    standing = list(offer.assignments.standing().select_related("volunteer__user").order_by("pk"))
    if standing:
        return standing
    if offer.status == Status.WITHDRAWN or offer.status == Status.TAKEN:
        raise taken()
    check_looks_for_people(request)
    if offer.status != Status.ACCEPTED:
        check_can_move(offer, Status.ACCEPTED, moves=OFFER_MOVES)
    check_was_confirmed(request, offer)
    goes = _who_goes(offer, request, members)
    assignments = [_assign(request, offer, volunteer) for volunteer in sorted(goes, key=lambda one: one.pk)]
    if offer.status != Status.ACCEPTED:
        move(offer, Status.ACCEPTED, moves=OFFER_MOVES, by=by, answered_at=timezone.now())
    publish(OfferAccepted(offer.pk, tuple(assignment.pk for assignment in assignments)))
    _fill(request, len(assignments), by=by)
    return assignments


def check_was_confirmed(request: ServiceRequest, offer: Offer) -> None:
    """A household may have become one where a person confirms first after the offer was sent."""
    if (
        request.household.is_sensitive
        and not Offer.objects.with_a_workers_word().filter(pk=offer.pk).exists()
    ):
        raise DomainError(
            "unconfirmed",
            _("Here the community worker confirms first who goes."),
            help=_("You are asked again if you are proposed and confirmed. Others are waiting for you."),
        )


def _who_goes(offer: Offer, request: ServiceRequest, members: Sequence[Volunteer] | None) -> list[Volunteer]:
    if offer.studio is None:
        assert offer.volunteer is not None  # noqa: S101  the database holds it: an offer is put to one of both
        _check_limits(request, [offer.volunteer], to_be_sent=False)
        return [offer.volunteer]
    studio = locked_studio(offer.studio.pk)
    goes = list(members or [])
    _check_members(studio, goes, request)
    _check_limits(request, goes, to_be_sent=True)
    return goes


def _check_limits(request: ServiceRequest, volunteers: Sequence[Volunteer], *, to_be_sent: bool) -> None:
    """The hard limits once more, under the lock: a licence may have run out since the question was put."""
    now, ids = timezone.now(), [volunteer.pk for volunteer in volunteers]
    need = load_needs([request], now=now, volunteer_ids=ids)[0]
    for volunteer in volunteers:
        person = load_people(Volunteer.objects.filter(pk=volunteer.pk), now=now)
        check_passes(need, person, TO_BE_SENT if to_be_sent else TO_OFFER_ONESELF)


def _check_members(studio: Studio, members: Sequence[Volunteer], request: ServiceRequest) -> None:
    if not members:
        raise DomainError("no_members", _("Nobody is named yet."), help=_("Choose who goes."))
    if len(members) > request.free:
        raise DomainError(
            "too_many",
            _("Only %(free)d can go."),
            help=_("Choose fewer people."),
            params={"free": request.free},
        )
    own = set(StudioMember.objects.filter(studio=studio).values_list("volunteer_id", flat=True))
    if not {member.pk for member in members} <= own:
        raise DomainError(
            "not_a_member", _("Somebody you chose is not a member of the studio."), help=_("Choose again.")
        )
    need = load_needs([request], now=timezone.now(), volunteer_ids=[])[0]
    providers = load_providers([need], studio_ids=[studio.pk])
    room = providers[0].room_in(week_of(request.starts_at)) if providers else 0
    if room < len(members):
        raise DomainError(
            "capacity",
            _("The studio has room for %(room)d more that week."),
            help=_("Raise the weekly capacity, or decline so that others are asked."),
            params={"room": room},
        )


def _assign(request: ServiceRequest, offer: Offer, volunteer: Volunteer) -> Assignment:
    assignment = Assignment.objects.create(
        request=request, offer=offer, volunteer=volunteer, studio=offer.studio
    )
    commit_time(
        volunteer=volunteer,
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        source_kind=SourceKind.ASSIGNMENT,
        source_id=assignment.pk,
    )
    return assignment


def _fill(request: ServiceRequest, count: int, *, by: User) -> None:
    """Count those who accepted; with the last place the other offers end."""
    request.filled += count
    if request.free > 0:
        request.save(update_fields=["filled"])
    else:
        now = timezone.now()
        move(
            request,
            ServiceRequest.Status.STAFFED,
            moves=REQUEST_MOVES,
            by=by,
            filled=request.filled,
            staffed_at=now,
            returned_because={},
        )
        for other in request.offers.select_for_update().filter(status__in=LIVE).order_by("pk"):
            was_sent = other.status == Status.SENT
            move(other, Status.TAKEN if was_sent else Status.WITHDRAWN, moves=OFFER_MOVES, by=by)
            if was_sent:
                publish(OfferTaken(other.pk))
        publish(RequestStaffed(request.pk))
    publish(RequestChanged(request.pk))


@transaction.atomic
def decline_offer(*, offer: Offer, by: User, reason: str = "") -> Offer:
    """No, with or without a reason; somebody else is asked at once. Declining again changes nothing.

    Raises DomainError: not_yours, not_in_this_state.
    """
    request = locked_request(offer.request_id)
    offer = locked_offer(offer.pk)
    check_may(by, "matching.answer_offer", offer)
    if offer.status == Status.DECLINED:
        return offer
    if offer.status == Status.ACCEPTED:
        raise DomainError(
            "accepted_already",
            _("You have accepted this."),
            help=_("If you cannot come after all, cancel it on its page."),
        )
    move(
        offer,
        Status.DECLINED,
        moves=OFFER_MOVES,
        by=by,
        reason=reason,
        answered_at=timezone.now(),
        decline_reason=reason.strip()[:120],
    )
    publish(OfferDeclined(offer.pk))
    publish(RequestChanged(request.pk))
    queue_after_commit(tasks.plan_requests, [request.pk])
    return offer


@transaction.atomic
def expire_offer(*, offer: Offer) -> bool:
    """The deadline has passed: the next ring begins with the first offer of a ring that runs out.

    Safe to run twice. False when there was nothing to do: answered meanwhile, or not yet due.
    """
    request = locked_request(offer.request_id)
    offer = locked_offer(offer.pk)
    if offer.status != Status.SENT or offer.answer_by > timezone.now():
        return False
    move(offer, Status.EXPIRED, moves=OFFER_MOVES, by=None)
    if offer.ring == request.ring:
        request.ring += 1
        request.save(update_fields=["ring"])
    publish(OfferExpired(offer.pk))
    publish(RequestChanged(request.pk))
    queue_after_commit(tasks.plan_requests, [request.pk])
    return True


@transaction.atomic
def offer_myself(*, request: ServiceRequest, volunteer: Volunteer, by: User) -> Offer:
    """Somebody who saw the need comes unasked. The hard limits hold; free times, radius and the contact budget are
    the person's own wishes and may be set aside. Where a person confirms first it becomes a proposal to the worker.

    Raises DomainError: not_yours, taken, over, or the code of a limit.
    """
    if volunteer.user_id != by.pk:
        raise DomainError(
            "not_yours", _("Only for yourself."), help=_("Sign in as the person who wants to help.")
        )
    request = locked_request(request.pk)
    offer = request.offers.select_for_update(of=("self",)).filter(volunteer=volunteer).first()
    if offer is not None and offer.assignments.standing().exists():
        return offer
    check_looks_for_people(request)
    _check_limits(request, [volunteer], to_be_sent=False)
    if offer is None:
        offer = _unasked(request, volunteer)
        publish(RequestChanged(request.pk))
    if request.household.is_sensitive:
        return offer
    if offer.status in (Status.TAKEN, Status.WITHDRAWN):
        move(offer, Status.SENT, moves=OFFER_MOVES, by=by)
    accept_offer(offer=offer, by=by)
    offer.refresh_from_db()
    return offer


def _unasked(request: ServiceRequest, volunteer: Volunteer) -> Offer:
    now = timezone.now()
    need = load_needs([request], now=now, volunteer_ids=[volunteer.pk])[0]
    person = load_people(Volunteer.objects.filter(pk=volunteer.pk), now=now)
    model = PriorAcceptance()
    score, probability = scores_of(need, person, person.rows([volunteer.pk]), model, now=now)
    return Offer.objects.create(
        request=request,
        volunteer=volunteer,
        ring=max(request.ring, 1),
        score=float(score[0]),
        probability=float(probability[0]),
        reasons=[{"code": "came_unasked"}],
        model_version=model.version,
        distance_m=None if request.is_remote else distance_step(volunteer.home, request.cell),
        status=Status.PROPOSED if request.household.is_sensitive else Status.SENT,
        sent_at=now,
        answer_by=answer_deadline(request, now=now),
    )
