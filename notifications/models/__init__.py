"""Messages and their deliveries, the numbers of live pages, and what each person wants of it all."""

from notifications.models.live import TopicSequence
from notifications.models.messages import (
    Delivery,
    Notification,
    NotificationQuerySet,
    Pulse,
    RecipientSequence,
)
from notifications.models.preferences import Choice, Preferences, PushSubscription, WechatBinding

__all__ = [
    "Choice",
    "Delivery",
    "Notification",
    "NotificationQuerySet",
    "Preferences",
    "Pulse",
    "PushSubscription",
    "RecipientSequence",
    "TopicSequence",
    "WechatBinding",
]
