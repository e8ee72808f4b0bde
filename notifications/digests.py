"""The mail that collects what can wait: one for all that is due, of what is still true and unread."""

from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from accounts.models import User
from notifications.attempts import attempt
from notifications.catalogue import Channel
from notifications.channels import post
from notifications.channels.email import compose_digest
from notifications.deciding import verdict_on
from notifications.models import Delivery

AT_A_TIME = 100  # messages of one mail; the others come in the next
LOCK = 7301  # the class of the advisory lock: one digest of a person at a time


def waiting_of(user: User) -> QuerySet[Delivery]:
    found = Delivery.objects.filter(
        notification__user=user, channel=Channel.EMAIL, in_digest=True, state=Delivery.State.WAITING
    )
    return found.select_related("notification__user__preferences").order_by("notification_id")


def deliver(user: User, *, now: datetime) -> None:
    """Send this person's collected mail, inside the caller's transaction; nothing while another worker is at it."""
    if not _is_ours(user):
        return
    due = list(waiting_of(user).filter(due_at__lte=now).select_for_update(of=("self",))[:AT_A_TIME])
    kept = []
    for delivery in due:
        if verdict := verdict_on(delivery):
            delivery.state = verdict
            delivery.save(update_fields=["state"])
        else:
            kept.append(delivery)
    if kept:
        attempt(kept, lambda: _send(user, kept))


def _send(user: User, deliveries: list[Delivery]) -> None:
    post.send(compose_digest(user, deliveries))


def _is_ours(user: User) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, user.pk])
        return bool(cursor.fetchone()[0])
