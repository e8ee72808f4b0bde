"""Facts of this app."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RequestOpened:
    request_id: int


@dataclass(frozen=True)
class RequestChanged:
    """The need stands otherwise than before (state, ring, people found): desks look again."""

    request_id: int


@dataclass(frozen=True)
class RequestStaffed:
    request_id: int


@dataclass(frozen=True)
class RequestReturned:
    """Nobody could be found; the worker is told why."""

    request_id: int


@dataclass(frozen=True)
class RequestCancelled:
    request_id: int
    reason: str


@dataclass(frozen=True)
class RequestClosed:
    request_id: int


@dataclass(frozen=True)
class OfferSent:
    offer_id: int


@dataclass(frozen=True)
class OffersProposed:
    """For a household where a person confirms first: nobody of them is asked before the worker's word."""

    request_id: int


@dataclass(frozen=True)
class OfferAccepted:
    offer_id: int
    assignment_ids: tuple[int, ...]


@dataclass(frozen=True)
class OfferDeclined:
    offer_id: int


@dataclass(frozen=True)
class OfferExpired:
    offer_id: int


@dataclass(frozen=True)
class OfferTaken:
    """Others were first, or the need was cancelled: this offer is no longer open."""

    offer_id: int


@dataclass(frozen=True)
class AssignmentMoved:
    """On the way, at work, done or cancelled."""

    assignment_id: int
    status: str


@dataclass(frozen=True)
class ServiceReviewed:
    review_id: int
    assignment_id: int


@dataclass(frozen=True)
class AssignmentConfirmed:
    """Who goes said, on the day before, that they are still going."""

    assignment_id: int


@dataclass(frozen=True)
class RunMoved:
    """Long work that staff started is farther, or at its end."""

    run_id: int
