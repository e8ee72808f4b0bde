"""The tablet on site: a token of its own, one shift, and no other page."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from activities.models import Attendance, Kiosk, SignUp
from activities.services import kiosks
from core.errors import DomainError

pytestmark = pytest.mark.django_db
HOME = "/activities/kiosk/"


@pytest.fixture
def shift(shift_now):
    return shift_now()


@pytest.fixture
def sign_up(sign_up_now, volunteer, shift):
    return sign_up_now(volunteer, shift)


@pytest.fixture
def digits(volunteer):
    return volunteer.user.phone[-4:]


@pytest.fixture
def tablet(sign_up, shift, worker):
    """Opened by the organiser, who was signed in on it."""
    _kiosk, token = kiosks.open_kiosk(shift=shift, by=worker)
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(worker)
    client.post(reverse("activities:kiosk_begin", args=[token]))
    return client


def choice_in(answer):
    return re.search(r'name="choice" value="([^"]+)"', answer.content.decode())[1]


def test_four_digits_and_a_tap_check_in_and_out(tablet, digits, later, sign_up):
    offered = tablet.post(HOME, {"digits": digits})
    assert "志*子" in offered.content.decode()
    assert "志愿子" not in offered.content.decode()
    for _ in range(2):  # a double tap is one check-in
        assert "checked in" in tablet.post(HOME + "tap/", {"choice": choice_in(offered)}).content.decode()
    pair = Attendance.objects.get()
    assert (pair.way_in, pair.checked_out_at) == ("kiosk", None)
    later(sign_up, 45)
    tablet.post(HOME + "tap/", {"choice": choice_in(tablet.post(HOME, {"digits": digits}))})
    assert sign_up.timesheet.approved_minutes == 45
    assert sign_up.timesheet.grade == "credit"


@pytest.mark.parametrize("path", ["/", "/my/", "/activities/", "/accounts/login/", "/admin/"])
def test_no_other_page_is_reachable(tablet, path):
    answer = tablet.get(path)
    assert (answer.status_code, answer.url) == (302, HOME)


def test_the_organiser_is_signed_out_on_the_tablet(tablet):
    assert "sessionid" not in tablet.cookies or not tablet.cookies["sessionid"].value
    page = tablet.get(HOME).content.decode()
    assert "<nav" not in page


def test_the_tablet_ends_with_the_organisers_word(tablet, shift, worker, digits):
    organiser = Client()
    organiser.force_login(worker)
    organiser.post(reverse("activities:kiosk_setup", args=[shift.pk]), {"act": "end"})
    assert tablet.post(HOME, {"digits": digits}).status_code == 410
    assert tablet.get("/").status_code == 200  # the cookie is gone: an ordinary browser again


def test_it_ends_by_itself_and_with_the_next_one(tablet, shift, worker):
    Kiosk.objects.update(closes_at=timezone.now())
    assert tablet.get(HOME).status_code == 410
    for _ in range(2):
        kiosks.open_kiosk(shift=shift, by=worker)
    assert Kiosk.objects.filter(ended_at__isnull=True).count() == 1


def test_digits_do_not_serve_to_find_people_out(tablet, digits):
    wrong = f"{(int(digits) + 1) % 10_000:04d}"
    for _ in range(kiosks.WRONG_DIGITS):
        assert "Nobody with these digits" in tablet.post(HOME, {"digits": wrong}).content.decode()
    assert "Too many numbers" in tablet.post(HOME, {"digits": digits}).content.decode()


@pytest.mark.parametrize("typed", ["", "12", "12345", "abcd", "１２３４", "%%%%"])
def test_only_four_digits_are_looked_up(tablet, typed):
    assert "last four digits" in tablet.post(HOME, {"digits": typed}).content.decode()


def test_a_choice_counts_on_its_own_tablet_only(tablet, digits, shift_now, worker, sign_up):
    choice = choice_in(tablet.post(HOME, {"digits": digits}))
    _kiosk, token = kiosks.open_kiosk(shift=shift_now(), by=worker)
    other = Client()
    other.post(reverse("activities:kiosk_begin", args=[token]))
    assert other.post(HOME + "tap/", {"choice": choice}).status_code == 404
    assert other.post(HOME + "tap/", {"choice": "forged"}).status_code == 302
    assert Client().post(HOME + "tap/", {"choice": choice}).status_code == 302
    assert SignUp.objects.get().status == "signed-up"


def test_only_who_runs_the_shift_opens_a_tablet(shift, volunteer, other_worker):
    for user in (volunteer.user, other_worker):
        client = Client()
        client.force_login(user)
        assert client.post(reverse("activities:kiosk_setup", args=[shift.pk])).status_code == 404
        with pytest.raises(DomainError):
            kiosks.open_kiosk(shift=shift, by=user)
    assert Client().get(reverse("activities:kiosk_begin", args=["unknown"])).status_code == 410
