"""Acts: a browser takes push messages of this person, or no longer."""

import base64
import binascii

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from notifications.channels.push import is_known_service
from notifications.models import PushSubscription

MOST_DEVICES = 10
LONGEST_ENDPOINT = 500


@transaction.atomic
def subscribe_device(*, user: User, endpoint: str, p256dh: str, auth: str, device: str) -> PushSubscription:
    """The same browser again renews its keys; if somebody else signed in there before, it is this person's now.

    At most MOST_DEVICES a person: the oldest goes. Locks the person.
    Raises DomainError: unknown_service (not one of the hosts that we call), bad_keys.
    """
    if len(endpoint) > LONGEST_ENDPOINT or not is_known_service(endpoint):
        raise DomainError(
            "unknown_service",
            _("This browser gets its push messages from a service that we do not know."),
            help=_("Messages still come to the inbox and by mail."),
        )
    check_are_keys(p256dh, auth)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    subscription, _created = PushSubscription.objects.update_or_create(
        endpoint=endpoint,
        defaults={"user": user, "p256dh": p256dh, "auth": auth, "device": name_of(device)},
    )
    kept = PushSubscription.objects.filter(user=user).order_by("-created_at", "-id")
    PushSubscription.objects.filter(pk__in=list(kept.values_list("pk", flat=True)[MOST_DEVICES:])).delete()
    return subscription


def unsubscribe_device(*, user: User, pk: int) -> None:
    PushSubscription.objects.filter(user=user, pk=pk).delete()


def check_are_keys(p256dh: str, auth: str) -> None:
    """RFC 8291: an uncompressed point of P-256 and 16 secret bytes."""
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), _bytes(p256dh))
        is_secret = len(_bytes(auth)) == 16
    except (ValueError, binascii.Error):
        is_secret = False
    if not is_secret:
        raise DomainError("bad_keys", _("That is no subscription of a browser."))


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


BROWSERS = (
    ("Edg", "Edge"),
    ("MicroMessenger", "WeChat"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def name_of(agent: str) -> str:
    """What the person knows a browser by: "Chrome, Android"."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    return ", ".join(part for part in (browser, system) if part)
