"""Bringing messages to their channels, after the commit that wrote them.

Every task may run twice, at the same time, and may be killed at any moment. What is waiting stands in the database;
whoever delivers it holds its lock, and who comes second skips it.

Live: at most one message is seen, since the client drops a number that it has, and at least one, since the socket reads
the database from the last number that the client has. Mail: at least once. The window in which it can go out twice
is between the mail server's "accepted" and our commit; both copies carry the same Message-ID.
"""

import logging
import time
from datetime import timedelta

import redis
from allauth.account.models import EmailAddress
from celery import shared_task
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from notifications import live, mail, relay
from notifications.catalogue import Channel, is_true
from notifications.models import Delivery, Pulse

logger = logging.getLogger(__name__)

LEFT_BEHIND = timedelta(seconds=5)  # so long a task has before the sweep looks after it
SWEEP_FOR = 8  # seconds: the next sweep comes after 10
RETRY = timedelta(seconds=10)  # doubled with each failure
LONGEST = timedelta(hours=1)
ATTEMPTS = {Channel.EMAIL: 12}  # about six hours
KEEP_PULSES = timedelta(minutes=15)
STATE = Delivery.State


@shared_task
def deliver_live(*notification_ids: int) -> None:
    """Show these messages on the pages that are open."""
    live.deliver(notification_ids)


@shared_task
def deliver(*notification_ids: int) -> None:
    """Bring these messages to every channel on which they are due."""
    due = Delivery.objects.filter(
        notification__in=notification_ids, state=STATE.WAITING, due_at__lte=timezone.now()
    )
    live.deliver(notification_ids)  # a mail takes its time
    for delivery_id in due.exclude(channel=Channel.SOCKET).order_by("id").values_list("pk", flat=True):
        deliver_one(delivery_id)


@transaction.atomic
def deliver_one(delivery_id: int) -> None:
    """One message on one channel; nothing when it was sent, is not due, or another worker is at it."""
    waiting = Delivery.objects.select_for_update(of=("self",), skip_locked=True)
    delivery = (
        waiting.filter(pk=delivery_id, state=STATE.WAITING, due_at__lte=timezone.now())
        .select_related("notification__user")
        .first()
    )
    if delivery is None:
        return
    delivery.attempts += 1
    try:
        with transaction.atomic():  # what goes wrong in here does not undo the count of attempts
            delivery.state = send(delivery) if is_wanted(delivery) else STATE.OBSOLETE
    except (OSError, redis.RedisError) as error:  # smtplib's errors are OSErrors
        put_off(delivery, error)
    except Exception as error:
        logger.exception("delivery %s", delivery.pk)
        put_off(delivery, error)
    delivery.save(update_fields=["state", "attempts", "due_at", "sent_at", "error"])


def is_wanted(delivery: Delivery) -> bool:
    """Still true, not yet read, and to somebody who can still sign in and be reached."""
    notification = delivery.notification
    if notification.read_at or not notification.user.is_active:
        return False
    if delivery.channel == Channel.EMAIL and not has_proven_address(notification.user):
        return False
    return is_true(notification)


def has_proven_address(user: User) -> bool:
    """Whether the address is this person's: confirmed by a code, or given by staff with the roster.

    Anybody can sign up with an address that is not theirs; its owner must not read what concerns them.
    """
    if not user.email:
        return False
    proven = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True)
    return not user.has_usable_password() or bool(proven.exists())


def send(delivery: Delivery) -> Delivery.State:
    """The state after it. Raises OSError or RedisError when the channel does not take it."""
    mail.compose(delivery).send()
    delivery.sent_at, delivery.error = timezone.now(), ""
    return STATE.SENT


def put_off(delivery: Delivery, error: Exception) -> None:
    channel = Channel(delivery.channel)
    delivery.error = f"{type(error).__name__}: {error}"[:300]
    if delivery.attempts >= ATTEMPTS[channel]:
        delivery.state = STATE.FAILED
        logger.warning("delivery %s failed for good: %s", delivery.pk, delivery.error)
        return
    delivery.due_at = timezone.now() + min(RETRY * 2 ** (delivery.attempts - 1), LONGEST)


@shared_task
def relay_pulses() -> None:
    """Tell the pages that watch what changed. A second time finds nothing."""
    relay.relay()


@shared_task
def sweep() -> None:
    """Do what was left: tasks lost with their worker or queue, retries that are due, messages put off until now."""
    ends = time.monotonic() + SWEEP_FOR
    left = timezone.now() - LEFT_BEHIND
    deliveries = Delivery.objects.filter(state=STATE.WAITING, due_at__lte=left).exclude(
        channel=Channel.SOCKET
    )
    relay.relay()
    live.sweep(left)
    for delivery_id in deliveries.order_by("due_at").values_list("pk", flat=True)[:1000]:
        deliver_one(delivery_id)
        if time.monotonic() > ends:
            return
    Pulse.objects.filter(sent_at__lt=timezone.now() - KEEP_PULSES).delete()
