"""Paper slips: a code for one person, once; told times wait for somebody else."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from activities.models import Attendance, PaperSlip, ServiceRecord, Shift, Timesheet
from activities.services import slips
from core.errors import DomainError

pytestmark = pytest.mark.django_db


@pytest.fixture
def shift(shift_now):
    return shift_now()


@pytest.fixture
def sign_up(sign_up_now, volunteer, shift):
    return sign_up_now(volunteer, shift)


@pytest.fixture
def slip(shift, worker):
    return slips.print_slips(shift=shift, count=1, by=worker).get()


@pytest.fixture
def enter(slip, sign_up, volunteer):
    def act(by=None, came=25, left=5, row=None):
        now = timezone.now()
        return slips.enter_slip(
            slip=slip,
            sign_up=row or sign_up,
            came_at=now - timedelta(minutes=came),
            left_at=now - timedelta(minutes=left),
            by=by or volunteer.user,
        )

    return act


def refused(act):
    with pytest.raises(DomainError) as refusal:
        act()
    return refusal.value.code


def test_a_told_time_waits_for_the_organiser(enter):
    for _ in range(2):  # handed in twice is handed in once
        assert enter().status == "checked-out"
    pair, sheet = Attendance.objects.get(), Timesheet.objects.get()
    assert (pair.ways, pair.seen_in_by) == ({"slip"}, None)
    assert (sheet.status, sheet.grade, sheet.observed_minutes) == ("waiting", "honour", 20)
    assert not ServiceRecord.objects.exists()


def test_typed_in_by_the_organiser_it_is_approved_with_that(enter, worker):
    enter(by=worker)
    sheet = Timesheet.objects.get()
    assert (sheet.status, sheet.approved_by) == ("approved", worker)
    record = ServiceRecord.objects.get()
    assert (record.minutes, record.grade, record.how_observed) == (20, "honour", "2")


def test_a_slip_is_good_for_one_person(enter, make_volunteer, sign_up_now, shift, worker):
    enter()
    other = sign_up_now(make_volunteer("友人"), shift)
    assert refused(lambda: enter(by=worker, row=other)) == "slip_used"


@pytest.mark.parametrize(
    ("came", "left", "code"),
    [(5, 25, "impossible_time"), (25, -5, "impossible_time"), (90, 5, "too_early")],
)
def test_times_fit_the_shift(enter, came, left, code):
    assert refused(lambda: enter(came=came, left=left)) == code


def test_a_time_that_is_on_record_does_not_count_twice(enter, sign_up):
    Attendance.objects.create(
        sign_up=sign_up,
        checked_in_at=timezone.now() - timedelta(minutes=20),
        checked_out_at=timezone.now() - timedelta(minutes=10),
        way_out="code",
    )
    assert refused(enter) == "was_there"


def test_slips_end_some_days_after_the_shift(enter, shift):
    now = timezone.now()
    Shift.objects.filter(pk=shift.pk).update(
        starts_at=now - timedelta(days=16), ends_at=now - timedelta(days=15)
    )
    assert refused(enter) == "slip_too_late"


def test_others_neither_print_nor_type_in(enter, shift, volunteer, other_worker, client):
    assert refused(lambda: slips.print_slips(shift=shift, count=1, by=volunteer.user)) == "not_the_organiser"
    assert refused(lambda: enter(by=other_worker)) == "not_the_organiser"
    client.force_login(volunteer.user)
    assert client.get(reverse("activities:shift_slips", args=[shift.pk])).status_code == 404
    assert client.post(reverse("activities:print_slips", args=[shift.pk]), {"count": 1}).status_code == 404


def test_every_wrong_mark_and_every_swap_is_noticed():
    code = slips.new_code()
    assert slips.code_in(f" {code[:4].lower()}-{code[4:]} ") == code
    for place, mark in enumerate(code):
        for other in set(slips.MARKS) - {mark}:
            assert refused(lambda w=code[:place] + other + code[place + 1 :]: slips.code_in(w)) == "no_slip"
    for place in range(slips.LENGTH - 2):
        if code[place] != code[place + 1]:
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert refused(lambda swapped=swapped: slips.code_in(swapped)) == "no_slip"


def test_from_the_printer_to_the_hours(client, worker, volunteer, shift, sign_up):
    client.force_login(worker)
    page = client.post(reverse("activities:print_slips", args=[shift.pk]), {"count": 3}).content.decode()
    assert page.count('class="slip"') == PaperSlip.objects.count() == 3
    code = re.search(r'slip-code">([A-Z0-9]{4} [A-Z0-9]{4})', page)[1]
    client.force_login(volunteer.user)
    came = timezone.localtime() - timedelta(minutes=20)
    typed = {"code": code, "came": came.strftime("%H:%M"), "left": timezone.localtime().strftime("%H:%M")}
    answer = client.post(reverse("activities:slip"), typed, follow=True)
    assert "Somebody else looks at the time" in answer.content.decode()
    assert (
        "no slip with this code"
        in client.post(reverse("activities:slip"), typed | {"code": "22222223"}).content.decode()
    )
    assert Timesheet.objects.get().status == "waiting"
