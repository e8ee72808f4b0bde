"""Chinese first; another language is a choice of the person, not of the browser."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db
ADDRESS = "/people/studios/"


def language(client, **headers):
    return client.get(ADDRESS, headers=headers).headers["Content-Language"]


def test_the_browsers_wish_does_not_override_chinese(client):
    assert language(client, accept_language="en-US,en;q=0.9") == "zh-hans"


def test_the_persons_choice_holds_on_the_next_page(client):
    answer = client.post(reverse("accounts:language"), {"language": "en", "next": ADDRESS})
    assert answer.url == ADDRESS
    assert language(client) == "en"


def test_the_choice_is_written_to_the_account_and_holds_on_another_machine(signed_in, stranger, client):
    signed_in(stranger).post(reverse("accounts:language"), {"language": "en"})
    stranger.refresh_from_db()
    assert stranger.language == "en"
    client.cookies.clear()
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert language(client) == "en"


@pytest.mark.parametrize("typed", ["fr", "", "../", "zh-hans'"])
def test_an_unknown_language_changes_nothing(client, typed):
    client.post(reverse("accounts:language"), {"language": typed})
    assert language(client) == "zh-hans"


def test_the_way_back_stays_on_this_site(client):
    answer = client.post(
        reverse("accounts:language"), {"language": "en", "next": "https://elsewhere.example/"}
    )
    assert answer.url == "/"


def test_name_and_language_are_changed_on_the_settings_page(signed_in, stranger):
    client = signed_in(stranger)
    client.post(reverse("accounts:settings"), {"name": "新名字", "language": "en"})
    stranger.refresh_from_db()
    assert (stranger.name, stranger.language) == ("新名字", "en")
    assert language(client) == "en"
