"""Whether a delivery that is due still goes out, and whether it goes now."""

from django.utils import timezone

from accounts.models import User
from notifications.catalogue import KINDS, Channel, is_true
from notifications.channels import CARRIERS
from notifications.choosing import is_off
from notifications.models import Delivery, Preferences
from notifications.timing import RINGING, Wait, wait_of


def verdict_on(delivery: Delivery) -> Delivery.State | None:
    """None when it goes out; otherwise the state in which it ends.

    It must still be true and unread, to somebody who can sign in, has a proven address on the channel and has not
    switched it off since. What would ring during a holiday is not kept for afterwards: the inbox has it.
    """
    notification = delivery.notification
    user, channel = notification.user, Channel(delivery.channel)
    if notification.read_at or not user.is_active or not is_true(notification):
        return Delivery.State.OBSOLETE
    if channel == Channel.SOCKET:
        return None
    if not CARRIERS[channel].can_reach(user):
        return Delivery.State.OBSOLETE
    is_resting = user.is_away(timezone.localdate()) and not KINDS[notification.kind].is_safety
    if is_off(notification.kind, user.pk, channel) or (is_resting and channel in RINGING):
        return Delivery.State.UNWANTED
    return None


def hold(delivery: Delivery) -> Wait | None:
    notification = delivery.notification
    return wait_of(
        KINDS[notification.kind],
        Channel(delivery.channel),
        notification.user,
        preferences_of(notification.user),
        now=timezone.now(),
    )


def preferences_of(user: User) -> Preferences:
    """What was chosen, else the defaults, unsaved."""
    try:
        return user.preferences
    except Preferences.DoesNotExist:
        return Preferences(user=user)
