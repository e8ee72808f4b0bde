"""Why somebody may not be planned for a need, read afresh; a studio is written as minus its id."""

from __future__ import annotations

from accounts.models import Studio, Volunteer
from matching.checks import TO_BE_ASKED, failed
from matching.needs import load_needs
from matching.people import load_people
from matching.plans.board import Board, is_thinking_elsewhere
from matching.studios import studio_hindrances


def name_of(key: int) -> str:
    who = (
        Studio.objects.filter(pk=-key).first()
        if key < 0
        else Volunteer.objects.select_related("user").filter(pk=key).first()
    )
    return str(who or "?")


def why_not(board: Board, request_id: int, key: int) -> list[str]:
    """Codes of all that forbids it; empty when the plan merely prefers others."""
    if board.fits(request_id, key):
        return []
    need = board.needs[board.at(request_id)]
    if key < 0:
        provider = board.studios.provider(key)
        return studio_hindrances(need, provider) if provider else ["gone"]
    person = load_people(
        Volunteer.objects.filter(pk=key).exclude(status=Volunteer.Status.SUSPENDED), now=board.now
    )
    if not len(person):
        return ["gone"]
    [fresh] = load_needs([need.request], now=board.now, volunteer_ids=[key])
    codes = [check.code for check in failed(fresh, person, TO_BE_ASKED)]
    if is_thinking_elsewhere(board, need, key):
        codes.append("thinking")
    return codes
