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
from notifications.models.talk import Listening, Report, Said, Thread
from notifications.models.watches import PlaceWatch

__all__ = [
    "Choice",
    "Delivery",
    "Listening",
    "Notification",
    "NotificationQuerySet",
    "PlaceWatch",
    "Preferences",
    "Pulse",
    "PushSubscription",
    "RecipientSequence",
    "Report",
    "Said",
    "Thread",
    "TopicSequence",
    "WechatBinding",
]
