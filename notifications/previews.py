"""Every kind as people read it, made with an example: nothing is written and nobody is told."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import override

from accounts.models import User
from notifications.catalogue import KINDS, Channel, Kind, Message
from notifications.catalogue.example import example_message
from notifications.channels.email import frame
from notifications.channels.sms import text_of
from notifications.links import Ticket

LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True)
class Reading:
    """One kind in one language."""

    language: str
    message: Message
    sms: str


@dataclass(frozen=True)
class Preview:
    name: str
    kind: Kind
    readings: tuple[Reading, ...]

    @property
    def channels(self) -> list[Channel]:
        return [channel for channel in self.kind.channels if channel != Channel.SOCKET]


def previews_of(kinds: Iterable[str]) -> list[Preview]:
    return [Preview(name, KINDS[name], tuple(reading_of(name, one) for one in LANGUAGES)) for name in kinds]


def reading_of(kind: str, language: str) -> Reading:
    with override(language):
        message = example_message(kind)
        return Reading(language, message, text_of(message) if KINDS[kind].by_sms else "")


def mail_of(kind: str, language: str, reader: User) -> str:
    """The HTML of the mail, in the active language, as if it went to `reader`. Its links lead nowhere."""
    ticket = Ticket(reader.pk, kind, Channel.EMAIL)
    context = {**frame(reader, ticket), "message": example_message(kind), "language": language}
    return render_to_string("notifications/mail.html", context | {"url": "#", "choices_url": "#"})
