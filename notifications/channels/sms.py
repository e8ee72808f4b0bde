"""A message as text message: the subject and where to read more, through the gateway of accounts.sms."""

from django.conf import settings
from django.utils import translation

from accounts.models import User
from accounts.sms import GatewayRefused, send_sms
from notifications.catalogue import Message, message_of
from notifications.channels.errors import Undeliverable
from notifications.models import Delivery


class SmsCarrier:
    def can_reach(self, user: User) -> bool:
        return bool(user.phone and user.is_phone_verified)

    def send(self, delivery: Delivery) -> None:
        user = delivery.notification.user
        with translation.override(user.language):
            text = text_of(message_of(delivery.notification, lasting=True))
        try:
            send_sms(phone=user.phone or "", text=text)
        except GatewayRefused as refused:
            raise Undeliverable(str(refused)) from refused


def text_of(message: Message) -> str:
    return f"{settings.SITE_NAME}: {message.subject}"
