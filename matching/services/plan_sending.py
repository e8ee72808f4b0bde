"""The plan is sent: the people it proposes are asked, for all needs or for some, by the person who looked at it.

One transaction a need, in the lock order of all offers (request, volunteers ascending, offers), with the hard limits
and the contact budget looked at once more under the lock. A need that moved meanwhile is left as it stands, so two
people who send the same plan at once make each offer once. Where a person confirms first, the offers are proposals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from core.states import move
from matching.models import ServiceRequest
from matching.needs import Need
from matching.permissions import check_may
from matching.plans.board import Board, thinks_about
from matching.plans.solving import Solved
from matching.plans.studios import is_thinking
from matching.problem import Ask, asks_of
from matching.services.locks import locked_request
from matching.services.planning import has_moved, still_passing, write_offers
from matching.services.plans import current_plan
from matching.states import REQUEST_MOVES
from matching.studios import ask_of

Status = ServiceRequest.Status


@dataclass
class Sent:
    """What came of it."""

    asked: int = 0
    proposed: int = 0  # to be confirmed on the page of the need
    moved: list[ServiceRequest] = field(default_factory=list)  # somebody else was faster
    fell_out: int = 0  # people who no longer pass a limit


def accept_plan(*, by: User, token: str, request_ids: Iterable[int] | None = None) -> Sent:
    """Ask the people of the plan as it was seen; `request_ids` None means every need of it.

    Raises DomainError: stale (the plan stands otherwise than it was seen; nobody is asked), nothing_chosen.
    """
    current = current_plan(by=by)
    if current.token != token:
        raise DomainError(
            "stale",
            _("Something has changed since you looked at this plan. Nobody was asked."),
            help=_("This is the plan as it stands now. Look at it, then send it."),
        )
    board = current.chosen.board
    wanted = {need.request.pk for need in board.needs} if request_ids is None else set(request_ids)
    sent = Sent()
    asks = {
        need.request.pk: new
        for at, need in enumerate(board.needs)
        if need.request.pk in wanted and (new := new_asks(current.chosen, at))
    }
    if not asks:
        raise DomainError(
            "nothing_chosen",
            _("There is nobody new to ask for these needs."),
            help=_("Choose needs for which the plan proposes somebody who was not asked yet."),
        )
    for need in board.needs:
        if need.request.pk in asks:
            _send_one(need, asks[need.request.pk], board, sent, by=by)
    return sent


def new_asks(solved: Solved, at: int) -> list[Ask]:
    """The people and studios planned for this need who were not asked about it yet, with their reasons."""
    board, need = solved.board, solved.board.needs[at]
    thinking = thinks_about(need, board.people)
    rows = np.array([row for row in solved.rows_of(at) if not thinking[row]], np.int64)
    asks = asks_of(need, board.people, rows, board.model, now=board.now) if len(rows) else []
    studios = [week.provider for week in solved.studios_of(at)]
    return asks + [ask_of(need, provider) for provider in studios if not is_thinking(need, provider)]


@transaction.atomic
def _send_one(need: Need, asks: list[Ask], board: Board, sent: Sent, *, by: User) -> None:
    request = locked_request(need.request.pk)
    check_may(by, "matching.act_on_request", request)
    if has_moved(need, request) or request.starts_at <= board.now:
        sent.moved.append(request)
        return
    passing, people = still_passing(request, asks, now=board.now)
    sent.fell_out += len(asks) - len(passing)
    if not passing:
        return
    ring = max(request.ring, 1)
    if request.status == Status.RETURNED:
        ring = 1
        move(request, Status.OPEN, moves=REQUEST_MOVES, by=by, returned_because={})
    write_offers(need, request, passing, people, ring=ring, now=board.now)
    if request.household.is_sensitive:
        sent.proposed += len(passing)
    else:
        sent.asked += len(passing)
