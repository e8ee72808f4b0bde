"""PostgreSQL keeps no null character: who sends one is told so, and no view stumbles over it."""

import pytest
from django.urls import reverse

from accounts.models import Volunteer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["?q=%00", "?%00=a", "?skill=a%00b", "?page=1&place=%00"])
@pytest.mark.parametrize(
    "name",
    [
        "accounts:studios",
        "accounts:organisations",
        "accounts:households",
        "accounts:volunteers",
        "portal:search",
    ],
)
def test_a_null_character_in_an_address_is_a_bad_request(signed_in, centre_user, name, address):
    answer = signed_in(centre_user).get(reverse(name) + address)
    assert answer.status_code == 400
    assert "button-primary" in answer.content.decode()  # our own page, with a way on


def test_a_null_character_in_the_path_or_a_cookie_is_one_too(client):
    assert client.get("/people/studios/join/%00/").status_code == 400
    client.cookies["sessionid"] = "a\0bcdefghijklmnop"
    assert client.get("/activities/").status_code == 400


def test_a_null_character_in_what_was_typed_changes_nothing(signed_in, centre_user, volunteer):
    url = reverse("accounts:volunteer_suspend", args=[volunteer.pk])
    answer = signed_in(centre_user).post(url, {"reason": "a\0b"})
    assert answer.status_code == 400
    assert Volunteer.objects.get(pk=volunteer.pk).status == "verified"


def test_everything_else_passes(client):
    assert client.get("/people/studios/?q=%01%F0%9F%8C%B1+0").status_code == 200
