"""The one table of allowed moves of a need, an offer and an assignment; `core.states.move` keeps the history.

A need looks for people (open), asks (asking), and either has them all (staffed) or comes back to the worker (returned),
who may ask again. Who cancels frees a seat, so a staffed need can look again. Served means that everybody who went is
out again; the worker closes.
"""

from core.states import Moves
from matching.models import Assignment, Offer, ServiceRequest

Request, Answer, Service = ServiceRequest.Status, Offer.Status, Assignment.Status

REQUEST_MOVES: Moves = {
    Request.OPEN: frozenset(
        {Request.ASKING, Request.STAFFED, Request.RETURNED, Request.SERVED, Request.CANCELLED}
    ),
    Request.ASKING: frozenset(
        {Request.OPEN, Request.STAFFED, Request.RETURNED, Request.SERVED, Request.CANCELLED}
    ),
    Request.STAFFED: frozenset({Request.OPEN, Request.SERVED, Request.CANCELLED}),
    Request.RETURNED: frozenset(
        {Request.OPEN, Request.STAFFED, Request.SERVED, Request.CLOSED, Request.CANCELLED}
    ),
    Request.SERVED: frozenset({Request.CLOSED}),
}

OFFER_MOVES: Moves = {
    # the worker says "ask these people", or turns one down
    Answer.PROPOSED: frozenset({Answer.SENT, Answer.PASSED, Answer.WITHDRAWN}),
    Answer.SENT: frozenset(
        {Answer.ACCEPTED, Answer.DECLINED, Answer.EXPIRED, Answer.TAKEN, Answer.WITHDRAWN}
    ),
    # a change of mind, or a late answer, is welcome while a seat is free
    Answer.DECLINED: frozenset({Answer.ACCEPTED}),
    Answer.EXPIRED: frozenset({Answer.ACCEPTED, Answer.WITHDRAWN}),
    # somebody cancelled: those who were told "taken" may be asked again, or come on their own
    Answer.TAKEN: frozenset({Answer.SENT, Answer.PROPOSED, Answer.ACCEPTED, Answer.WITHDRAWN}),
    Answer.WITHDRAWN: frozenset({Answer.SENT, Answer.PROPOSED, Answer.ACCEPTED}),
    # the assignment that came of it was cancelled, by the person or by staff
    Answer.ACCEPTED: frozenset({Answer.DECLINED, Answer.PASSED}),
}

ASSIGNMENT_MOVES: Moves = {
    Service.ACCEPTED: frozenset({Service.ON_MY_WAY, Service.CHECKED_IN, Service.CANCELLED}),
    Service.ON_MY_WAY: frozenset({Service.CHECKED_IN, Service.CANCELLED}),
    Service.CHECKED_IN: frozenset({Service.CHECKED_OUT}),
    Service.CHECKED_OUT: frozenset({Service.DONE}),
}

# What planning reads from the states of an offer.
LIVE = (Answer.SENT, Answer.PROPOSED)
MAY_BE_ASKED_AGAIN = (Answer.TAKEN, Answer.WITHDRAWN)
STILL_TO_COME = (Service.ACCEPTED, Service.ON_MY_WAY)
OUT_AGAIN = (Service.CHECKED_OUT, Service.DONE)
