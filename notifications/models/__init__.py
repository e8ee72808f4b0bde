"""Messages and their deliveries; what each person wants of them."""

from notifications.models.messages import Delivery, Notification, Pulse, RecipientSequence
from notifications.models.preferences import Choice, Preferences, PushSubscription, WechatBinding

__all__ = [
    "Choice",
    "Delivery",
    "Notification",
    "Preferences",
    "Pulse",
    "PushSubscription",
    "RecipientSequence",
    "WechatBinding",
]
