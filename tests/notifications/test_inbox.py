from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from notifications.models import Notification, Pulse
from notifications.services import tell

pytestmark = pytest.mark.django_db
INBOX = "/inbox/"


@pytest.fixture
def english(client):
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def say(stranger):
    def say(title="修灯", user=stranger, kind="offer-taken", link="/people/", **params):
        with transaction.atomic():
            key = f"{title}:{Notification.objects.count()}"
            return tell(user=user, kind=kind, params={"title": title} | params, link=link, dedupe_key=key)

    return say


def test_an_empty_inbox_says_what_will_come_here(signed_in, stranger, english):
    page = signed_in(stranger).get(INBOX)
    assert b"No messages yet" in page.content
    assert b"Mark all as read" not in page.content


def test_messages_stand_under_their_day_newest_first(signed_in, stranger, english, say):
    old = say("甲")
    Notification.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=1))
    say("乙")
    say("丙")
    text = signed_in(stranger).get(INBOX).content.decode()
    places = [text.index(word) for word in ("Today</h2>", "丙", "乙", "Yesterday</h2>", "甲")]
    assert places == sorted(places)


def test_the_inbox_is_ones_own(signed_in, stranger, worker, say):
    say("别人的", user=worker)
    assert "别人的" not in signed_in(stranger).get(INBOX).content.decode()


def test_who_is_not_signed_in_is_asked_to(client):
    for path in (INBOX, "/inbox/1/", "/inbox/unread/"):
        assert client.get(path).url.startswith(reverse("account_login"))


def test_opening_a_message_marks_it_and_leads_on(signed_in, stranger, say):
    told = say(link="/activities/")
    answer = signed_in(stranger).get(f"/inbox/{told.pk}/")
    assert (answer.status_code, answer.url) == (302, "/activities/")
    told.refresh_from_db()
    assert told.read_at
    assert Pulse.objects.get(topics=[f"me:{stranger.pk}"])
    assert signed_in(stranger).get(f"/inbox/{told.pk}/").url == "/activities/"


def test_a_link_never_leads_away_from_the_site(signed_in, stranger, say):
    for link in ("https://elsewhere.example/", "//elsewhere.example/", ""):
        told = say(link=link)
        assert signed_in(stranger).get(f"/inbox/{told.pk}/").url == INBOX


def test_a_message_of_somebody_else_is_not_there(signed_in, worker, say):
    told = say()
    assert signed_in(worker).get(f"/inbox/{told.pk}/").status_code == 404
    told.refresh_from_db()
    assert told.read_at is None


def test_all_that_the_page_showed_is_marked_and_again_changes_nothing(signed_in, stranger, english, say):
    shown = say()
    say("后来的")
    client = signed_in(stranger)
    page = client.post("/inbox/read-all/", {"up_to": shown.pk}, follow=True)
    assert b"1 message is marked as read." in page.content
    assert list(Notification.objects.unread().values_list("params__title", flat=True)) == ["后来的"]
    client.post("/inbox/read-all/", {"up_to": "nonsense"})
    assert not Notification.objects.unread().exists()
    assert b"Everything was read already." in client.post("/inbox/read-all/", follow=True).content
    assert client.get("/inbox/read-all/").status_code == 405


def test_the_bell_counts_what_is_unread(signed_in, stranger, say):
    client = signed_in(stranger)
    assert client.get("/inbox/unread/").content.strip() == b""
    say()
    say("乙")
    assert client.get("/inbox/unread/").content.strip() == b"2"
    page = client.get(INBOX).content.decode()
    assert f'data-user="{stranger.pk}"' in page
    assert "data-sequence=" in page


def test_an_offer_that_is_gone_is_marked_so(signed_in, stranger, english, say):
    say(kind="offer", offer=999)
    page = signed_in(stranger).get(INBOX).content
    assert b"No longer valid" in page
    assert b"Please answer by" not in page


def test_a_long_inbox_has_pages(signed_in, stranger, english, say):
    for number in range(35):
        say(f"第{number}条")
    client = signed_in(stranger)
    assert "第0条" not in client.get(INBOX).content.decode()
    assert "第0条" in client.get(INBOX + "?page=2").content.decode()
    assert client.get(INBOX + "?page=nonsense").status_code == 200


def test_the_inbox_takes_as_many_queries_for_many_as_for_few(
    signed_in, stranger, say, django_assert_max_num_queries
):
    kinds = ["offer", "signed-up", "hours", "please-review"]

    client = signed_in(stranger)

    def queries():
        with django_assert_max_num_queries(15) as taken:
            client.get(INBOX)
        return len(taken)

    for kind in kinds:
        say(kind=kind, offer=1, sign_up=1, assignment=1, minutes=60)
    few = queries()
    for number in range(24):
        say(f"{number}", kind=kinds[number % 4], offer=number, sign_up=number, assignment=number, minutes=60)
    assert queries() == few


def test_words_from_people_are_text_not_markup(signed_in, stranger, say):
    say("<script>alert(1)</script>")
    assert b"<script>alert(1)" not in signed_in(stranger).get(INBOX).content
