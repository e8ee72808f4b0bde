"""Open needs by kind of service: the filter of the public list, and the way to it from the first page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from matching.browse import kinds_of_needs

pytestmark = pytest.mark.django_db
NEAR = "matching:near"


@pytest.fixture
def two_kinds(make_request):
    make_request(title="修电灯", category="0001")
    make_request(title="修水管", category="0001")
    make_request(title="陪聊", category="0017", skills=[])


def seen(client, **query):
    return client.get(reverse(NEAR), query).content.decode()


@pytest.mark.parametrize("who", ["nobody", "volunteer"])
def test_a_kind_keeps_its_needs_and_leaves_the_others_out(client, signed_in, volunteer, two_kinds, who):
    client = signed_in(volunteer.user) if who == "volunteer" else client
    page = seen(client, category="0017")
    assert "陪聊" in page
    assert "修电灯" not in page
    assert '<option value="0017" selected>' in page
    everything = seen(client)
    assert all(title in everything for title in ("陪聊", "修电灯", "修水管"))


def test_each_kind_says_how_many_needs_are_of_it(two_kinds, make_household, make_request):
    make_request(household=make_household(is_sensitive=True), category="0017")
    assert [(kind.code, kind.count) for kind in kinds_of_needs(None)] == [("0001", 2), ("0017", 1)]


def test_a_kind_of_which_nothing_is_open_says_so_and_leads_back(client, two_kinds):
    page = seen(client, category="0005")
    assert f'href="{reverse(NEAR)}"' in page
    assert '<option value="0005" selected>' in page


@pytest.mark.parametrize("nonsense", ["x", "9999", "0001'", "' or 1=1"])
def test_what_is_no_kind_is_ignored(client, two_kinds, nonsense):
    assert "陪聊" in seen(client, category=nonsense)


def test_the_first_page_leads_to_the_needs_of_a_kind(client, two_kinds):
    address = f"{reverse(NEAR)}?category=0017"
    assert f'href="{address}"' in client.get("/").content.decode()
    assert "陪聊" in client.get(address).content.decode()


def test_the_filter_asks_as_many_questions_for_many_needs_as_for_one(
    signed_in, volunteer, make_request, two_kinds
):
    def questions():
        with CaptureQueriesContext(connection) as asked:
            seen(client, category="0001")
        return len(asked)

    client = signed_in(volunteer.user)
    seen(client, category="0001")
    few = questions()
    for number in range(8):
        make_request(title=f"需求{number}", category="0001")
    assert questions() == few
