"""Facts: what happened, told to whoever asked to know, inside the transaction in which it happened.

An app publishes a frozen dataclass in the past tense and never knows who listens:

    publish(OfferAccepted(offer_id=7, assignment_id=3, request_id=2))

Subscribers run at once and in the same transaction: what they write is kept or lost together with the fact. Anything
that leaves the database (a socket, a mail) must be put off until after the commit by the subscriber.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import transaction

Fact = TypeVar("Fact")
_subscribers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


class NoTransaction(RuntimeError):
    """A fact was published outside a transaction, where it could be told and then not be true."""


def subscribe(fact_type: type[Fact]) -> Callable[[Callable[[Fact], None]], Callable[[Fact], None]]:
    """Register the decorated function for facts of this type; once, however often its module is loaded."""

    def register(subscriber: Callable[[Fact], None]) -> Callable[[Fact], None]:
        if subscriber not in _subscribers[fact_type]:
            _subscribers[fact_type].append(subscriber)
        return subscriber

    return register


def subscribers(fact_type: type) -> tuple[Callable[[Any], None], ...]:
    return tuple(_subscribers[fact_type])


def publish(fact: object) -> None:
    """Tell every subscriber of this fact, in order of registration. Raises NoTransaction outside `atomic`."""
    if not transaction.get_connection().in_atomic_block:
        raise NoTransaction(type(fact).__name__)
    for subscriber in subscribers(type(fact)):
        subscriber(fact)
