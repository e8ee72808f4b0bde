"""The organiser's roster: one tap each, undone by one more; times are approved by somebody else."""

import pytest
from django.urls import reverse

from activities import services
from activities.models import Attendance, ServiceRecord, SignUp, Timesheet, Way
from activities.services.roster import take_back_tick, tick
from core.errors import DomainError

pytestmark = pytest.mark.django_db


@pytest.fixture
def shift(shift_now):
    return shift_now()


@pytest.fixture
def sign_up(sign_up_now, volunteer, shift):
    return sign_up_now(volunteer, shift)


@pytest.fixture
def tap(client, worker, sign_up):
    client.force_login(worker)
    return lambda act, row=None: client.post(
        reverse("activities:tick", args=[(row or sign_up).pk]), {"act": act}, follow=True
    )


@pytest.fixture
def sheet(sign_up, volunteer, later):
    """A paper slip's time, which waits."""
    services.observe_arrival(sign_up=sign_up, way=Way.SLIP, by=volunteer.user)
    later(sign_up, 60)
    services.observe_leaving(sign_up=sign_up, way=Way.SLIP, by=volunteer.user)
    return Timesheet.objects.get()


def refused(act):
    with pytest.raises(DomainError) as refusal:
        act()
    return refusal.value.code


def test_one_tap_in_and_one_out(tap, sign_up, worker, later):
    assert "is here" in tap("in").content.decode()
    pair = Attendance.objects.get()
    assert (pair.way_in, pair.seen_in_by) == ("roster", worker)
    later(sign_up, 30)
    tap("out")
    record = ServiceRecord.objects.get()
    assert (record.minutes, record.grade, record.how_observed) == (30, "credit", "1")


def test_a_tap_on_the_wrong_name_is_taken_back(tap, sign_up, later, worker):
    tap("in")
    tap("back")
    sign_up.refresh_from_db()
    assert sign_up.status == SignUp.Status.SIGNED_UP
    assert not Attendance.objects.exists()
    tap("in")
    later(sign_up, 30)
    tap("out")
    tap("in")
    tap("back")
    sign_up.refresh_from_db()
    assert (sign_up.status, Attendance.objects.count()) == (SignUp.Status.CHECKED_OUT, 1)
    take_back_tick(sign_up=sign_up, by=worker)  # nothing is open: nothing changes
    assert ServiceRecord.objects.get().minutes == 30


def test_what_a_phone_observed_is_not_taken_back(sign_up, shift, volunteer, worker, code):
    services.check_in(sign_up=sign_up, code=code(shift), by=volunteer.user)
    assert refused(lambda: take_back_tick(sign_up=sign_up, by=worker)) == "observed_by_phone"


def test_others_find_no_roster(client, sign_up, shift, volunteer, other_worker):
    for user in (volunteer.user, other_worker):
        client.force_login(user)
        assert client.get(reverse("activities:roster", args=[shift.pk])).status_code == 404
        assert client.post(reverse("activities:tick", args=[sign_up.pk]), {"act": "in"}).status_code == 404
        assert refused(lambda user=user: tick(sign_up=sign_up, act="in", by=user)) == "not_the_organiser"
    assert not Attendance.objects.exists()


def test_the_roster_asks_the_same_for_many(
    client, worker, shift, make_volunteer, sign_up_now, django_assert_max_num_queries, later
):
    client.force_login(worker)
    for number in range(4):
        sign_up = sign_up_now(make_volunteer(f"志愿{number}"), shift)
        tick(sign_up=sign_up, act="in", by=worker)
        later(sign_up, 30)
        tick(sign_up=sign_up, act="out", by=worker)
    with django_assert_max_num_queries(20):
        client.get(reverse("activities:roster", args=[shift.pk]))


def test_an_entered_time_counts_when_somebody_else_has_approved_it(sheet, volunteer, worker, client):
    assert (sheet.status, sheet.grade) == ("waiting", "honour")
    assert not ServiceRecord.objects.exists()
    assert (
        refused(lambda: services.approve_time(timesheet=sheet, minutes=60, by=volunteer.user)) == "own_hours"
    )
    client.force_login(volunteer.user)
    assert (
        client.post(reverse("activities:approve_time", args=[sheet.pk]), {"minutes": 60}).status_code == 404
    )
    client.force_login(worker)
    assert "min" in client.get(reverse("activities:times")).content.decode()
    client.post(reverse("activities:approve_time", args=[sheet.pk]), {"minutes": 60})
    record = ServiceRecord.objects.get()
    assert (record.minutes, record.grade, record.how_observed) == (60, "honour", "2")
    assert "No time waits" in client.get(reverse("activities:times")).content.decode()


def test_other_minutes_need_a_reason_and_reverse_what_counted(sheet, worker):
    assert refused(lambda: services.approve_time(timesheet=sheet, minutes=40, by=worker)) == "no_reason"
    for _ in range(2):
        services.approve_time(timesheet=sheet, minutes=40, reason="中途离开", by=worker)
    services.approve_time(timesheet=sheet, minutes=50, reason="看错了", by=worker)
    assert list(ServiceRecord.objects.order_by("id").values_list("minutes", flat=True)) == [40, -40, 50]
    assert (
        refused(lambda: services.approve_time(timesheet=sheet, minutes=999, by=worker)) == "impossible_time"
    )


def test_more_than_was_observed_is_an_entered_time(sign_up, shift, volunteer, worker, code, later):
    services.check_in(sign_up=sign_up, code=code(shift), by=volunteer.user)
    later(sign_up, 60)
    services.check_out(sign_up=sign_up, code=code(shift), by=volunteer.user)
    sheet = Timesheet.objects.get()
    services.approve_time(timesheet=sheet, minutes=50, reason="休息", by=worker)
    sheet.refresh_from_db()
    assert sheet.grade == "credit"
    services.approve_time(timesheet=sheet, minutes=70, reason="提前布置", by=worker)
    sheet.refresh_from_db()
    assert sheet.grade == "honour"
    assert ServiceRecord.objects.first().grade == "honour"


def test_the_rule_does_not_overrule_what_a_person_decided(sign_up, shift, volunteer, worker, code, later):
    for minutes in (60, 30):
        services.check_in(sign_up=sign_up, code=code(shift), by=volunteer.user)
        later(sign_up, minutes)
        services.check_out(sign_up=sign_up, code=code(shift), by=volunteer.user)
        sheet = Timesheet.objects.get()
        if minutes == 60:
            services.approve_time(timesheet=sheet, minutes=45, reason="休息", by=worker)
    assert (sheet.status, sheet.approved_minutes, sheet.observed_minutes) == ("waiting", 45, 90)
    assert ServiceRecord.objects.first().minutes == 45
