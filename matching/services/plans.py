"""The plan on a person's screen: made, and changed by hand. Nothing here asks anybody (services/plan_sending.py does).

The draft is the person's own, holds the changes and not the plan, and ends after half an hour. Each time the needs and
the people of the short list are read again; when they stand otherwise than before, the plan is made anew and says so.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from matching.models import PlanDraft, ServiceRequest
from matching.plans.board import Board, lay_out, open_needs, shortlist
from matching.plans.gaps import reasons_of
from matching.plans.limits import name_of, why_not
from matching.plans.solving import Changes, Pair, Solved, solve
from matching.plans.words import why_not_words

EXPIRES_AFTER = timedelta(minutes=30)


@dataclass(frozen=True)
class Current:
    """The plan as it stands now, beside the best one without changes by hand."""

    draft: PlanDraft
    best: Solved
    chosen: Solved
    dropped: list[Pair] = field(default_factory=list)  # changes by hand that no longer hold
    is_new: bool = False  # made from every candidate just now
    has_moved: bool = False  # because the world changed since the draft was made
    seconds: float = 0.0

    @property
    def price(self) -> int:
        """How far the changes by hand are from the best plan, in the engine's measure; never negative."""
        return self.chosen.plan.objective - self.best.plan.objective

    @property
    def token(self) -> str:
        """What the person saw: a plan is sent only as it was seen."""
        seen = (self.draft.fingerprint, sorted(self.chosen.pairs()))
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]


def changes_of(draft: PlanDraft) -> Changes:
    return Changes(
        frozenset((request, volunteer) for request, volunteer in draft.pinned),
        frozenset((request, volunteer) for request, volunteer in draft.forbidden),
    )


def quietly(percent: int) -> None:
    """Nobody watches how far it is."""


def current_plan(*, by: User, anew: bool = False, told: Callable[[int], None] = quietly) -> Current:
    """This person's plan: from the short list while nothing has changed, else from every candidate.

    Changes by hand stay as long as they are possible.
    """
    began, now = time.perf_counter(), timezone.now()
    draft = PlanDraft.objects.filter(user=by, made_at__gt=now - EXPIRES_AFTER).first()
    requests = open_needs(by, now=now)
    if draft is not None and not anew:
        board = _from_shortlist(draft, requests, now=now)
        if board.fingerprint == draft.fingerprint:
            best, chosen = _both(board, changes_of(draft))
            if best.is_exact and chosen.is_exact:
                return Current(draft, best, chosen, seconds=time.perf_counter() - began)
    before = draft.fingerprint if draft else ""
    told(10)
    whole = lay_out(requests, now=now)
    told(60)
    kept, dropped = still_possible(whole, changes_of(draft) if draft else Changes())
    draft, board = _new_draft(whole, kept, by=by)
    told(90)
    best, chosen = _both(board, kept)
    return Current(
        draft,
        best,
        chosen,
        dropped,
        is_new=True,
        has_moved=bool(before) and not anew and before != draft.fingerprint,
        seconds=time.perf_counter() - began,
    )


def _from_shortlist(draft: PlanDraft, requests: list[ServiceRequest], *, now: datetime) -> Board:
    beyond = {int(request): cost for request, cost in draft.beyond.items()}
    return lay_out(requests, now=now, listed=draft.shortlist, beyond=beyond)


def _both(board: Board, changes: Changes) -> tuple[Solved, Solved]:
    best = solve(board)
    return best, solve(board, changes) if changes else best


def _new_draft(whole: Board, changes: Changes, *, by: User) -> tuple[PlanDraft, Board]:
    """The draft of a plan over everybody, and the board of its short list."""
    prices = solve(whole).plan.request_price.tolist()
    listed, beyond = shortlist(whole, prices, keep=[volunteer for _request, volunteer in changes.pinned])
    board = whole.narrowed(listed, beyond)
    providers = whole.studios.providers
    because = {need.request.pk: reasons_of(need, whole.people, providers) for need in whole.needs}
    draft, _is_first = PlanDraft.objects.update_or_create(
        user=by,
        defaults={
            "made_at": whole.now,
            "fingerprint": board.fingerprint,
            "pinned": sorted(changes.pinned),
            "forbidden": sorted(changes.forbidden),
            "shortlist": listed,
            "beyond": {str(request): cost for request, cost in beyond.items()},
            "because": {str(request): found for request, found in because.items()},
        },
    )
    return draft, board


