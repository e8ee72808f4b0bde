"""A made-up thing that every kind can be shown with: for the preview of staff, and where a kind must have a name."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.catalogue.words import Message, message_of
from notifications.models import Notification


def example_params() -> dict[str, Any]:
    """Every word that a sentence may use, in the active language."""
    start = timezone.localtime().replace(hour=14, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return {
        "title": _("A haircut at home"),
        "place": _("Community centre, room 2"),
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=2)).isoformat(),
        "answer_by": (start - timedelta(hours=20)).isoformat(),
        "minutes": 120,
        "stars": 5,
        "star": 3,
        "count": 3,
        "places": 2,
        "position": 2,
        "studio": _("A law studio"),
        "organisation": _("A firm of the district"),
        "person": _("A volunteer"),
        "reason": _("It rains too hard."),
        "answer": _("You were right: it was two hours."),
        "what": ["place", "starts_at"],
        "lead": _("tomorrow"),
    }


def example_of(kind: str) -> Notification:
    """A message of this kind that stands in no inbox."""
    return Notification(pk=0, kind=kind, params=example_params(), created_at=timezone.now())


def example_message(kind: str) -> Message:
    return message_of(example_of(kind), lasting=True)
