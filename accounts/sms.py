"""Text messages. The gateway is chosen by `settings.SMS_BACKEND`; the default prints, as Django's console mail does."""

import sys
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class SmsBackend(Protocol):
    def send(self, phone: str, text: str) -> None:
        """Hand one message for an E.164 number to the gateway; raises what the gateway raises."""


class ConsoleSms:
    """Prints the message: for development, and for a centre that has no gateway yet."""

    def send(self, phone: str, text: str) -> None:
        sys.stdout.write(f"SMS to {phone}: {text}\n")
        sys.stdout.flush()


def send_sms(*, phone: str, text: str) -> None:
    backend: SmsBackend = import_string(settings.SMS_BACKEND)()
    backend.send(phone, text)
