"""Links in a message that work without signing in: whoever holds the message may change how it is sent.

A link carries a signed token with the person, the kind and the channel. It opens the settings of messages and
nothing else, and says no name. It does not run out: an old mail must still be able to stop new ones (RFC 8058).
"""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import User
from notifications.catalogue import KINDS, Channel
from notifications.models import Notification

SALT = "notifications.choice"


@dataclass(frozen=True)
class Ticket:
    """What a link stands for: the person, and the kind and channel of the message that carried it."""

    user_id: int
    kind: str
    channel: Channel

    @property
    def token(self) -> str:
        return signing.dumps([self.user_id, self.kind, str(self.channel)], salt=SALT)

    @property
    def path(self) -> str:
        return reverse("notifications:choices", args=[self.token])

    @property
    def url(self) -> str:
        return settings.SITE_URL + self.path

    def person(self) -> User | None:
        found: User | None = User.objects.filter(pk=self.user_id, is_active=True).first()
        return found


def read_ticket(token: str) -> Ticket | None:
    """None for what we did not sign, or of a kind that is no longer."""
    try:
        user_id, kind, channel = signing.loads(token, salt=SALT)
        ticket = Ticket(int(user_id), str(kind), Channel(channel))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return ticket if ticket.kind in KINDS else None


def open_path(notification: Notification) -> str:
    """Where a message leads, by way of being marked as read."""
    return reverse("notifications:open", args=[notification.pk])
