"""From open needs to offers: read, think without any lock, then write under the lock if nothing changed meanwhile.

Two workers may plan the same need at the same time: each writes only if the need still stands as it was read, so the
second finds the first one's offers and stops. Whoever is asked passes the hard limits once more under the lock.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import SourceKind, Volunteer
from accounts.services import record_ask
from core.events import publish
from core.states import move
from matching.candidates import candidates, within_reach
from matching.checks import budget, counts, passing
from matching.events import OfferSent, OffersProposed, RequestChanged, RequestReturned
from matching.models import Offer, ServiceRequest
from matching.needs import Need, load_needs
from matching.people import People, load_people
from matching.problem import Ask, best_other_slot, choose
from matching.services.locks import locked_request, locked_studio, locked_volunteers
from matching.services.requests import answer_deadline, withdraw_offers
from matching.states import OFFER_MOVES, REQUEST_MOVES
from matching.studios import Provider, load_providers, passes, studio_counts, studios_to_ask

Status = ServiceRequest.Status
MOST_ROUNDS = 3
CHANCE_OF_THE_CHOSEN = 1.0  # a plan draws no lots: the same day and the same people give the same plan


def plan(request_ids: Iterable[int]) -> None:
    """Ask people about these needs and about all that were never planned, together. Safe to run twice and at once."""
    wanted = set(request_ids)
    for _round in range(MOST_ROUNDS):
        wanted = _plan_once(wanted, now=timezone.now())
        if not wanted:
            return


def _plan_once(request_ids: set[int], *, now: datetime) -> set[int]:
    """One reading and one writing; gives back the needs of which somebody dropped out between the two."""
    rows = list(
        ServiceRequest.objects.waiting()
        .filter(Q(pk__in=request_ids) | Q(ring=0))
        .select_related("household")
        .order_by("pk")
    )
    needs = load_needs(rows, now=now)
    late = [need for need in needs if need.request.starts_at <= now]
    for need in late:
        _give_back(need, {"cause": "started"})
    open_needs = [need for need in needs if need not in late]
    if not open_needs:
        return set()
    in_rings = [need for need in open_needs if need.request.ring <= need.asking.rings]
    chosen = choose(in_rings, load_people(within_reach(in_rings), now=now), now=now) if in_rings else {}
    again = set()
    for need in in_rings:
        asks = chosen.get(need.request.pk, [])
        if asks and not _send(need, asks, ring=max(need.request.ring, 1), now=now):
            again.add(need.request.pk)
    left = [need for need in open_needs if need.request.pk not in chosen and not need.live]
    if left:
        again |= _ask_studios(left, now=now)
    return again


def _ask_studios(needs: Sequence[Need], *, now: datetime) -> set[int]:
    """After the last ring, or when no volunteer is left: studios, and then back to the worker with the reasons, for
    which alone everybody is counted."""
    providers = load_providers(needs)
    asks_by_need = [(need, studios_to_ask(need, providers)) for need in needs]
    given_back = [need for need, asks in asks_by_need if not asks]
    people = load_people(candidates(given_back), now=now) if given_back else None
    again = set()
    for need, asks in asks_by_need:
        ring = max(need.request.ring, need.asking.rings + 1)
        if people is not None and not asks:
            _give_back(need, because(need, people, providers))
        elif not _send(need, asks, ring=ring, now=now):
            again.add(need.request.pk)
    return again


def because(need: Need, people: People, providers: Sequence[Provider]) -> dict[str, object]:
    """Why nobody could be found: counts by the check that excluded them first (matching/words.py says it in words)."""
    excluded = counts(need, people)
    able = len(people) - excluded.get("skill", 0)
    slot, free = best_other_slot(need, people) if excluded.get("free") or excluded.get("clash") else (0, 0)
    answers = [offer.status for offer in need.offers]
    return {
        "cause": "nobody",
        "able": able,
        "excluded": excluded,
        "studios": studio_counts(need, providers),
        "declined": answers.count(Offer.Status.DECLINED),
        "silent": answers.count(Offer.Status.EXPIRED),
        "slot": slot,
        "free_in_slot": free,
    }


@transaction.atomic
def _give_back(need: Need, reasons: dict[str, object]) -> None:
    """Back to the worker, unless the need moved on meanwhile."""
    request = locked_request(need.request.pk)
    if has_moved(need, request):
        return
    move(
        request,
        Status.RETURNED,
        moves=REQUEST_MOVES,
        by=None,
        returned_because=reasons,
    )
    withdraw_offers(request, by=None)
    publish(RequestReturned(request.pk))
    publish(RequestChanged(request.pk))


def has_moved(need: Need, request: ServiceRequest) -> bool:
    """Whether the locked request stands otherwise than when it was read."""
    now_there = load_needs([request], now=timezone.now(), volunteer_ids=[])[0]
    return now_there.fingerprint != need.fingerprint


@transaction.atomic
def _send(need: Need, asks: Sequence[Ask], *, ring: int, now: datetime) -> bool:
    """Write the offers. False when somebody no longer passes, so that another may be found; nothing is written and
    True when the need itself has moved: whoever moved it saw to what follows."""
    request = locked_request(need.request.pk)
    if has_moved(need, request):
        return True
    passing_asks, people = still_passing(request, asks, now=now)
    if passing_asks:
        write_offers(need, request, passing_asks, people, ring=ring, now=now)
    return len(passing_asks) == len(asks)


def still_passing(request: ServiceRequest, asks: Sequence[Ask], *, now: datetime) -> tuple[list[Ask], People]:
    """The asks that pass every limit now, with studios and volunteers locked."""
    volunteer_ids = [ask.volunteer_id for ask in asks if ask.volunteer_id is not None]
    studio_ids = sorted(ask.studio_id for ask in asks if ask.studio_id is not None)
    for studio in studio_ids:
        locked_studio(studio)
    locked_volunteers(volunteer_ids)
    need = load_needs([request], now=now, volunteer_ids=volunteer_ids)[0]
    people = load_people(Volunteer.objects.filter(pk__in=volunteer_ids), now=now)
    able = set(people.ids[passing(need, people)].tolist())
    providers = load_providers([need], studio_ids=studio_ids) if studio_ids else []
    open_studios = {provider.studio.pk for provider in providers if passes(need, provider)}
    return [ask for ask in asks if ask.volunteer_id in able or ask.studio_id in open_studios], people


def write_offers(
    need: Need, request: ServiceRequest, asks: Sequence[Ask], people: People, *, ring: int, now: datetime
) -> None:
    is_proposal = request.household.is_sensitive
    answer_by = answer_deadline(request, now=now)
    earlier = {
        (offer.volunteer_id, offer.studio_id): offer
        for offer in request.offers.select_for_update().filter(
            status__in=(Offer.Status.TAKEN, Offer.Status.WITHDRAWN)
        )
    }
    over = dict(zip(people.ids.tolist(), (people.asks_7d >= budget(need, people)).tolist(), strict=True))
    for ask in asks:
        status = Offer.Status.PROPOSED if is_proposal else Offer.Status.SENT
        values: dict[str, Any] = {
            "ring": ring,
            "score": ask.score,
            "probability": ask.probability,
            "reasons": ask.reasons,
            "model_version": ask.model_version,
            "distance_m": ask.distance_m,
            "features": ask.features,
            "chance_of_being_asked": CHANCE_OF_THE_CHOSEN,
            "sent_at": now,
            "answer_by": answer_by,
        }
        offer = earlier.get((ask.volunteer_id, ask.studio_id))
        if offer is None:
            offer = Offer.objects.create(
                request=request,
                volunteer_id=ask.volunteer_id,
                studio_id=ask.studio_id,
                status=status,
                **values,
            )
        else:
            move(offer, status, moves=OFFER_MOVES, by=None, answered_at=None, **values)
        if is_proposal:
            continue
        if ask.volunteer_id is not None:
            record_ask(
                volunteer=Volunteer(pk=ask.volunteer_id),
                source_kind=SourceKind.OFFER,
                source_id=offer.pk,
                asked_at=now,
                exceeds_budget=over[ask.volunteer_id],
            )
        publish(OfferSent(offer.pk))
    if not is_proposal and request.status == Status.OPEN:
        move(request, Status.ASKING, moves=REQUEST_MOVES, by=None, ring=ring)
    else:
        request.ring = ring
        request.save(update_fields=["ring"])
    if is_proposal:
        publish(OffersProposed(request.pk))
    publish(RequestChanged(request.pk))
