"""Acts of matching. Lock order everywhere: household, request, studio, volunteers ascending, offers, assignments."""

from matching.services.assignments import (
    check_in,
    check_out,
    contact_of,
    enter_times,
    finish,
    set_off,
)
from matching.services.cancelling import cancel_assignment
from matching.services.offers import accept_offer, decline_offer, expire_offer, offer_myself
from matching.services.requests import (
    ask_again,
    ask_proposed,
    cancel_request,
    close_request,
    open_request,
    pass_over,
)
from matching.services.reviews import review_service

__all__ = [
    "accept_offer",
    "ask_again",
    "ask_proposed",
    "cancel_assignment",
    "cancel_request",
    "check_in",
    "check_out",
    "close_request",
    "contact_of",
    "decline_offer",
    "enter_times",
    "expire_offer",
    "finish",
    "offer_myself",
    "open_request",
    "pass_over",
    "review_service",
    "set_off",
]
