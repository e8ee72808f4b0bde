"""Trying to send: what comes of it is written on the deliveries. Growing pauses after a failure, then a dead letter."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from notifications.catalogue import Channel
from notifications.channels.errors import Undeliverable
from notifications.models import Delivery

logger = logging.getLogger(__name__)

RETRY = timedelta(seconds=10)  # doubled with each failure
LONGEST = timedelta(hours=1)
# about six hours of mail; what rings is of no use hours later
ATTEMPTS = {Channel.EMAIL: 12, Channel.PUSH: 8, Channel.SMS: 8, Channel.WECHAT: 8}
STATE = Delivery.State


def attempt(deliveries: Sequence[Delivery], send: Callable[[], None]) -> None:
    """Send these (locked by the caller) with one call, and save what came of it."""
    for delivery in deliveries:
        delivery.attempts += 1
    refused: Undeliverable | None = None
    try:
        with transaction.atomic():  # what goes wrong in here does not undo the count of attempts
            try:
                send()
            except Undeliverable as error:  # what the carrier learned by it, and wrote down, stays
                refused = error
    except OSError as error:  # smtplib's and requests' errors are OSErrors
        _note(deliveries, error, put_off)
    except Exception as error:
        logger.exception("deliveries %s", [delivery.pk for delivery in deliveries])
        _note(deliveries, error, put_off)
    else:
        if refused:
            _note(deliveries, refused, give_up)
        else:
            _sent(deliveries)
    Delivery.objects.bulk_update(deliveries, ["state", "attempts", "due_at", "sent_at", "error"])


def _sent(deliveries: Sequence[Delivery]) -> None:
    for delivery in deliveries:
        delivery.state, delivery.sent_at, delivery.error = STATE.SENT, timezone.now(), ""


def _note(
    deliveries: Sequence[Delivery], error: Exception, fate: Callable[[Delivery, Exception], None]
) -> None:
    for delivery in deliveries:
        fate(delivery, error)


def put_off(delivery: Delivery, error: Exception) -> None:
    channel = Channel(delivery.channel)
    if delivery.attempts >= ATTEMPTS[channel]:
        give_up(delivery, error)
        return
    delivery.error = f"{type(error).__name__}: {error}"[:300]
    delivery.due_at = timezone.now() + min(RETRY * 2 ** (delivery.attempts - 1), LONGEST)


def give_up(delivery: Delivery, error: Exception) -> None:
    """A dead letter: staff see it and may send it again."""
    delivery.state, delivery.error = STATE.FAILED, f"{type(error).__name__}: {error}"[:300]
    logger.warning("delivery %s failed for good: %s", delivery.pk, delivery.error)
