"""How a message leaves the site: one carrier for each channel, all with the same three questions.

A new channel is a class like these and a line in CARRIERS.
"""

from typing import Protocol

from accounts.models import User
from notifications.catalogue import Channel
from notifications.channels import email, push, sms, socket, wechat
from notifications.models import Delivery


class Carrier(Protocol):
    rings: bool  # makes a telephone sound: held back in quiet hours

    def can_reach(self, user: User) -> bool:
        """Whether this person has a proven address on this channel."""

    def send(self, delivery: Delivery) -> None:
        """Hand it over. Raises Undeliverable when trying again is of no use, OSError or RedisError otherwise."""


CARRIERS: dict[Channel, Carrier] = {
    Channel.SOCKET: socket.SocketCarrier(),
    Channel.EMAIL: email.EmailCarrier(),
    Channel.PUSH: push.PushCarrier(),
    Channel.SMS: sms.SmsCarrier(),
    Channel.WECHAT: wechat.WechatCarrier(),
}
