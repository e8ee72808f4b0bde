"""Text messages and WeChat over HTTP, to local endpoints that check what they get."""

import hashlib
import hmac
import json
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.sms import GatewayRefused, send_sms
from notifications.catalogue import Channel
from notifications.models import Choice, Delivery, WechatBinding
from tests.notifications.endpoint import Endpoint
from tests.notifications.telling import deliver_all, say

pytestmark = pytest.mark.django_db
STATE = Delivery.State
KEY, SECRET = "test-key-id", "test-secret"
NUMBER = "+8610000000017"


@pytest.fixture
def gateway(settings):
    with Endpoint().running() as endpoint:
        endpoint.answer = (200, {"Code": "OK"})
        settings.SMS_BACKEND = "accounts.sms_aliyun.AliyunSms"
        settings.ALIYUN_SMS_ENDPOINT = endpoint.address
        settings.ALIYUN_ACCESS_KEY_ID, settings.ALIYUN_ACCESS_KEY_SECRET = KEY, SECRET
        settings.ALIYUN_SMS_SIGN = "测试签名"
        settings.ALIYUN_SMS_TEMPLATE, settings.ALIYUN_SMS_CODE_TEMPLATE = "SMS_1", "SMS_2"
        yield endpoint


def is_signed(path, headers, body):
    """What the gateway does: makes the canonical request from what arrived, and compares."""
    algorithm, _, rest = headers["Authorization"].partition(" ")
    parts = dict(part.split("=", 1) for part in rest.split(","))
    given = {name.lower(): value for name, value in headers.items()}
    query = sorted(parse_qs(urlsplit(path).query, keep_blank_values=True).items())
    request = "\n".join(
        [
            "POST",
            "/",
            "&".join(f"{quote(name, safe='~')}={quote(values[0], safe='~')}" for name, values in query),
            "".join(f"{name}:{given[name]}\n" for name in parts["SignedHeaders"].split(";")),
            parts["SignedHeaders"],
            hashlib.sha256(body).hexdigest(),
        ]
    )
    to_sign = f"{algorithm}\n{hashlib.sha256(request.encode()).hexdigest()}"
    wanted = hmac.new(SECRET.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return algorithm == "ACS3-HMAC-SHA256" and parts["Credential"] == KEY and parts["Signature"] == wanted


def query_of(call):
    return {name: values[0] for name, values in parse_qs(urlsplit(call[0]).query).items()}


def test_the_gateway_finds_the_signature_right_and_each_call_new(gateway):
    send_sms(phone=NUMBER, text="凝聚: 明天 14:00，陪诊 & 买菜")
    send_sms(phone=NUMBER, text="二")
    assert all(is_signed(*call) for call in gateway.calls)
    asked = query_of(gateway.calls[0])
    assert asked["PhoneNumbers"] == "10000000017"
    assert (asked["SignName"], asked["TemplateCode"]) == ("测试签名", "SMS_1")
    assert json.loads(asked["TemplateParam"]) == {"text": "凝聚: 明天 14:00，陪诊 & 买菜"}
    assert len({headers["x-acs-signature-nonce"] for _, headers, _ in gateway.calls}) == 2


def test_a_code_goes_by_the_template_of_codes(gateway):
    send_sms(phone=NUMBER, text="Your code is 123456.", code="123456")
    asked = query_of(gateway.calls[0])
    assert asked["TemplateCode"] == "SMS_2"
    assert json.loads(asked["TemplateParam"]) == {"code": "123456"}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((200, {"Code": "isv.SMS_TEMPLATE_ILLEGAL"}), GatewayRefused),
        ((400, {"Code": "InvalidAccessKeyId.NotFound"}), GatewayRefused),
        ((200, {"Code": "isv.BUSINESS_LIMIT_CONTROL"}), OSError),
        ((503, {}), OSError),
    ],
)
def test_what_may_pass_is_told_from_what_is_refused_for_good(gateway, answer, error):
    gateway.answer = answer
    with pytest.raises(error):
        send_sms(phone=NUMBER, text="一")


