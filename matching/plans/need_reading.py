"""One need of the plan: who goes, who else could and at what price, why not somebody."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from accounts.models import Studio, User, Volunteer
from matching.models import Offer, ServiceRequest
from matching.plans.limits import why_not
from matching.plans.reading import Provider, measure, named, row_of
from matching.plans.solving import Changes, Solved, solve
from matching.plans.words import why_not_words
from matching.problem import Ask, asks_of
from matching.services.plans import Current, changes_of
from matching.studios import ask_of
from matching.words import why

ALTERNATIVES = 6
STUDIOS_SHOWN = 3
FOUND_BY_NAME = 8


@dataclass(frozen=True)
class Alternative:
    """Somebody else for a need: what choosing this person or studio would cost, or why it cannot be."""

    who: Provider
    key: int
    reasons: list[str] = field(default_factory=list)
    percent: int = 0
    planned_for: ServiceRequest | None = None  # of a person; a studio may go to several
    price: list[str] = field(default_factory=list)
    hindrances: list[str] = field(default_factory=list)
    cannot: str = ""


def need_page_of(current: Current, request_id: int, *, by: User, who: str = "") -> dict[str, Any]:
    """The context of the page. Raises KeyError when the need is not in the plan."""
    solved, changes = current.chosen, changes_of(current.draft)
    at = solved.board.at(request_id)
    others, swaps = _others(solved, changes, at), _swaps(solved, at)
    names = named({*(key for _need, key in (*solved.pairs(), *changes.forbidden)), *others})
    found = _found(by, who) if who else []
    return {
        "current": current,
        "row": row_of(current, changes, at, names),
        "others": [_alternative(current, at, key, names[key]) for key in others if key in names],
        "swaps": {
            mine: [(f"{need.pk}:{other}", names[other], need) for need, other in pairs]
            for mine, pairs in swaps.items()
        },
        "found": [_alternative(current, at, key, one) for key, one in found],
        "who": who,
    }


def _found(by: User, who: str) -> list[tuple[int, Provider]]:
    """Volunteers of the reader's neighbourhoods and verified studios of this name."""
    people = Volunteer.objects.visible_to(by).filter(user__name__icontains=who).select_related("user")
    studios = Studio.objects.verified().filter(name__icontains=who)
    found: list[tuple[int, Provider]] = [
        (one.pk, one) for one in people.order_by("user__name", "pk")[:FOUND_BY_NAME]
    ]
    return [*found, *((-one.pk, one) for one in studios.order_by("name")[:STUDIOS_SHOWN])]


def _who_is_where(solved: Solved) -> list[tuple[ServiceRequest, int]]:
    """People only: a studio may be in several places."""
    needs = {need.request.pk: need.request for need in solved.board.needs}
    return [(needs[request], key) for request, key in sorted(solved.pairs()) if key > 0]


def _others(solved: Solved, changes: Changes, at: int) -> list[int]:
    """The cheapest who are not planned here, and not left out: people, then studios."""
    board, pk = solved.board, solved.board.needs[at].request.pk
    taken = solved.pairs() | changes.forbidden
    people = [int(board.people.ids[row]) for row in board.pools[at].people]
    return [
        *[key for key in people if (pk, key) not in taken][:ALTERNATIVES],
        *[key for key in board.studios.keys(at) if (pk, key) not in taken][:STUDIOS_SHOWN],
    ]


def _swaps(solved: Solved, at: int) -> dict[int, list[tuple[ServiceRequest, int]]]:
    """For each person planned here, those planned elsewhere with whom places can be changed."""
    board, here = solved.board, solved.board.needs[at].request
    mine = [int(board.people.ids[row]) for row in solved.rows_of(at)]
    return {
        volunteer: [
            (need, other)
            for need, other in _who_is_where(solved)
            if need is not here and board.fits(here.pk, other) and board.fits(need.pk, volunteer)
        ]
        for volunteer in mine
    }


def _alternative(current: Current, at: int, key: int, who: Provider) -> Alternative:
    """Why not this one: the limits that are not passed, or the price of choosing it all the same."""
    solved, board = current.chosen, current.chosen.board
    pk = board.needs[at].request.pk
    if not board.fits(pk, key):
        codes = why_not(board, pk, key)
        return Alternative(who, key, hindrances=why_not_words(codes), cannot="limit" if codes else "unlisted")
    ask = _ask(solved, at, key)
    words, percent = why(Offer(reasons=ask.reasons)), round(100 * ask.probability)
    if (pk, key) in solved.pairs():
        return Alternative(who, key, words, percent, board.needs[at].request)
    elsewhere = next((need for need, other in _who_is_where(solved) if other == key), None)
    changes = changes_of(current.draft)
    if sum(request == pk for request, _who in changes.pinned) >= board.needs[at].request.free:
        return Alternative(who, key, words, percent, elsewhere, cannot="no_seat")
    tried = solve(board, changes.with_pin((pk, key)))
    return Alternative(who, key, words, percent, elsewhere, price=measure(tried).over(measure(solved)))


def _ask(solved: Solved, at: int, key: int) -> Ask:
    board, need = solved.board, solved.board.needs[at]
    provider = board.studios.provider(key) if key < 0 else None
    if provider is not None:
        return ask_of(need, provider)
    return asks_of(need, board.people, board.people.rows([key]), board.model, now=board.now)[0]
