from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AskLedger
from accounts.spread import spread_of_asks
from notifications.catalogue import KINDS, Group
from notifications.models import Delivery, Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def dead(volunteer):
    message = Notification.objects.create(
        user=volunteer.user, kind="volunteer-suspended", params={}, link="/", dedupe_key="a", sequence=1
    )
    return Delivery.objects.create(
        notification=message,
        channel="email",
        state="failed",
        attempts=12,
        due_at=timezone.now(),
        error="SMTPException: no",
    )


def test_staff_read_every_kind_in_both_languages(centre_user, signed_in, django_assert_max_num_queries):
    client = signed_in(centre_user)
    shown = set()
    for group in Group:
        with django_assert_max_num_queries(35):
            page = client.get(reverse("portal:told"), {"group": group})
        previews = page.context["previews"]
        assert all([one.language for one in preview.readings] == ["zh-hans", "en"] for preview in previews)
        shown |= {preview.name for preview in previews}
    assert shown == set(KINDS)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_mail_of_a_kind_is_shown_as_it_is_sent(language, centre_user, signed_in):
    answer = signed_in(centre_user).get(reverse("portal:told_mail", args=["offer", language]))
    assert f'lang="{language}"' in answer.content.decode()
    assert "'unsafe-inline'" in answer.headers["Content-Security-Policy"]


def test_these_pages_are_for_the_centre(worker, volunteer, signed_in, dead):
    for user in (worker, volunteer.user):
        client = signed_in(user)
        for name in ("told", "undelivered", "asks"):
            assert client.get(reverse(f"portal:{name}")).status_code == 404
        assert client.post(reverse("portal:send_again", args=[dead.pk])).status_code == 404


def test_a_dead_letter_is_sent_again_once(dead, centre_user, signed_in):
    client = signed_in(centre_user)
    assert "SMTPException" in client.get(reverse("portal:undelivered")).content.decode()
    again = reverse("portal:send_again", args=[dead.pk])
    assert client.post(again).status_code == 302
    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == ("waiting", 0)
    assert client.post(again).status_code == 404  # it is on its way


def test_letters_of_another_district_are_not_shown(dead, make_user, centre_user, signed_in):
    Notification.objects.update(user=make_user())
    assert signed_in(centre_user).post(reverse("portal:send_again", args=[dead.pk])).status_code == 404


def test_the_spread_of_asks_is_counted_in_one_query(make_volunteer, district, django_assert_num_queries):
    now = timezone.now()
    often, once, never = (make_volunteer(f"志愿{number}") for number in range(3))
    for number in range(3):
        AskLedger.objects.create(
            volunteer=often,
            asked_at=now - timedelta(days=number),
            source_kind="offer",
            source_id=number,
            exceeds_budget=number == 0,
        )
    AskLedger.objects.create(
        volunteer=once, asked_at=now - timedelta(days=70), source_kind="offer", source_id=9
    )
    with django_assert_num_queries(1):
        spread = spread_of_asks(district.code, now=now, days=28, silence=timedelta(weeks=6))
    assert (spread.people, spread.asks, spread.beyond) == (3, 3, 1)
    assert (spread.never, spread.silent, spread.most) == (1, 1, 3)
    assert spread.gini == pytest.approx(2 / 3)  # one of three has everything
    assert [bar.people for bar in spread.bars] == [2, 0, 0, 1, 0, 0]
    assert spread.longest_silence == now - timedelta(days=70)
    assert never.pk


def test_a_district_without_people_has_no_gini(district):
    spread = spread_of_asks(district.code, now=timezone.now(), days=28, silence=timedelta(weeks=6))
    assert (spread.people, spread.gini, spread.share_never) == (0, None, 0)


def test_the_page_of_asks_names_those_who_wait(make_volunteer, centre_user, signed_in):
    waiting = make_volunteer("久等")
    waiting.verified_at = timezone.now() - timedelta(days=200)
    waiting.save()
    page = signed_in(centre_user).get(reverse("portal:asks"), {"weeks": "12"}).content.decode()
    assert "久等" in page
