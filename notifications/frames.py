"""What a socket reads from the database, and the frames it makes of that. Runs in the threads of the hub."""

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_supported_language_variant

from accounts.models import User
from notifications import topics
from notifications.catalogue import message_of, true_ones
from notifications.models import Notification, RecipientSequence

BATCH = 100


def frame(kind: str, /, **content: Any) -> str:
    return json.dumps({"type": kind, **content}, ensure_ascii=False, separators=(",", ":"))


def language_of(wanted: object) -> str:
    """The language of the page, else the site's."""
    try:
        return get_supported_language_variant(str(wanted))
    except LookupError:
        return settings.LANGUAGE_CODE


def standing_of(user: User) -> tuple[int, int]:
    """The last number given to this person, and how many messages are unread."""
    return RecipientSequence.objects.filter(user=user).values_list("last", flat=True).first() or 0, unread_of(
        user
    )


def unread_of(user: User) -> int:
    return Notification.objects.visible_to(user).unread().count()


def permitted_now(user: User | AnonymousUser, names: list[object]) -> set[str]:
    """By the roles of this moment: a socket may have been open since before one was taken away."""
    now = User.objects.filter(pk=user.pk, is_active=True).first() if user.is_authenticated else None
    return topics.permitted(now or AnonymousUser(), names)


def frames_after(user: User, sequence: int, language: str) -> list[tuple[int, str]]:
    """At most BATCH messages that this person has not, in order, each with its number. `quiet`: read already, or no
    longer true."""
    missed = list(Notification.objects.visible_to(user).after(sequence)[:BATCH])
    if not missed:
        return []
    held = true_ones(missed)
    unread = unread_of(user)
    with translation.override(language):
        return [
            (
                row.sequence or 0,
                frame(
                    "notification",
                    sequence=row.sequence,
                    kind=row.kind,
                    text=message_of(row).subject,
                    link=reverse("notifications:open", args=[row.pk]),
                    quiet=row.read_at is not None or row.pk not in held,
                    unread=unread,
                ),
            )
            for row in missed
        ]
