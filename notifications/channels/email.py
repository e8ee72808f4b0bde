"""A message, or a digest of several, as e-mail: text and HTML in the reader's language.

Each mail can be stopped with one click by the reader's mail program (RFC 8058) and sorted by its List-Id (RFC 2919).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import ngettext

from accounts.models import User
from notifications.actions import question_path
from notifications.catalogue import KINDS, Channel, Message, message_of
from notifications.channels import post
from notifications.links import Ticket, open_path
from notifications.models import Delivery, Notification


class EmailCarrier:
    def can_reach(self, user: User) -> bool:
        return has_proven_address(user)

    def send(self, delivery: Delivery) -> None:
        post.send(compose(delivery))


def has_proven_address(user: User) -> bool:
    """Whether the address is this person's: confirmed by a code, or given by staff with the roster.

    Anybody can sign up with an address that is not theirs; its owner must not read what concerns them.
    """
    if not user.email:
        return False
    proven = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True)
    return not user.has_usable_password() or bool(proven.exists())


@dataclass(frozen=True)
class Entry:
    """One message of a digest."""

    message: Message
    url: str
    told_at: datetime


def host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def message_id(delivery: Delivery) -> str:
    """The same for every attempt, so that whoever receives it twice can know."""
    return f"<delivery-{delivery.pk}@{host()}>"


def compose(delivery: Delivery) -> EmailMultiAlternatives:
    notification = delivery.notification
    user = notification.user
    with translation.override(user.language):
        message = message_of(notification, lasting=True)
        ticket = Ticket(user.pk, notification.kind, Channel.EMAIL)
        question = question_path(notification)
        context = {
            "message": message,
            "url": address_of(notification),
            "question_url": settings.SITE_URL + question if question else "",
            **frame(user, ticket),
        }
        return letter(
            user, " ".join(message.subject.split()), "mail", context, ticket, message_id=message_id(delivery)
        )


def compose_digest(user: User, deliveries: Sequence[Delivery]) -> EmailMultiAlternatives:
    """One mail for all of these (not empty), the oldest first."""
    notifications = [delivery.notification for delivery in deliveries]
    with translation.override(user.language):
        ticket = Ticket(user.pk, notifications[0].kind, Channel.EMAIL)
        context = {"entries": entries_of(notifications), **frame(user, ticket)}
        return letter(
            user,
            digest_subject(len(notifications)),
            "digest",
            context,
            ticket,
            message_id=message_id(deliveries[0]),
        )


def digest_subject(count: int) -> str:
    said = ngettext("%(count)d message from %(site)s", "%(count)d messages from %(site)s", count)
    return said % {"count": count, "site": settings.SITE_NAME}


def entries_of(notifications: Sequence[Notification]) -> list[Entry]:
    return [Entry(message_of(row, lasting=True), address_of(row), row.created_at) for row in notifications]


def address_of(notification: Notification) -> str:
    return settings.SITE_URL + open_path(notification)


def frame(user: User, ticket: Ticket) -> dict[str, object]:
    return {
        "person": user,
        "language": user.language,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "choices_url": ticket.url,
        "group": KINDS[ticket.kind].group.label,
    }


def letter(
    user: User, subject: str, template: str, context: dict[str, object], ticket: Ticket, *, message_id: str
) -> EmailMultiAlternatives:
    group = KINDS[ticket.kind].group
    mail = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"notifications/{template}.txt", context),
        to=[user.email or ""],
        headers={
            "Message-ID": message_id,
            "Auto-Submitted": "auto-generated",
            "List-Id": f"{group.value} <{group.value}.{host()}>",
            "List-Unsubscribe": f"<{ticket.url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    mail.attach_alternative(render_to_string(f"notifications/{template}.html", context), "text/html")
    return mail
