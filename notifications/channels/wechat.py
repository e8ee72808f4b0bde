"""WeChat: a template message of the centre's official account, for whoever has bound it to the own account here.

Without WECHAT_APP_ID nobody can bind, so nothing is sent. Access tokens of the platform hold for two hours and are
shared by all processes through the cache. https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Template_Message_Interface.html
"""

from typing import Any

import requests
from django.conf import settings
from django.core.cache import cache
from django.utils import translation

from accounts.models import User
from notifications.catalogue import message_of
from notifications.channels.errors import Undeliverable
from notifications.links import open_path
from notifications.models import Delivery, WechatBinding

TOKEN = "wechat-access-token"  # noqa: S105 (the name of a place in the cache)
TOKEN_FOR = 7000  # seconds; the platform says 7200
PATIENCE = 10
WORN_TOKEN = frozenset({40001, 40014, 42001})
NOT_FOLLOWING = frozenset({43004, 40003})  # has left the account, or the openid is none
LONGEST = 60  # characters of a field


class WechatCarrier:
    def can_reach(self, user: User) -> bool:
        return bool(settings.WECHAT_APP_ID) and WechatBinding.objects.filter(user=user).exists()

    def send(self, delivery: Delivery) -> None:
        notification = delivery.notification
        binding = WechatBinding.objects.get(user=notification.user_id)
        with translation.override(notification.user.language):
            message = message_of(notification, lasting=True)
        fields = {settings.WECHAT_FIRST_FIELD: message.subject, settings.WECHAT_SECOND_FIELD: message.body}
        answer = call(
            "/cgi-bin/message/template/send",
            {
                "touser": binding.openid,
                "template_id": settings.WECHAT_TEMPLATE,
                "url": settings.SITE_URL + open_path(notification),
                "client_msg_id": f"delivery-{delivery.pk}",  # the platform drops a second one
                "data": {name: {"value": text[:LONGEST]} for name, text in fields.items() if name and text},
            },
        )
        code = answer.get("errcode", 0)
        if code in NOT_FOLLOWING:
            binding.delete()
        if code:
            raise Undeliverable(f"WeChat answers {code}: {answer.get('errmsg', '')}")


def call(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The platform's answer; a token that has worn out is fetched anew, once. Raises OSError."""
    answer = _post(path, body)
    if answer.get("errcode") in WORN_TOKEN:
        cache.delete(TOKEN)
        answer = _post(path, body)
    return answer


def _post(path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = requests.post(
        settings.WECHAT_API + path,
        params={"access_token": access_token()},
        json=body,
        timeout=PATIENCE,
        allow_redirects=False,
    )
    response.raise_for_status()
    return dict(response.json())


def access_token() -> str:
    if known := cache.get(TOKEN):
        return str(known)
    response = requests.post(
        f"{settings.WECHAT_API}/cgi-bin/stable_token",
        json={
            "grant_type": "client_credential",
            "appid": settings.WECHAT_APP_ID,
            "secret": settings.WECHAT_SECRET,
        },
        timeout=PATIENCE,
        allow_redirects=False,
    )
    response.raise_for_status()
    answer = response.json()
    if "access_token" not in answer:
        raise Undeliverable(f"WeChat gives no token: {answer.get('errcode')} {answer.get('errmsg', '')}")
    cache.set(TOKEN, answer["access_token"], TOKEN_FOR)
    return str(answer["access_token"])
