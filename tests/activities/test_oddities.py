"""Open check-ins and circles of approval find their way into the queue of doubts by themselves, once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from activities import services
from activities.circles import circles
from activities.models import RecordCheck, Shift, Timesheet
from activities.services.oddities import raise_circles, raise_open_check_ins

RULES = {"people": 4, "times": 3, "percent": 80}
A, B, C, D, E = range(1, 6)


def members(edges):
    return [set(circle.members) for circle in circles(edges, **RULES)]


@pytest.mark.parametrize(
    ("edges", "found"),
    [
        ({(A, B): 3, (B, A): 3}, [{A, B}]),
        ({(A, B): 3, (B, A): 2}, []),  # too seldom
        ({(A, B): 9, (A, C): 9}, []),  # an organiser who approves many
        ({(A, B): 3, (B, C): 3, (C, A): 3}, [{A, B, C}]),
        ({(A, B): 4, (B, A): 4, (C, A): 1}, [{A, B}]),  # 80 % from inside
        ({(A, B): 3, (B, A): 3, (C, A): 3}, []),  # half of it is from elsewhere
        ({(A, B): 3, (B, C): 3, (C, D): 3, (D, E): 3, (E, A): 3}, []),  # five are a team
        ({(A, B): 20, (B, A): 20, (B, C): 3, (C, D): 3, (D, E): 3, (E, A): 3}, [{A, B}]),  # hidden in a team
        ({(A, A): 9}, []),
        ({}, []),
    ],
)
def test_a_circle_is_small_and_mostly_vouched_for_from_inside(edges, found):
    assert members(edges) == found


@pytest.fixture
def approve(sign_up_now, shift_now, later, code):
    """`by` approves an hour of `volunteer`."""

    def make(volunteer, by):
        sign_up = sign_up_now(volunteer, shift_now())
        Timesheet.objects.create(
            sign_up=sign_up,
            status="approved",
            planned_minutes=120,
            observed_minutes=60,
            approved_minutes=60,
            approved_at=timezone.now(),
            approved_by=by,
        )
        services.cancel_sign_up(sign_up=sign_up, by=by)

    return make


@pytest.mark.django_db
def test_two_who_approve_each_other_are_looked_at_once(approve, make_volunteer, worker, volunteer):
    one, other = make_volunteer("甲"), make_volunteer("乙")
    for _ in range(3):
        approve(one, other.user)
        approve(other, one.user)
        approve(volunteer, worker)
    for _ in range(2):
        assert raise_circles() == 2
    checks = RecordCheck.objects.filter(kind="circle")
    assert {check.volunteer for check in checks} == {one, other}
    assert checks[0].facts == {"count": 3, "total": 3, "people": 2}


@pytest.mark.django_db
def test_a_check_in_that_was_never_ended_waits_for_a_decision(
    sign_up_now, shift_now, volunteer, worker, code
):
    shift = shift_now()
    sign_up = sign_up_now(volunteer, shift)
    services.check_in(sign_up=sign_up, code=code(shift), by=volunteer.user)
    assert raise_open_check_ins() == 0
    now = timezone.now()
    times = {"starts_at": now - timedelta(hours=5), "ends_at": now - timedelta(hours=1)}
    Shift.objects.filter(pk=shift.pk).update(**times)
    assert raise_open_check_ins() == 0  # the check-out is still open
    times = {"starts_at": now - timedelta(hours=5), "ends_at": now - timedelta(hours=3)}
    Shift.objects.filter(pk=shift.pk).update(**times)
    assert (raise_open_check_ins(), raise_open_check_ins()) == (1, 0)
    check = RecordCheck.objects.get()
    assert (check.kind, check.volunteer, check.status) == ("open", volunteer, "waiting")
    services.decide_open_check_in(sign_up=sign_up, left_at=timezone.now(), reason="组织者看到", by=worker)
    check.refresh_from_db()
    assert (check.status, check.decided_by) == ("settled", worker)
