"""Acts: telling people, saying that pages changed, reading.

`tell` and `pulse` run inside the transaction of the fact: what they write is kept or lost with it, and what brings it
to people starts after the commit. If that is lost (worker killed, Redis gone), `tasks.sweep` does it.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.tasks import queue_after_commit
from notifications import tasks, topics
from notifications.catalogue import KINDS, Channel
from notifications.choosing import chosen_channels
from notifications.models import Delivery, Notification, Pulse

AT_ONCE = 200  # messages that one task delivers
FIRST = 20  # the first task is short, so that somebody sees the message at once while the rest drain


def tell(
    *,
    user: User,
    kind: str,
    params: Mapping[str, Any],
    link: str,
    dedupe_key: str,
    channels: Collection[Channel] | None = None,
    due_at: datetime | None = None,
) -> Notification | None:
    """Write one message to one person; see `tell_many`. None when this person has been told, or cannot sign in."""
    told = tell_many(
        users=[user],
        kind=kind,
        params=params,
        link=link,
        dedupe_key=dedupe_key,
        channels=channels,
        due_at=due_at,
    )
    return told[0] if told else None


def tell_many(
    *,
    users: Iterable[User],
    kind: str,
    params: Mapping[str, Any],
    link: str,
    dedupe_key: str,
    channels: Collection[Channel] | None = None,
    due_at: datetime | None = None,
) -> list[Notification]:
    """Write the same message to each of these people once, in a constant number of queries.

    Beyond the inbox it goes by the channels of the kind that the person has chosen (choosing). `params` are ids and
    public words (catalogue); `link` is a path of this site. `dedupe_key` names the fact: who has
    a message with this key gets no second one, also when two transactions tell at the same time. `channels` replaces
    those of the kind; the inbox and the live channel cannot be left out. `due_at` puts delivery off.

    Returns the new messages. Their `sequence` is given when the transaction commits (RecipientSequence).
    """
    known = KINDS[kind]
    reached = {user.pk: user for user in users if user.is_active}
    Notification.objects.bulk_create(
        [
            Notification(user_id=pk, kind=kind, params=dict(params), link=link, dedupe_key=dedupe_key)
            for pk in sorted(
                reached
            )  # one order for all, so that those who tell the same fact do not deadlock
        ],
        ignore_conflicts=True,
    )
    new = list(
        Notification.objects.filter(
            user__in=reached, dedupe_key=dedupe_key, sequence__isnull=True, deliveries__isnull=True
        ).order_by("user_id")
    )
    told = {notification.user_id: reached[notification.user_id] for notification in new}
    chosen = chosen_channels(kind, told, known.channels if channels is None else channels)
    at_once = due_at or timezone.now()
    Delivery.objects.bulk_create(
        Delivery(
            notification=notification,
            channel=channel,
            due_at=at_once if channel == Channel.SOCKET else at_once + known.waits,
        )
        for notification in new
        for channel in sorted(chosen[notification.user_id])
    )
    if due_at is None:
        ids = [notification.pk for notification in new]
        for batch in [*batches_of(ids[:FIRST]), *batches_of(ids[FIRST:])]:
            queue_after_commit(tasks.deliver_live, *batch)
        for batch in batches_of(ids):
            queue_after_commit(tasks.deliver, *batch)
    return new


def batches_of(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]


def pulse(*names: str) -> None:
    """Pages that watch one of these topics look again after the commit (notifications/topics.py has the names).

    Only inserts a row: two who change the same district at the same time do not wait for each other.
    """
    if names:
        Pulse.objects.create(topics=sorted(set(names)))
        queue_after_commit(tasks.relay_pulses)


@transaction.atomic
def mark_read(*, notification: Notification, by: User) -> None:
    """The reader has seen it. A second time changes nothing; somebody else's is left as it is."""
    if Notification.objects.visible_to(by).unread().filter(pk=notification.pk).update(read_at=timezone.now()):
        pulse(topics.me(by.pk))


@transaction.atomic
def mark_all_read(*, by: User, up_to: int | None = None) -> int:
    """Everything, or everything up to the message with the id `up_to`, has been seen; how many that were.

    With `up_to`, what arrived while the page was open stays unread.
    """
    unread = Notification.objects.visible_to(by).unread()
    if up_to is not None:
        unread = unread.filter(pk__lte=up_to)
    count = unread.update(read_at=timezone.now())
    if count:
        pulse(topics.me(by.pk))
    return count
