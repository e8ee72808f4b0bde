"""Check-in and check-out by the code on site; the observed time counts, once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from activities import services, tallies
from activities.models import Attendance, ServiceRecord, Shift, SignUp
from activities.rankings import tally_minutes
from activities.services.codes import WRONG_CODES
from core.errors import DomainError

pytestmark = pytest.mark.django_db


@pytest.fixture
def shift(shift_now):
    return shift_now()


@pytest.fixture
def sign_up(sign_up_now, volunteer, shift):
    return sign_up_now(volunteer, shift)


@pytest.fixture
def come(sign_up, volunteer, code, shift):
    return lambda: services.check_in(sign_up=sign_up, code=code(shift), by=volunteer.user)


@pytest.fixture
def go(sign_up, volunteer, code, shift):
    return lambda: services.check_out(sign_up=sign_up, code=code(shift), by=volunteer.user)


def all_minutes(volunteer):
    return tally_minutes(
        subject_kind="volunteer", subject_id=volunteer.pk, period="all", day=timezone.localdate()
    )


def refused(act):
    with pytest.raises(DomainError) as refusal:
        act()
    return refusal.value.code


def test_check_in_and_out_give_the_observed_minutes(come, go, later, sign_up, volunteer, shift):
    assert come().status == "checked-in"
    later(sign_up, 75)
    assert go().status == "checked-out"
    record = ServiceRecord.objects.get()
    assert (record.minutes, record.source_kind, record.source_id) == (75, "shift", sign_up.pk)
    assert (record.grade, record.how_observed) == ("credit", "4")
    assert record.organisation == shift.activity.organisation
    assert (record.name, record.in_charge) == (shift.activity.title, shift.activity.posted_by.name)
    assert all_minutes(volunteer) == 75


def test_who_stays_longer_than_planned_gave_that_time_too(come, go, later, sign_up, shift):
    come()
    later(sign_up, 100)
    Shift.objects.filter(pk=shift.pk).update(ends_at=timezone.now() - timedelta(minutes=10))
    go()
    assert ServiceRecord.objects.get().minutes == 100


def test_a_second_pair_makes_one_longer_record_count(come, go, later, sign_up, volunteer):
    come()
    later(sign_up, 30)
    go()
    come()
    later(sign_up, 20)
    go()
    assert [row.minutes for row in ServiceRecord.objects.order_by("id")] == [30, -30, 50]
    assert all_minutes(volunteer) == 50
    assert tallies.differences() == []


def test_a_double_check_in_is_one(come, sign_up):
    come()
    come()
    assert Attendance.objects.count() == 1


def test_a_double_check_out_is_one(come, go, later, sign_up):
    come()
    later(sign_up, 30)
    go()
    assert go().status == "checked-out"
    assert ServiceRecord.objects.count() == 1


def test_less_than_a_minute_is_not_recorded(come, go):
    come()
    go()
    assert not ServiceRecord.objects.exists()


def test_nobody_checks_out_who_did_not_come(go):
    assert refused(go) == "not_checked_in"


def test_only_so_many_check_ins_a_day_count(come, go):
    for _ in range(3):
        come()
        go()
    assert refused(come) == "no_pairs_left"


def test_a_wrong_code_is_refused_and_guessing_is_slowed(sign_up, volunteer, shift, code, come):
    wrong = f"{(int(code(shift)) + 1) % 1_000_000:06d}"
    for _ in range(WRONG_CODES):
        assert (
            refused(lambda: services.check_in(sign_up=sign_up, code=wrong, by=volunteer.user)) == "wrong_code"
        )
    assert refused(come) == "too_many_codes"
    SignUp.objects.update(wrong_code_at=timezone.now() - timedelta(minutes=6))
    assert come().status == "checked-in"


def test_giving_the_place_back_and_taking_it_again_buys_no_guesses(make_shift, volunteer, code):
    starts_at = timezone.now() + timedelta(minutes=20)
    shift = make_shift(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    wrong = f"{(int(code(shift)) + 1) % 1_000_000:06d}"

    def take():
        return services.sign_up(shift=shift, volunteer=volunteer, by=volunteer.user)

    def guess(sign_up, typed=wrong):
        return refused(lambda: services.check_in(sign_up=sign_up, code=typed, by=volunteer.user))

    given_back = take()
    assert [guess(given_back) for _ in range(3)] == ["wrong_code"] * 3
    services.cancel_sign_up(sign_up=given_back, by=volunteer.user)
    again = take()
    assert [guess(again) for _ in range(3)] == ["wrong_code", "wrong_code", "too_many_codes"]
    assert guess(given_back, code(shift)) == "too_many_codes"  # nor does the one given back
    SignUp.objects.update(wrong_code_at=timezone.now() - timedelta(minutes=6))
    assert guess(again) == "wrong_code"
    services.check_in(sign_up=again, code=code(shift), by=volunteer.user)
    assert not SignUp.objects.exclude(wrong_codes=0).exists()


def test_a_right_code_forgives_the_wrong_ones(sign_up, volunteer, come):
    for _ in range(WRONG_CODES - 1):
        refused(lambda: services.check_in(sign_up=sign_up, code="", by=volunteer.user))
    come()
    sign_up.refresh_from_db()
    assert sign_up.wrong_codes == 0


def test_check_in_opens_before_the_start_by_the_rules(make_shift, volunteer, code):
    for minutes, refusal in ((40, "too_early"), (20, None)):
        starts_at = timezone.now() + timedelta(minutes=minutes)
        shift = make_shift(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=10))
        sign_up = services.sign_up(shift=shift, volunteer=volunteer, by=volunteer.user)

        def come(sign_up=sign_up, shift=shift):
            return services.check_in(sign_up=sign_up, code=code(shift), by=volunteer.user)

        if refusal:
            assert refused(come) == refusal
            services.cancel_sign_up(sign_up=sign_up, by=volunteer.user)
        else:
            assert come().status == "checked-in"


def test_outside_the_window_no_guess_is_spent(shift, volunteer, sign_up):
    Shift.objects.filter(pk=shift.pk).update(
        starts_at=timezone.now() + timedelta(hours=2), ends_at=timezone.now() + timedelta(hours=3)
    )
    assert refused(lambda: services.check_in(sign_up=sign_up, code="0", by=volunteer.user)) == "too_early"
    sign_up.refresh_from_db()
    assert sign_up.wrong_codes == 0


def test_check_in_closes_with_the_shift_and_check_out_two_hours_later(come, go, shift):
    come()
    Shift.objects.filter(pk=shift.pk).update(
        starts_at=timezone.now() - timedelta(hours=4), ends_at=timezone.now() - timedelta(minutes=121)
    )
    assert refused(go) == "too_late"
    assert Attendance.objects.get().checked_out_at is None  # stays open and waits for a decision
    assert not ServiceRecord.objects.exists()


def test_nobody_checks_in_after_the_end(come, shift):
    Shift.objects.filter(pk=shift.pk).update(ends_at=timezone.now() - timedelta(minutes=1))
    assert refused(come) == "too_late"


def test_nobody_checks_in_to_a_cancelled_activity(
    sign_up_now, make_volunteer, shift, worker, code, volunteer, sign_up
):
    services.cancel_activity(activity=shift.activity, reason="暴雨", by=worker)
    assert (
        refused(lambda: services.check_in(sign_up=sign_up, code=code(shift), by=volunteer.user))
        == "cancelled"
    )


def test_who_has_checked_in_cannot_cancel(come, sign_up, volunteer):
    come()
    assert refused(lambda: services.cancel_sign_up(sign_up=sign_up, by=volunteer.user)) == "already_there"


def test_hours_of_a_studio_activity_count_for_the_studio(
    make_activity, shift_now, sign_up_now, studio, volunteer, code, later
):
    starts_at = timezone.now() - timedelta(minutes=30)
    activity = make_activity(
        studio=studio, organisation=None, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2)
    )
    shift = shift_now(activity)
    sign_up = sign_up_now(volunteer, shift)
    services.check_in(sign_up=sign_up, code=code(shift), by=volunteer.user)
    later(sign_up, 25)
    services.check_out(sign_up=sign_up, code=code(shift), by=volunteer.user)
    record = ServiceRecord.objects.get()
    assert (record.studio, record.in_charge) == (studio, studio.lead.name)
    assert (
        tally_minutes(subject_kind="studio", subject_id=studio.pk, period="week", day=timezone.localdate())
        == 25
    )
