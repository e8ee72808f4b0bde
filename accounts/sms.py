"""Text messages. The gateway is chosen by `settings.SMS_BACKEND`; the default prints, as Django's console mail does."""

import logging
import sys
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)


class GatewayRefused(Exception):
    """The gateway will not send this, however often it is asked: no such template, a number on its list."""


class SmsBackend(Protocol):
    def send(self, phone: str, text: str, code: str = "") -> None:
        """Hand one message for an E.164 number to the gateway. `code` is the code that the text says, for gateways
        that send registered templates. Raises GatewayRefused, or OSError when trying again may help."""


class ConsoleSms:
    """Prints the message with number and code: for development only (accounts.deployment)."""

    def send(self, phone: str, text: str, code: str = "") -> None:  # noqa: ARG002
        sys.stdout.write(f"SMS to {phone}: {text}\n")
        sys.stdout.flush()


class NoSms:
    """For a centre that has no gateway yet: nothing is sent, and the log says so without number and text."""

    def send(self, phone: str, text: str, code: str = "") -> None:  # noqa: ARG002
        logger.warning("A text message was not sent: SMS_BACKEND names no gateway.")


def send_sms(*, phone: str, text: str, code: str = "") -> None:
    backend: SmsBackend = import_string(settings.SMS_BACKEND)()
    backend.send(phone, text, code)
