"""A message as text message: the subject and where to read more, through the gateway of accounts.sms."""

from django.conf import settings
from django.utils import translation

from accounts.models import User
from accounts.sms import GatewayRefused, send_sms
from notifications.catalogue import message_of
from notifications.channels.errors import Undeliverable
from notifications.models import Delivery


class SmsCarrier:
    def can_reach(self, user: User) -> bool:
        return bool(user.phone and user.is_phone_verified)

    def send(self, delivery: Delivery) -> None:
        user = delivery.notification.user
        with translation.override(user.language):
            message = message_of(delivery.notification, lasting=True)
        try:
            send_sms(phone=user.phone or "", text=f"{settings.SITE_NAME}: {message.subject}")
        except GatewayRefused as refused:
            raise Undeliverable(str(refused)) from refused
