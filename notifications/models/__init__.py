"""Who is told what, and the numbers by which live pages notice what they missed."""

from notifications.models.live import TopicSequence
from notifications.models.messages import (
    Delivery,
    Notification,
    NotificationQuerySet,
    Pulse,
    RecipientSequence,
)

__all__ = [
    "Delivery",
    "Notification",
    "NotificationQuerySet",
    "Pulse",
    "RecipientSequence",
    "TopicSequence",
]
