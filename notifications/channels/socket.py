"""Live: a nudge to the person's open pages; the words are read from the database by the socket."""

from typing import Any

from channels.layers import get_channel_layer

from accounts.models import User
from notifications import topics
from notifications.models import Delivery


class SocketCarrier:
    rings = False

    def can_reach(self, user: User) -> bool:  # noqa: ARG002
        """Everybody has an inbox."""
        return True

    def send(self, delivery: Delivery) -> None:
        notification = delivery.notification
        message = {"type": "notification.told", "sequence": notification.sequence}
        publish([topics.me(notification.user_id)], message)


def publish(names: list[str], message: dict[str, Any]) -> None:
    get_channel_layer().publish([topics.group_of(name) for name in names], message)
