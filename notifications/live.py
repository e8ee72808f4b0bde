"""Messages on pages that are open: told in batches, since one act may concern ten thousand people.

Whoever is connected reads the messages themselves from the database; what goes out is each person's last number.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least
from django.utils import timezone

from notifications.catalogue import true_ones
from notifications.models import Delivery
from notifications.relay import publish

STATE = Delivery.State
AT_ONCE = 500
RETRY = timedelta(seconds=10)


@transaction.atomic
def deliver(notification_ids: Collection[int]) -> None:
    """Those of these messages that wait for their page, in seven queries. What another worker is at is skipped."""
    waiting = list(
        Delivery.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(
            notification__in=notification_ids,
            channel=Delivery.Channel.SOCKET,
            state=STATE.WAITING,
            due_at__lte=timezone.now(),
        )
        .select_related("notification__user")
        .order_by("pk")
    )
    if not waiting:
        return
    held = true_ones([delivery.notification for delivery in waiting])
    wanted = [
        delivery
        for delivery in waiting
        if delivery.notification_id in held
        and delivery.notification.read_at is None
        and delivery.notification.user.is_active
    ]
    told: dict[int, int] = {}
    for delivery in wanted:
        user_id, sequence = delivery.notification.user_id, delivery.notification.sequence or 0
        told[user_id] = max(sequence, told.get(user_id, 0))
    if told and not publish({"told": told}):
        _put_off(waiting)
        return
    now = timezone.now()
    _mark({delivery.pk for delivery in wanted}, state=STATE.SENT, sent_at=now)
    _mark({delivery.pk for delivery in waiting} - {delivery.pk for delivery in wanted}, state=STATE.OBSOLETE)


def sweep(left: datetime) -> None:
    """Everything that was due before `left`, in batches."""
    due = Delivery.objects.filter(channel=Delivery.Channel.SOCKET, state=STATE.WAITING, due_at__lte=left)
    ids = list(due.order_by("due_at").values_list("notification", flat=True)[: 20 * AT_ONCE])
    for start in range(0, len(ids), AT_ONCE):
        deliver(ids[start : start + AT_ONCE])


def _mark(ids: Iterable[int], **changes: object) -> None:
    Delivery.objects.filter(pk__in=list(ids)).update(**changes, attempts=F("attempts") + 1, error="")


def _put_off(waiting: list[Delivery]) -> None:
    """Until Redis is back. No limit to the attempts: the pages find it in the database in any case."""
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in waiting]).update(
        attempts=Least(F("attempts") + 1, 1000), due_at=timezone.now() + RETRY, error="Redis is gone"
    )
