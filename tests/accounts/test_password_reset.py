"""A new password comes by e-mail; whoever has only a phone signs in by a code and is told so."""

import pytest
from django.core import mail
from django.urls import reverse
from django.utils.translation import gettext, override

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_throttles")]
PLAIN = (
    "Then no link can reach you, and you need no password: "
    "we send a code to your phone, and with it you are signed in."
)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", ["account_reset_password", "account_reset_password_done"])
def test_the_page_says_how_people_with_only_a_phone_come_in(client, language, name):
    client.cookies["django_language"] = language
    page = client.get(reverse(name)).content.decode()
    with override(language):
        words = gettext(PLAIN)
    assert words in page
    assert (words == PLAIN) == (language == "en")
    assert f'href="{reverse("account_request_login_code")}"' in page


def test_somebody_with_only_a_phone_comes_in_by_the_code(client, make_user, sms, code_in):
    person = make_user(email=None, is_phone_verified=True)
    answer = client.post(reverse("account_request_login_code"), {"login": person.phone})
    (_number, text), *_rest = sms
    client.post(answer.url, {"code": code_in(text)})
    assert client.session["_auth_user_id"] == str(person.pk)


def test_an_address_that_is_nobodys_is_answered_alike_and_gets_no_link(client, make_user):
    known = make_user()
    answers = [
        client.post(reverse("account_reset_password"), {"email": address})
        for address in (known.email, "nobody@example.test")
    ]
    assert {(answer.status_code, answer.url) for answer in answers} == {
        (302, reverse("account_reset_password_done"))
    }
    assert [message.to for message in mail.outbox if "password/reset/key" in message.body] == [[known.email]]
