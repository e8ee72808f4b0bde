"""Push messages, handed to a local endpoint that decrypts them (RFC 8291) and checks who sent them (VAPID)."""

import base64
import json
import os

import http_ece
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.urls import reverse

from core.errors import DomainError
from notifications.catalogue import Channel
from notifications.channels.push import is_known_service, public_key
from notifications.models import Delivery, PushSubscription
from notifications.subscribing import MOST_DEVICES, name_of, subscribe_device
from tests.notifications.endpoint import Endpoint
from tests.notifications.telling import deliver_all, say

pytestmark = pytest.mark.django_db
STATE = Delivery.State
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Browser:
    """What a browser keeps of its subscription."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)

    def keys(self):
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": b64(point), "auth": b64(self.secret)}

    def read(self, sealed):
        return json.loads(
            http_ece.decrypt(sealed, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        )


@pytest.fixture
def vendor(settings):
    with Endpoint().running() as endpoint:
        settings.PUSH_SERVICES = [*settings.PUSH_SERVICES, endpoint.address]
        yield endpoint


@pytest.fixture
def browser(stranger, vendor):
    browser = Browser()
    subscribe_device(user=stranger, endpoint=f"{vendor.address}/a", device=PHONE, **browser.keys())
    return browser


def is_signed_by_us(token):
    """ES256: the vendor checks the two numbers of the signature with our public key (RFC 8292)."""
    signed, _, signature = token.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    numbers = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    point = base64.urlsafe_b64decode(public_key() + "==")
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point).verify(
        numbers, signed.encode(), ec.ECDSA(hashes.SHA256())
    )
    return True


def suspended(user):
    return say(user, kind="volunteer-suspended", params={"reason": "测试"})


def pushed():
    return Delivery.objects.get(channel=Channel.PUSH)


def test_a_message_arrives_sealed_for_the_browser_and_signed_by_us(stranger, vendor, browser, settings):
    told = suspended(stranger)
    deliver_all()
    [(path, headers, body)] = vendor.calls
    content = browser.read(body)
    assert path == "/a"
    assert content["title"]
    assert content["url"] == reverse("notifications:open", args=[told.pk])
    assert content["tag"] == f"message-{told.pk}"
    assert headers["Urgency"] == "high"
    scheme, _, rest = headers["Authorization"].partition(" ")
    token, key = (part.split("=", 1)[1] for part in rest.split(","))
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert (scheme, key) == ("vapid", public_key())
    assert claims["aud"] == vendor.address
    assert claims["sub"] == settings.VAPID_CONTACT
    assert is_signed_by_us(token)
    assert pushed().state == STATE.SENT
    assert PushSubscription.objects.get().last_sent_at


def test_a_subscription_that_is_over_is_thrown_away_and_the_other_channels_go_on(stranger, vendor, browser):
    vendor.answer = (410, {})
    suspended(stranger)
    deliver_all()
    assert not PushSubscription.objects.exists()
    assert pushed().state == STATE.FAILED
    assert Delivery.objects.get(channel=Channel.EMAIL).state == STATE.SENT


def test_a_vendor_in_trouble_is_asked_again_later(stranger, vendor, browser):
    vendor.answer = (503, {})
    suspended(stranger)
    deliver_all()
    assert (pushed().state, pushed().attempts) == (STATE.WAITING, 1)
    assert "503" in pushed().error


def test_a_redirect_is_not_followed(stranger, vendor, browser):
    with Endpoint().running() as elsewhere:
        vendor.answer = (307, {}, {"Location": elsewhere.address})
        suspended(stranger)
        deliver_all()
        assert elsewhere.calls == []
    assert pushed().state == STATE.FAILED


@pytest.mark.parametrize(
    ("endpoint", "is_known"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://web.push.apple.com/abc", True),
        ("https://sg2p.notify.windows.com/w/?token=a", True),
        ("https://push.apple.com.evil.example/abc", False),
        ("https://evilpush.apple.com/", False),
        ("http://fcm.googleapis.com/fcm/send/abc", False),
        ("https://fcm.googleapis.com:8443/", False),
        ("https://fcm.googleapis.com@127.0.0.1/", False),
        ("https://user:pass@fcm.googleapis.com/", False),
        ("https://127.0.0.1/", False),
        ("https://[::1]/", False),
        ("https://[broken/", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_only_vendors_of_browsers_are_called(endpoint, is_known):
    assert is_known_service(endpoint) == is_known


def test_a_stranger_address_is_refused_and_never_called(stranger, signed_in):
    client = signed_in(stranger)
    given = {"endpoint": "https://169.254.169.254/latest", "keys": Browser().keys()}
    answer = client.post(reverse("notifications:push_on"), given, content_type="application/json")
    assert answer.status_code == 409
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", "{", '{"endpoint": 1}', '{"keys": {"p256dh": "x", "auth": "y"}}'])
def test_what_is_no_subscription_is_refused(body, stranger, signed_in):
    answer = signed_in(stranger).post(reverse("notifications:push_on"), body, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize("keys", [{"p256dh": "AAAA", "auth": b64(b"x" * 16)}, {"auth": "AAAA"}])
def test_keys_that_no_browser_makes_are_refused(keys, stranger):
    with pytest.raises(DomainError) as refused:
        subscribe_device(
            user=stranger,
            endpoint="https://fcm.googleapis.com/a",
            device="",
            **(Browser().keys() | keys),
        )
    assert refused.value.code == "bad_keys"


def test_the_same_browser_is_kept_once_and_belongs_to_who_is_signed_in_now(stranger, worker):
    keys, endpoint = Browser().keys(), "https://fcm.googleapis.com/a"
    subscribe_device(user=stranger, endpoint=endpoint, device=PHONE, **keys)
    subscribe_device(user=worker, endpoint=endpoint, device=PHONE, **keys)
    kept = PushSubscription.objects.get()
    assert (kept.user, kept.device) == (worker, "Chrome, Android")


def test_a_person_has_a_handful_of_devices(stranger):
    for number in range(MOST_DEVICES + 2):
        endpoint = f"https://fcm.googleapis.com/{number}"
        subscribe_device(user=stranger, endpoint=endpoint, device="", **Browser().keys())
    kept = PushSubscription.objects.values_list("endpoint", flat=True)
    assert len(kept) == MOST_DEVICES
    assert "https://fcm.googleapis.com/0" not in kept


def test_somebody_elses_device_stays(stranger, worker, signed_in):
    kept = subscribe_device(
        user=worker, endpoint="https://fcm.googleapis.com/a", device="", **Browser().keys()
    )
    signed_in(stranger).post(reverse("notifications:push_off"), {"device": kept.pk})
    assert PushSubscription.objects.filter(pk=kept.pk).exists()
    signed_in(worker).post(reverse("notifications:push_off"), {"device": kept.pk})
    assert not PushSubscription.objects.exists()


def test_a_browser_is_called_by_a_name_that_its_owner_knows():
    assert name_of("Mozilla/5.0 (iPhone) Version/17 Mobile Safari/604.1") == "Safari, iPhone"
    assert name_of("curl/8") == ""
