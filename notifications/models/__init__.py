"""Who is told what, and the numbers by which live pages notice what they missed."""

from notifications.models.live import TopicSequence
from notifications.models.messages import (
    Delivery,
    Notification,
    NotificationQuerySet,
    Pulse,
    RecipientSequence,
)
from notifications.models.talk import Listening, Report, Said, Thread

__all__ = [
    "Delivery",
    "Listening",
    "Notification",
    "NotificationQuerySet",
    "Pulse",
    "RecipientSequence",
    "Report",
    "Said",
    "Thread",
    "TopicSequence",
]
