"""Needs and people laid out for one plan: who may be asked about what, at what cost.

The first look reads every candidate of the district. It leaves a short list of people who can matter; after a change by
hand only those are read again, so that planning again takes a fraction of a second. For each need the cost of the
cheapest person off the list is kept: as long as no seat pays that much, the plan is the best over everybody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from django.db.models import F, QuerySet

from accounts.models import User
from matching.candidates import candidates, these
from matching.checks import TO_BE_ASKED, TO_OFFER_ONESELF, passing
from matching.engine import AcceptanceModel
from matching.learning.serving import model_in_force
from matching.models import ServiceRequest
from matching.needs import Need, load_needs
from matching.people import Integers, Mask, People, load_people
from matching.plans.studios import Studios, lay_out_studios
from matching.problem import Pool, scores_of

COST_OF_ASKING = (
    700  # whoever is thinking about it already is kept unless somebody is twice as likely to come
)
FIRST_LIST = 64  # of each need when the engine begins
SHORT_LIST = 16  # of each need at least, so that a change by hand finds others
Status = ServiceRequest.Status
LOOKING = (Status.OPEN, Status.ASKING, Status.RETURNED)


@dataclass(frozen=True)
class Board:
    """R needs, V people, and for each need those who may be asked or are thinking, the cheapest first; and studios."""

    needs: list[Need]
    people: People
    pools: list[Pool]
    model: AcceptanceModel
    now: datetime
    studios: Studios
    # request -> cost of the cheapest who is not among `people`; empty when everybody is
    beyond: dict[int, int] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Another one means that a need moved on, or that somebody of the short list fell out or came in."""
        seen = hashlib.sha256()
        for need, pool in zip(self.needs, self.pools, strict=True):
            seen.update(repr(stand_of(need)).encode())
            seen.update(np.sort(self.people.ids[pool.people]).tobytes())
        for row in range(len(self.needs)):
            seen.update(repr(sorted(self.studios.keys(row))).encode())
        return seen.hexdigest()

    @property
    def stand(self) -> str:
        return stand_of_all(self.needs)

    def at(self, request_id: int) -> int:
        """Row of this need. Raises KeyError."""
        for row, need in enumerate(self.needs):
            if need.request.pk == request_id:
                return row
        raise KeyError(request_id)

    def fits(self, request_id: int, key: int) -> bool:
        """Whether this person (or studio: minus its id) may be planned for this need."""
        at = self.at(request_id)
        if key < 0:
            return self.studios.column(at, key) is not None
        return bool((self.people.ids[self.pools[at].people] == key).any())

    def has(self, request_id: int) -> bool:
        return any(need.request.pk == request_id for need in self.needs)

    def narrowed(self, listed: Sequence[int], beyond: dict[int, int]) -> Board:
        """The same for the people of the short list only."""
        keep = self.people.among(listed)
        pools = [pool.without(keep[pool.people]) for pool in self.pools]
        return replace(self, pools=pools, beyond=beyond)


def stand_of(need: Need) -> tuple[object, ...]:
    request = need.request
    return (request.pk, request.starts_at.isoformat(), request.headcount, need.fingerprint)


def stand_of_all(needs: Sequence[Need]) -> str:
    """Another one means that a need came, went or moved on; people are not looked at."""
    return hashlib.sha256(repr([stand_of(need) for need in needs]).encode()).hexdigest()[:32]


def open_needs(user: User, *, now: datetime) -> list[ServiceRequest]:
    """Needs in this person's scope that lack somebody and lie ahead."""
    return list(wanting(ServiceRequest.objects.in_scope_of(user), now=now))


def wanting(requests: QuerySet[ServiceRequest], *, now: datetime) -> QuerySet[ServiceRequest]:
    """Of these requests, those that lack people and still lie ahead; the soonest first."""
    return (
        requests.filter(status__in=LOOKING, starts_at__gt=now, filled__lt=F("headcount"))
        .select_related("household", "division__parent")
        .order_by("starts_at", "pk")
    )


def lay_out(
    requests: Sequence[ServiceRequest],
    *,
    now: datetime,
    listed: Sequence[int] | None = None,
    beyond: dict[int, int] | None = None,
) -> Board:
    """The board of these needs, with every candidate of the district, or with those of a short list only.

    The number of queries depends on neither needs nor people.
    """
    needs = load_needs(requests, now=now)
    people = load_people(candidates(needs) if listed is None else these(listed), now=now)
    model = model_in_force()
    busy_thinking = _thinking_elsewhere(needs, people)
    pools = [
        _pool(need, people, model, elsewhere, now=now)
        for need, elsewhere in zip(needs, busy_thinking, strict=True)
    ]
    return Board(needs, people, pools, model, now, lay_out_studios(needs), beyond or {})


def _pool(need: Need, people: People, model: AcceptanceModel, elsewhere: Mask, *, now: datetime) -> Pool:
    thinking = thinks_about(need, people)
    able = (passing(need, people, TO_BE_ASKED) & ~elsewhere) | thinking
    rows = np.flatnonzero(able)
    score, probability = scores_of(need, people, rows, model, now=now)
    cost = np.rint(-1000 * np.log(np.maximum(score, 1e-6))).astype(np.int64)
    cost += np.where(thinking[rows], 0, COST_OF_ASKING)
    order = np.lexsort((people.ids[rows], cost))
    return Pool(need, rows[order], cost[order], score[order], probability[order], need.request.free)


def thinks_about(need: Need, people: People) -> Mask:
    """(V,) who was asked or proposed, has not answered yet, and could still come."""
    live = [offer.volunteer_id for offer in need.live if offer.volunteer_id is not None]
    return people.among(live) & passing(need, people, TO_OFFER_ONESELF)


def _thinking_elsewhere(needs: Sequence[Need], people: People) -> list[Mask]:
    """For each need who is being asked about another one of the same hours: one question at a time."""
    asked = [
        (need, people.among([offer.volunteer_id for offer in need.live if offer.volunteer_id]))
        for need in needs
        if need.live
    ]
    masks = []
    for need in needs:
        mask = np.zeros(len(people), np.bool_)
        for other, thinking in asked:
            if other is not need and overlap(need, other):
                mask |= thinking
        masks.append(mask)
    return masks


def is_thinking_elsewhere(board: Board, need: Need, volunteer_id: int) -> bool:
    """Whether this person is being asked about another need of the same hours."""
    return any(
        offer.volunteer_id == volunteer_id
        for other in board.needs
        if other is not need and overlap(need, other)
        for offer in other.live
    )


def overlap(one: Need, other: Need) -> bool:
    mine, theirs = one.request, other.request
    return mine.starts_at < theirs.ends_at and theirs.starts_at < mine.ends_at


def shortlist(
    board: Board, prices: Sequence[int], *, keep: Sequence[int] = ()
) -> tuple[list[int], dict[int, int]]:
    """Volunteers who can matter, with those of `keep`, and by need what the cheapest of the others would cost.

    `prices` (R,): what the best plan pays for one more place of each need; whoever costs less may come in.
    """
    listed: set[int] = set(board.people.rows(keep).tolist())
    for pool, price in zip(board.pools, prices, strict=True):
        count = max(SHORT_LIST, 4 * pool.wanted, int(np.searchsorted(pool.cost, price)))
        listed.update(pool.people[:count].tolist())
    rows: Integers = np.array(sorted(listed), np.int64)
    beyond = {}
    for pool in board.pools:
        others = pool.cost[~np.isin(pool.people, rows)]
        if len(others):
            beyond[pool.need.request.pk] = int(others[0])
    return board.people.ids[rows].tolist(), beyond