def reached_by_phone(make_user, **fields):
    return make_user(email=None, phone=NUMBER, is_phone_verified=True, **fields)


def test_who_has_nothing_but_a_telephone_gets_what_cannot_wait_as_text_message(make_user, gateway):
    say(reached_by_phone(make_user), kind="activity-cancelled", params={"title": "量血压", "reason": "下雨"})
    say(make_user(), kind="activity-cancelled")  # has mail
    deliver_all()
    assert len(gateway.calls) == 1
    assert "量血压" in query_of(gateway.calls[0])["TemplateParam"]


def test_a_number_that_nobody_has_confirmed_gets_nothing(make_user, gateway):
    say(make_user(email=None, phone=NUMBER, is_phone_verified=False), kind="activity-cancelled")
    deliver_all()
    assert gateway.calls == []


def test_who_switches_text_messages_on_gets_them_beside_the_mail(make_user, gateway):
    user = make_user(phone=NUMBER, is_phone_verified=True)
    Choice.objects.create(user=user, scope="going", channel=Channel.SMS, is_on=True)
    say(user, kind="activity-cancelled", params={"title": "量血压"})
    assert set(Delivery.objects.values_list("channel", flat=True)) == {"socket", "email", "sms"}


def test_a_refusal_of_the_gateway_is_a_dead_letter_at_once(make_user, gateway):
    gateway.answer = (200, {"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": "号码"})
    say(reached_by_phone(make_user), kind="activity-cancelled")
    deliver_all()
    dead = Delivery.objects.get(channel=Channel.SMS)
    assert (dead.state, dead.attempts) == (STATE.FAILED, 1)
    assert "MOBILE_NUMBER_ILLEGAL" in dead.error


@pytest.fixture
def wechat(settings, stranger):
    with Endpoint().running() as endpoint:
        settings.WECHAT_API, settings.WECHAT_APP_ID, settings.WECHAT_SECRET = endpoint.address, "app", "s"
        settings.WECHAT_TEMPLATE = "template"
        WechatBinding.objects.create(user=stranger, openid="openid-1")
        cache.clear()
        yield endpoint


def platform(sent):
    """WeChat's answers: a token, then what `sent` says for each message, in turn."""
    answers = iter(sent)

    def answer(path, _body):
        return (200, {"access_token": "t"}) if "stable_token" in path else next(answers)

    return answer


def test_a_template_message_says_the_subject_and_leads_to_the_message(stranger, wechat):
    wechat.answer = platform([(200, {"errcode": 0})])
    told = say(stranger, kind="volunteer-suspended", params={"reason": "测试"})
    deliver_all()
    path, _headers, body = wechat.calls[-1]
    content = json.loads(body)
    assert urlsplit(path).query == "access_token=t"
    assert (content["touser"], content["template_id"]) == ("openid-1", "template")
    assert content["url"].endswith(reverse("notifications:open", args=[told.pk]))
    assert content["data"]["thing1"]["value"]
    assert Delivery.objects.get(channel=Channel.WECHAT).state == STATE.SENT


def test_a_token_that_has_worn_out_is_fetched_anew(stranger, wechat):
    wechat.answer = platform([(200, {"errcode": 42001}), (200, {"errcode": 0})])
    say(stranger, kind="volunteer-suspended")
    deliver_all()
    assert Delivery.objects.get(channel=Channel.WECHAT).state == STATE.SENT


def test_who_left_the_account_is_forgotten(stranger, wechat):
    wechat.answer = platform([(200, {"errcode": 43004, "errmsg": "require subscribe"})])
    say(stranger, kind="volunteer-suspended")
    deliver_all()
    assert Delivery.objects.get(channel=Channel.WECHAT).state == STATE.FAILED
