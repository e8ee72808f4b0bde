"""Answers that need no page: one tap in a push message, or one button behind a link that needs no signing in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.core import signing
from django.urls import reverse
from django.utils.functional import Promise

from notifications.models import Notification

SALT = "notifications.answer"


@dataclass(frozen=True)
class Answer:
    name: str  # a word of QUICK
    label: str | Promise
    path: str  # takes a POST and nothing else


QUICK: Mapping[str, tuple[tuple[str, str | Promise], ...]] = {}


def token_of(notification: Notification) -> str:
    return signing.dumps([notification.pk, notification.user_id], salt=SALT)


def quick_answers(notification: Notification) -> list[Answer]:
    """Those of its kind; none for most kinds."""
    token = token_of(notification)
    return [
        Answer(name, label, reverse("notifications:answer", args=[token, name]))
        for name, label in QUICK.get(notification.kind, ())
    ]
