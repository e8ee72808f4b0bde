"""How a message leaves the site: one carrier for each channel, all with the same three questions.

A new channel is a class like these and a line in CARRIERS. Pages that are open are another matter: live.py.
"""

from typing import Protocol

from accounts.models import User
from notifications.catalogue import Channel
from notifications.channels import email, push, sms, wechat
from notifications.models import Delivery


class Carrier(Protocol):
    def can_reach(self, user: User) -> bool:
        """Whether this person has a proven address on this channel."""

    def send(self, delivery: Delivery) -> None:
        """Hand it over. Raises Undeliverable when trying again is of no use, OSError otherwise."""


CARRIERS: dict[Channel, Carrier] = {
    Channel.EMAIL: email.EmailCarrier(),
    Channel.PUSH: push.PushCarrier(),
    Channel.SMS: sms.SmsCarrier(),
    Channel.WECHAT: wechat.WechatCarrier(),
}
