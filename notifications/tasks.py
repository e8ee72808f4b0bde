"""Bringing messages to their channels, after the commit that wrote them.

Two queues: `deliver_live`, `relay_pulses` and `sweep_live` reach open pages and wait for nobody outside; `deliver` and
`sweep` talk to the servers of others, all mails of one task over one connection (channels/post.py).

Every task may run twice, at the same time, and may be killed at any moment. What is waiting stands in the database;
whoever delivers it holds its lock, and who comes second skips it.

Live: at most one message is seen, since the client drops a number that it has, and at least one, since the socket reads
the database from the last number that the client has. Mail: at least once. The window in which it can go out twice
is between the mail server's "accepted" and our commit; both copies carry the same Message-ID.
"""

import time
from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from notifications import digests, live, relay
from notifications.attempts import attempt
from notifications.catalogue import Channel
from notifications.channels import CARRIERS, post
from notifications.deciding import hold, verdict_on
from notifications.models import Delivery, Pulse

LEFT_BEHIND = timedelta(seconds=5)  # so long a task has before the sweep looks after it
SWEEP_FOR = 8  # seconds: the next sweep comes after 10
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
    with post.one_connection():
        for delivery_id in due.exclude(channel=Channel.SOCKET).order_by("id").values_list("pk", flat=True):
            deliver_one(delivery_id)


@transaction.atomic
def deliver_one(delivery_id: int) -> None:
    """One message on one channel; nothing when it was sent, is not due, or another worker is at it."""
    waiting = Delivery.objects.select_for_update(of=("self",), skip_locked=True)
    delivery = (
        waiting.filter(pk=delivery_id, state=STATE.WAITING, due_at__lte=timezone.now())
        .select_related("notification__user__preferences")
        .first()
    )
    if delivery is None:
        return
    if delivery.in_digest:
        digests.deliver(delivery.notification.user, now=timezone.now())
        return
    if verdict := verdict_on(delivery):
        delivery.state = verdict
    elif wait := hold(delivery):
        delivery.due_at, delivery.in_digest = wait.until, wait.in_digest
    else:
        attempt([delivery], lambda: CARRIERS[Channel(delivery.channel)].send(delivery))
        return
    delivery.save(update_fields=["state", "due_at", "in_digest"])


@shared_task
def relay_pulses() -> None:
    """Tell the pages that watch what changed. A second time finds nothing."""
    relay.relay()


@shared_task
def sweep_live() -> None:
    """What was left of pages: tasks lost with their worker or queue, and what had to wait for Redis."""
    relay.relay()
    live.sweep(timezone.now() - LEFT_BEHIND)


@shared_task
def sweep() -> None:
    """Do all that was left: tasks lost with their worker or queue, retries that are due, messages put off until now.
    Pages first, in case that their own worker is gone."""
    ends = time.monotonic() + SWEEP_FOR
    left = timezone.now() - LEFT_BEHIND
    deliveries = Delivery.objects.filter(state=STATE.WAITING, due_at__lte=left).exclude(
        channel=Channel.SOCKET
    )
    sweep_live()
    with post.one_connection():
        for delivery_id in deliveries.order_by("due_at").values_list("pk", flat=True)[:1000]:
            deliver_one(delivery_id)
            if time.monotonic() > ends:
                return
    Pulse.objects.filter(sent_at__lt=timezone.now() - KEEP_PULSES).delete()
