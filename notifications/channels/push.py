"""Web Push: encrypted for the browser (RFC 8291), signed by us (VAPID, RFC 8292), handed to the browser's vendor.

The endpoint comes from the browser and is an address that we call: only hosts of known vendors are called
(`settings.PUSH_SERVICES`), only by https, and a redirect is not followed.
"""

import json
from typing import Any
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils import timezone, translation
from py_vapid import Vapid02
from py_vapid.utils import b64urlencode
from pywebpush import WebPusher, WebPushException

from accounts.models import User
from notifications.actions import quick_answers
from notifications.catalogue import KINDS, message_of
from notifications.channels.errors import Undeliverable
from notifications.links import open_path
from notifications.models import Delivery, Notification, PushSubscription

KEEP = 12 * 3600  # seconds that the vendor keeps a message for a telephone that is off
PATIENCE = 10  # seconds; a vendor that hangs must not hold a worker
GONE = frozenset({404, 410})  # RFC 8030: the subscription is over
MAY_PASS = frozenset({408, 429})


class PushCarrier:
    def can_reach(self, user: User) -> bool:
        return PushSubscription.objects.filter(user=user).exists()

    def send(self, delivery: Delivery) -> None:
        """To every browser of this person; one that takes it is enough."""
        notification = delivery.notification
        content, urgency = content_of(notification), urgency_of(notification)
        taken, failures = 0, []
        for subscription in PushSubscription.objects.filter(user=notification.user_id):
            try:
                taken += push(subscription, content, urgency=urgency)
            except OSError as error:  # requests' errors are OSErrors
                failures.append(error)
        if taken == 0 and failures:
            raise failures[0]
        if taken == 0:
            raise Undeliverable("no browser is left that takes push messages")


def push(subscription: PushSubscription, content: dict[str, Any], *, urgency: str = "normal") -> bool:
    """Whether it was taken; a subscription that is over is thrown away. Raises OSError when the vendor is not there."""
    if not is_known_service(subscription.endpoint):
        subscription.delete()
        return False
    try:
        pusher = WebPusher(
            {
                "endpoint": subscription.endpoint,
                "keys": {"p256dh": subscription.p256dh, "auth": subscription.auth},
            }
        )
        sealed = pusher.encode(json.dumps(content, ensure_ascii=False).encode())["body"]
    except (WebPushException, ValueError):  # keys that are none: a browser would not have sent them
        subscription.delete()
        return False
    answer = requests.post(
        subscription.endpoint,
        data=sealed,
        headers={
            **vapid_headers(subscription.endpoint),
            "Content-Encoding": "aes128gcm",
            "TTL": str(KEEP),
            "Urgency": urgency,
        },
        timeout=PATIENCE,
        allow_redirects=False,
    )
    if answer.status_code in GONE:
        subscription.delete()
        return False
    if answer.status_code >= 500 or answer.status_code in MAY_PASS:
        raise ConnectionError(f"{urlsplit(subscription.endpoint).hostname} answers {answer.status_code}")
    if not answer.ok or answer.is_redirect:
        raise Undeliverable(f"{urlsplit(subscription.endpoint).hostname} answers {answer.status_code}")
    subscription.last_sent_at = timezone.now()
    subscription.save(update_fields=["last_sent_at"])
    return True


def is_known_service(endpoint: str) -> bool:
    """Whether we may call this address. `*.host` is what is below a host; an entry with a scheme is an origin."""
    try:
        parts = urlsplit(endpoint)
        origin, name, port = f"{parts.scheme}://{parts.netloc}", parts.hostname or "", parts.port
    except ValueError:
        return False
    if origin in settings.PUSH_SERVICES:
        return True
    if parts.scheme != "https" or port not in {None, 443} or parts.username or parts.password:
        return False
    return any(
        name.endswith(known[1:]) if known.startswith("*.") else name == known
        for known in settings.PUSH_SERVICES
    )


def vapid_headers(endpoint: str) -> dict[str, str]:
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "sub": settings.VAPID_CONTACT,
        "exp": int(timezone.now().timestamp()) + KEEP,
    }
    return dict(vapid().sign(claims))


def vapid() -> Vapid02:
    return Vapid02.from_string(settings.VAPID_KEY)


def public_key() -> str:
    """What the browser subscribes with: our public key, so that nobody else can send to it."""
    point = vapid().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return str(b64urlencode(point))


def content_of(notification: Notification) -> dict[str, Any]:
    """What the service worker shows (platform/static/js/sw-push.js); at most 4 KB by RFC 8030."""
    with translation.override(notification.user.language):
        message = message_of(notification, lasting=True)
        return {
            "title": message.subject,
            "body": message.body,
            "url": open_path(notification),
            "tag": f"message-{notification.pk}",
            "stays": KINDS[notification.kind].is_urgent,
            "lang": notification.user.language,
            "actions": [
                {"action": answer.name, "title": str(answer.label), "post": answer.path}
                for answer in quick_answers(notification)
            ],
        }


def urgency_of(notification: Notification) -> str:
    return "high" if KINDS[notification.kind].is_urgent else "normal"
