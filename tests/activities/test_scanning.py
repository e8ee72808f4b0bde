"""The QR code on site: one phone and one person a scan, and a late scan fails."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from activities import services
from activities.models import Attendance, ServiceRecord, ShiftDevice, Timesheet
from activities.rules import scan_token, step_of, step_of_scan
from core.errors import DomainError

pytestmark = pytest.mark.django_db


@pytest.fixture
def shift(shift_now):
    return shift_now()


@pytest.fixture
def sign_up(sign_up_now, volunteer, shift):
    return sign_up_now(volunteer, shift)


def phone(user=None):
    """A browser of its own, in English."""
    client = Client()
    client.cookies["django_language"] = "en"
    if user is not None:
        client.force_login(user)
    return client


def address(shift, *, steps=0):
    token = scan_token(shift.code_secret, step_of(timezone.now()) + steps)
    return reverse("activities:scan", args=[shift.pk, token])


def shown_on(organiser, shift):
    """The address in the picture, which a test cannot photograph: the page's own picture is made of it."""
    page = phone(organiser).get(reverse("activities:shift_code", args=[shift.pk])).content.decode()
    picture = re.search(r'<svg[^>]*class="qr".*?</svg>', page, re.DOTALL)[0]
    assert "style=" not in picture
    return address(shift)


def test_a_scan_checks_in_and_the_next_one_out(sign_up, shift, volunteer, worker, later):
    mine = phone(volunteer.user)
    ticket = mine.get(shown_on(worker, shift)).url
    assert not Attendance.objects.exists()  # opening the address changes nothing
    assert "Check in" in mine.get(ticket).content.decode()
    mine.post(ticket, {"act": "in"})
    pair = Attendance.objects.get()
    assert (pair.way_in, pair.seen_in_by) == ("qr", None)
    later(sign_up, 60)
    ShiftDevice.objects.update(last_step=0)  # half a minute later
    answer = mine.post(mine.get(address(shift)).url, {"act": "out"}, follow=True)
    assert "1 hour recorded" in answer.content.decode()
    record = ServiceRecord.objects.get()
    assert (record.minutes, record.grade, record.how_observed) == (60, "credit", "4")
    sheet = Timesheet.objects.get()
    assert (sheet.planned_minutes, sheet.observed_minutes, sheet.approved_minutes) == (120, 60, 60)
    assert sheet.approved_by is None


@pytest.mark.parametrize(("steps", "status"), [(0, 302), (-1, 302), (-2, 410), (1, 410)])
def test_a_late_scan_fails(shift, volunteer, steps, status):
    assert phone(volunteer.user).get(address(shift, steps=steps)).status_code == status


def test_the_token_says_its_step_and_nothing_without_a_secret(shift):
    now = timezone.now()
    token = scan_token(shift.code_secret, step_of(now))
    assert step_of_scan(shift.code_secret, token, now) == step_of(now)
    assert step_of_scan("", scan_token("", step_of(now)), now) is None
    assert step_of_scan(shift.code_secret, token, now + timedelta(seconds=61)) is None


def test_a_ticket_is_of_no_use_on_another_phone(sign_up, shift, volunteer):
    ticket = phone().get(address(shift)).url  # a friend on site scans and sends the address
    answer = phone(volunteer.user).post(ticket, {"act": "in"})
    assert answer.status_code == 410
    assert not Attendance.objects.exists()


def test_one_phone_checks_in_one_person(sign_up, shift, volunteer, make_volunteer, sign_up_now):
    friend = make_volunteer("友人")
    sign_up_now(friend, shift)
    shared = phone(volunteer.user)
    shared.post(shared.get(address(shift)).url, {"act": "in"})
    shared.force_login(friend.user)
    ShiftDevice.objects.update(last_step=0)
    answer = shared.post(shared.get(address(shift)).url, {"act": "in"})
    assert answer.status_code == 409
    assert "used by somebody else" in answer.content.decode()
    assert Attendance.objects.get().sign_up == sign_up


def test_typed_digits_are_bound_to_a_phone_as_well(
    sign_up, shift, volunteer, make_volunteer, sign_up_now, code
):
    friend = make_volunteer("友人")
    other = sign_up_now(friend, shift)
    shared = phone(volunteer.user)
    shared.post(reverse("activities:check_in", args=[sign_up.pk]), {"code": code(shift)})
    shared.force_login(friend.user)
    answer = shared.post(reverse("activities:check_in", args=[other.pk]), {"code": code(shift)})
    assert "used by somebody else" in answer.content.decode()
    assert Attendance.objects.get().sign_up == sign_up


def test_one_scan_is_one_act(sign_up, shift, volunteer):
    mine = phone(volunteer.user)
    ticket = mine.get(address(shift)).url
    mine.post(ticket, {"act": "in"})
    assert mine.post(ticket, {"act": "in"}).status_code == 302  # a double click is one check-in
    assert mine.post(ticket, {"act": "out"}).status_code == 409
    assert Attendance.objects.get().checked_out_at is None


def test_whoever_has_no_place_is_told_so(shift, stranger):
    someone = phone(stranger)
    answer = someone.get(someone.get(address(shift)).url)
    assert "no place in this shift" in answer.content.decode()


def test_who_signs_in_after_the_scan_keeps_it(sign_up, shift, volunteer):
    mine = phone()
    ticket = mine.get(address(shift)).url
    assert mine.get(ticket).status_code == 302
    mine.force_login(volunteer.user)
    mine.post(ticket, {"act": "in"})
    assert Attendance.objects.exists()


def test_hours_of_whoever_runs_the_activity_wait_for_somebody_else(
    make_volunteer, worker, centre_user, sign_up_now, shift, later, code
):
    own = make_volunteer(user=worker)
    sign_up = sign_up_now(own, shift)
    services.check_in(sign_up=sign_up, code=code(shift), by=worker)
    later(sign_up, 60)
    services.check_out(sign_up=sign_up, code=code(shift), by=worker)
    sheet = Timesheet.objects.get()
    assert sheet.status == "waiting"
    assert not ServiceRecord.objects.exists()
    with pytest.raises(DomainError) as refusal:
        services.approve_time(timesheet=sheet, minutes=60, by=worker)
    assert refusal.value.code == "own_hours"
    services.approve_time(timesheet=sheet, minutes=60, by=centre_user)
    assert ServiceRecord.objects.get().minutes == 60