def still_possible(board: Board, changes: Changes) -> tuple[Changes, list[Pair]]:
    """The changes that can hold on this board, and those that no longer can."""
    pinned: set[Pair] = set()
    seats: Counter[int] = Counter()
    weeks: Counter[int] = Counter()
    for request, volunteer in sorted(changes.pinned):
        if not board.has(request) or not board.fits(request, volunteer):
            continue
        at = board.at(request)
        column = board.studios.column(at, volunteer)
        if column is not None:
            weeks[column] += 1
            if weeks[column] > board.studios.weeks[column].room:
                continue
        if seats[request] < board.needs[at].request.free:
            seats[request] += 1
            pinned.add((request, volunteer))
    forbidden = {pair for pair in changes.forbidden if board.has(pair[0])}
    kept = Changes(frozenset(pinned), frozenset(forbidden))
    return kept, sorted(changes.pinned - pinned)


def keep_for(*, request_id: int, volunteer_id: int, by: User) -> Current:
    """ "This person goes there" (or studio: minus its id): the plan is made around it.

    Raises DomainError: no_longer_open; no_seat; capacity (the studio's week is full); the code of a hard limit that is
    not passed (checks.py, studios.py): a decision by hand never beats a licence, another promise or the contact budget.
    """

    def keep(current: Current, changes: Changes) -> Changes:
        _check_may_go(current, request_id, volunteer_id)
        return changes.with_pin((request_id, volunteer_id))

    return _change(keep, by=by, listed=[volunteer_id] if volunteer_id > 0 else [])


def leave_out(*, request_id: int, volunteer_id: int, by: User) -> Current:
    """ "Not this person for this need"; others are planned. Raises DomainError: no_longer_open."""

    def leave(current: Current, changes: Changes) -> Changes:
        _check_is_open(current, request_id)
        return changes.with_forbidden((request_id, volunteer_id))

    return _change(leave, by=by)


def release(*, request_id: int, volunteer_id: int, by: User) -> Current:
    """Neither kept nor left out any more."""
    return _change(lambda _current, changes: changes.released((request_id, volunteer_id)), by=by)


def swap(*, one: Pair, other: Pair, by: User) -> Current:
    """Two planned people change places. Raises DomainError as `keep_for` does."""

    def change_places(current: Current, changes: Changes) -> Changes:
        _check_may_go(current, one[0], other[1])
        _check_may_go(current, other[0], one[1])
        return changes.swapped(one, other)

    return _change(change_places, by=by)


def start_over(*, by: User) -> Current:
    """All changes by hand are dropped."""
    return _change(lambda _current, _changes: Changes(), by=by)


def _change(
    decide: Callable[[Current, Changes], Changes], *, by: User, listed: Sequence[int] = ()
) -> Current:
    """One change by hand; gives back the plan as it stood before.

    Two windows of one person change one after the other: the draft is locked.
    """
    with transaction.atomic():
        PlanDraft.objects.select_for_update().filter(user=by).first()
        current = current_plan(by=by)
        draft, board = current.draft, current.chosen.board
        changes = decide(current, changes_of(draft))
        if more := set(listed) - set(draft.shortlist):
            draft.shortlist = sorted({*draft.shortlist, *more})
            now = timezone.now()
            board = _from_shortlist(draft, open_needs(by, now=now), now=now)
            draft.fingerprint = board.fingerprint
        solve(board, changes)
        draft.pinned, draft.forbidden = sorted(changes.pinned), sorted(changes.forbidden)
        draft.save(update_fields=["shortlist", "fingerprint", "pinned", "forbidden"])
    return current


def _check_is_open(current: Current, request_id: int) -> None:
    if not current.chosen.board.has(request_id):
        raise DomainError(
            "no_longer_open",
            _("This need no longer looks for people."),
            help=_("The plan shows those that do."),
        )


def _check_may_go(current: Current, request_id: int, volunteer_id: int) -> None:
    _check_is_open(current, request_id)
    board = current.chosen.board
    if board.fits(request_id, volunteer_id):
        return
    codes = why_not(board, request_id, volunteer_id)
    if codes:
        raise DomainError(
            codes[0],
            _("%(who)s cannot be chosen: %(why)s."),
            help=_("A decision by hand does not set a limit aside. Choose somebody else."),
            params={"who": name_of(volunteer_id), "why": why_not_words(codes)[0]},
        )
