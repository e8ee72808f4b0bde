"""Signing up and in, by e-mail or by mobile phone."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.personas import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_throttles")]

SIGN_UP = {"name": "新来的", "password1": PASSWORD}


def sign_in(client, login, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": login, "password": password})


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_strangers_can_open_sign_in_and_sign_up(client):
    assert client.get("/accounts/login/").status_code == 200
    assert client.get("/accounts/signup/").status_code == 200


def test_the_settings_pass_every_check_without_silencing(settings):
    assert settings.SILENCED_SYSTEM_CHECKS == []
    call_command("check", fail_level="WARNING")


def test_signing_up_by_e_mail_sends_a_code_and_the_code_opens_the_door(client, code_in):
    answer = client.post(reverse("account_signup"), {**SIGN_UP, "email": "New@Example.test", "phone": ""})
    assert answer.url == reverse("account_email_verification_sent")
    assert not is_signed_in(client)
    client.post(answer.url, {"code": code_in(mail.outbox[0].body)})
    user = User.objects.get(email="new@example.test")
    assert is_signed_in(client)
    assert (user.name, user.phone) == ("新来的", None)


@pytest.mark.parametrize(
    "typed",
    [
        "100 0000 0001",
        "+86 100-0000-0001",
        "0086 10000000001",
        "10000000001",
        "（+86）100 0000 0001",
        "１００００００００01",
    ],
)
def test_signing_up_by_phone_in_any_spelling_sends_a_code_by_sms(client, sms, code_in, typed):
    answer = client.post(reverse("account_signup"), {**SIGN_UP, "phone": typed, "email": ""})
    assert answer.url == reverse("account_verify_phone")
    (number, text), *_ = sms
    assert number == "+8610000000001"
    client.post(answer.url, {"code": code_in(text)})
    user = User.objects.get(phone=number)
    assert is_signed_in(client)
    assert user.is_phone_verified
    assert user.email is None
    assert mail.outbox == []


def test_two_people_can_sign_up_by_phone_alone(client, sms, code_in):
    for last in (1, 2):
        answer = client.post(reverse("account_signup"), {**SIGN_UP, "phone": f"1000000000{last}"})
        client.post(answer.url, {"code": code_in(sms[-1][1])})
        client.logout()
    assert User.objects.filter(email=None, is_phone_verified=True).count() == 2


def test_whoever_gives_both_confirms_both(client, sms, code_in):
    both = {**SIGN_UP, "phone": "10000000001", "email": "new@example.test"}
    answer = client.post(reverse("account_signup"), both)
    answer = client.post(answer.url, {"code": code_in(sms[0][1])})
    assert not is_signed_in(client)
    client.post(answer.url, {"code": code_in(mail.outbox[0].body)})
    assert is_signed_in(client)


def test_a_second_code_for_one_number_at_once_is_refused_kindly_and_the_first_still_counts(
    client, sms, code_in
):
    first = client.post(reverse("account_signup"), {**SIGN_UP, "phone": "10099999999"})
    second = Client().post(reverse("account_signup"), {**SIGN_UP, "phone": "10099999999"})
    assert second.status_code == 429
    assert len(sms) == 1
    client.post(first.url, {"code": code_in(sms[0][1])})
    assert is_signed_in(client)
    assert User.objects.filter(phone="+8610099999999").count() == 1


@pytest.mark.parametrize("typed", ["12", "abc", "139 0000", "138 0000 000", "+86"])
def test_a_number_that_cannot_be_one_is_refused_and_what_was_typed_stays(client, typed):
    answer = client.post(reverse("account_signup"), {**SIGN_UP, "phone": typed, "email": ""})
    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {"phone"}
    assert f'value="{typed}"' in answer.content.decode()


def test_sign_up_without_any_address_says_what_is_missing(client):
    answer = client.post(reverse("account_signup"), {**SIGN_UP, "phone": "", "email": ""})
    assert "phone" in answer.context["form"].errors
    assert User.objects.count() == 0


def test_signing_up_with_a_known_address_looks_the_same_and_tells_only_its_owner(client, sms, make_reachable):
    user = make_reachable()
    known = client.post(reverse("account_signup"), {**SIGN_UP, "email": user.email})
    client.cookies.clear()
    unknown = client.post(reverse("account_signup"), {**SIGN_UP, "email": "nobody@example.test"})
    assert known.url == unknown.url
    client.cookies.clear()
    known = client.post(reverse("account_signup"), {**SIGN_UP, "phone": user.phone})
    client.cookies.clear()
    unknown = client.post(reverse("account_signup"), {**SIGN_UP, "phone": "10099999999"})
    assert known.url == unknown.url
    assert sms[0][0] == user.phone
    assert not any(character.isdigit() for character in sms[0][1])


@pytest.mark.parametrize("by", ["email", "phone"])
def test_signing_in_by_either_address_and_password(client, make_reachable, by):
    user = make_reachable()
    sign_in(client, getattr(user, by))
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize("by", ["email", "phone"])
def test_signing_in_by_a_code_to_either_address(client, sms, code_in, make_reachable, by):
    user = make_reachable()
    answer = client.post(reverse("account_request_login_code"), {"login": getattr(user, by)})
    text = mail.outbox[0].body if by == "email" else sms[0][1]
    client.post(answer.url, {"code": code_in(text)})
    assert client.session["_auth_user_id"] == str(user.pk)


def test_an_address_that_was_never_confirmed_does_not_open_the_account(client, make_user):
    user = make_user()
    answer = sign_in(client, user.email)
    assert answer.url == reverse("account_email_verification_sent")
    assert not is_signed_in(client)
    client.cookies.clear()
    assert sign_in(client, user.phone).status_code == 200
    assert not is_signed_in(client)


def test_a_squatted_address_is_not_opened_by_a_code(client, sms, make_user):
    user = make_user()
    for login in (user.email, user.phone):
        client.post(reverse("account_request_login_code"), {"login": login})
        client.cookies.clear()
    assert all(not any(c.isdigit() for c in text) for _number, text in sms)
    assert len(mail.outbox) == 1
    assert reverse("account_signup") in mail.outbox[0].body


def test_a_person_of_the_roster_without_a_password_comes_in_by_a_code(client, sms, code_in, make_user):
    user = make_user(password=None, email=None)
    answer = client.post(reverse("account_request_login_code"), {"login": user.phone})
    client.post(answer.url, {"code": code_in(sms[0][1])})
    user.refresh_from_db()
    assert is_signed_in(client)
    assert user.is_phone_verified


def test_the_owner_of_a_number_gets_it_although_somebody_else_typed_it_first(client, sms, code_in, make_user):
    squatter = make_user(phone="+8610000000001", email=None)
    answer = client.post(reverse("account_signup"), {**SIGN_UP, "phone": "10000000001"})
    client.post(answer.url, {"code": code_in(sms[0][1])})
    squatter.refresh_from_db()
    assert squatter.phone is None
    assert User.objects.get(phone="+8610000000001").is_phone_verified


def test_a_wrong_password_and_an_unknown_account_are_answered_alike(client, make_reachable):
    user = make_reachable()
    for known, unknown in ((user.email, "nobody@example.test"), (user.phone, "10099999999")):
        first = sign_in(client, known, "wrong").context["form"].errors
        second = sign_in(client, unknown, "wrong").context["form"].errors
        assert first == second


def test_eight_wrong_passwords_lock_one_account_and_thirty_others_behind_the_same_address_still_come_in(
    client, make_reachable
):
    attacked = make_reachable()
    for _attempt in range(8):
        sign_in(client, attacked.phone, "wrong")
    sign_in(client, attacked.phone)
    assert not is_signed_in(client)
    sign_in(client, attacked.phone.removeprefix("+86"))
    assert not is_signed_in(client), "another spelling is not another account"
    for _person in range(30):
        sign_in(client, make_reachable().phone)
        assert is_signed_in(client)
        client.logout()


def test_the_other_address_is_added_later(client, sms, code_in, make_user):
    user = make_user(email=None, is_phone_verified=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.post(reverse("account_email"), {"action_add": "", "email": "later@example.test"})
    client.post(reverse("account_email_verification_sent"), {"code": code_in(mail.outbox[0].body)})
    user.refresh_from_db()
    assert user.email == "later@example.test"
    assert EmailAddress.objects.get(user=user).verified


def test_the_phone_is_added_later(client, sms, code_in, make_user):
    user = make_user(phone=None)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    sign_in(client, user.email)
    client.post(reverse("account_change_phone"), {"phone": "100 0000 0001"})
    client.post(reverse("account_verify_phone"), {"code": code_in(sms[0][1])})
    user.refresh_from_db()
    assert (user.phone, user.is_phone_verified) == ("+8610000000001", True)


def test_the_second_step_can_be_set_up_and_its_secret_is_sealed(client, make_reachable):
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    user = make_reachable()
    sign_in(client, user.email)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    client.post(reverse("mfa_activate_totp"), {"code": code})
    kept = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    assert secret not in str(kept.data)
    client.logout()
    assert sign_in(client, user.email).url == reverse("mfa_authenticate")


def test_passkeys_can_be_set_up_on_this_machine_without_https(client, make_reachable, settings):
    assert settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN
    sign_in(client, make_reachable().email)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.get(reverse("mfa_add_webauthn")).status_code == 200


def test_another_port_in_the_host_header_is_no_new_count_of_wrong_passwords(client, make_reachable, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    attacked = make_reachable()
    for port in range(8001, 8009):
        client.post(
            reverse("account_login"),
            {"login": attacked.email, "password": "wrong"},
            headers={"host": f"testserver:{port}"},
        )
    client.post(
        reverse("account_login"),
        {"login": attacked.email, "password": PASSWORD},
        headers={"host": "testserver:9000"},
    )
    assert not is_signed_in(client)


def test_the_administration_is_entered_by_the_sites_own_door_with_its_throttle_and_second_step(client):
    answer = client.get(reverse("admin:login"), {"next": reverse("admin:index")})
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))
    User.objects.create_superuser("root@example.test", PASSWORD, name="管理")
    client.post(reverse("admin:login"), {"username": "root@example.test", "password": PASSWORD})
    assert not is_signed_in(client)


def test_the_administration_opens_for_its_staff_and_for_nobody_else(signed_in, make_reachable):
    keeper = make_reachable(is_staff=True, is_superuser=True)
    assert signed_in(keeper).get(reverse("admin:index")).status_code == 200
    assert signed_in(make_reachable()).get(reverse("admin:index"), follow=True).status_code == 403
