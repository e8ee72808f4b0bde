"""A place in a shift: taken once, given back, refused with a reason."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Commitment, RuleSet, SourceKind
from accounts.services import commit_time
from activities import services
from activities.checks.sign_up import SIGN_UP_CHECKS, why_not
from activities.checks.wishes import Wish, wishes_for
from activities.models import Activity, Shift, SignUp
from core.errors import DomainError
from core.states import history

pytestmark = pytest.mark.django_db


def refused(act):
    with pytest.raises(DomainError) as refusal:
        act()
    assert refusal.value.reason
    return refusal.value.code


@pytest.fixture
def sign_up(shift, volunteer):
    return services.sign_up(shift=shift, volunteer=volunteer, by=volunteer.user)


def test_a_place_is_taken_and_the_time_is_promised(shift, volunteer, sign_up):
    shift.refresh_from_db()
    assert shift.taken == 1
    promise = Commitment.objects.get(volunteer=volunteer)
    assert (promise.source_kind, promise.source_id) == (SourceKind.SIGN_UP, sign_up.pk)
    assert (promise.period.lower, promise.period.upper) == shift.period


def test_signing_up_twice_is_one_place(shift, volunteer, sign_up):
    assert services.sign_up(shift=shift, volunteer=volunteer, by=volunteer.user) == sign_up
    shift.refresh_from_db()
    assert shift.taken == 1


def test_the_last_place_is_the_last(make_shift, volunteer, other_volunteer):
    shift = make_shift(places=1)
    services.sign_up(shift=shift, volunteer=volunteer, by=volunteer.user)
    assert (
        refused(lambda: services.sign_up(shift=shift, volunteer=other_volunteer, by=other_volunteer.user))
        == "full"
    )


def test_the_database_refuses_two_of_one_places(make_shift):
    shift = make_shift(places=1)
    with pytest.raises(IntegrityError, match="shift_is_never_overfull"), transaction.atomic():
        Shift.objects.filter(pk=shift.pk).update(taken=2)


def test_nobody_is_signed_up_by_somebody_else(shift, volunteer, worker):
    assert refused(lambda: services.sign_up(shift=shift, volunteer=volunteer, by=worker)) == "not_oneself"


def test_back_to_back_is_no_clash_and_an_overlap_is(make_activity, make_shift, volunteer):
    first = make_shift()
    following = make_shift(starts_at=first.ends_at, ends_at=first.ends_at + timedelta(hours=1))
    within = make_shift(
        starts_at=first.ends_at - timedelta(minutes=1), ends_at=first.ends_at + timedelta(hours=1)
    )
    for shift in (first, following):
        services.sign_up(shift=shift, volunteer=volunteer, by=volunteer.user)
    assert refused(lambda: services.sign_up(shift=within, volunteer=volunteer, by=volunteer.user)) == "clash"
    within.refresh_from_db()
    assert within.taken == 0
    assert SignUp.objects.count() == 2


def test_an_assignment_at_that_time_is_a_clash_too(shift, volunteer):
    commit_time(
        volunteer=volunteer,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        source_kind=SourceKind.ASSIGNMENT,
        source_id=1,
    )
    assert refused(lambda: services.sign_up(shift=shift, volunteer=volunteer, by=volunteer.user)) == "clash"


def test_the_rest_that_the_rules_ask_for_keeps_shifts_apart(make_shift, volunteer):
    RuleSet.objects.update(rest_minutes=30)
    first = make_shift()
    soon = make_shift(
        starts_at=first.ends_at + timedelta(minutes=10), ends_at=first.ends_at + timedelta(hours=1)
    )
    services.sign_up(shift=first, volunteer=volunteer, by=volunteer.user)
    rules = RuleSet.objects.in_force(timezone.localdate())
    (wish,) = wishes_for([soon], volunteer, rules=rules, now=timezone.now())
    assert why_not(wish).code == "clash"
    assert refused(lambda: services.sign_up(shift=soon, volunteer=volunteer, by=volunteer.user)) == "clash"


@pytest.mark.parametrize(
    "status",
    [Activity.Status.DRAFT, Activity.Status.REVIEW, Activity.Status.CANCELLED, Activity.Status.FINISHED],
)
def test_only_a_recruiting_activity_takes_people(make_activity, make_shift, volunteer, status):
    shift = make_shift(make_activity(status=status))
    assert (
        refused(lambda: services.sign_up(shift=shift, volunteer=volunteer, by=volunteer.user))
        == "not_recruiting"
    )


def test_a_shift_that_has_begun_takes_nobody(shift_now, volunteer):
    assert (
        refused(lambda: services.sign_up(shift=shift_now(), volunteer=volunteer, by=volunteer.user))
        == "started"
    )


@pytest.mark.parametrize(("status", "code"), [("applied", "not_verified"), ("suspended", "suspended")])
def test_only_verified_volunteers_sign_up(make_volunteer, shift, status, code):
    person = make_volunteer(status=status)
    assert refused(lambda: services.sign_up(shift=shift, volunteer=person, by=person.user)) == code


def born(years):
    return timezone.localdate() - timedelta(days=int(365.25 * years))


@pytest.mark.parametrize(
    ("person", "least", "code"),
    [
        ({"born_on": born(16.5)}, None, "guardian_consent_missing"),
        ({"born_on": born(16.5), "has_guardian_consent": True}, None, None),
        ({"born_on": born(16.5), "has_guardian_consent": True}, 18, "too_young"),
        ({"born_on": None}, 16, "age_unknown"),
        ({"born_on": None}, None, None),
        ({"born_on": born(40)}, 18, None),
    ],
)
def test_age_and_guardian_are_looked_at(make_volunteer, make_activity, make_shift, person, least, code):
    volunteer = make_volunteer(**person)
    shift = make_shift(make_activity(minimum_age=least))
    if code:
        assert refused(lambda: services.sign_up(shift=shift, volunteer=volunteer, by=volunteer.user)) == code
    else:
        services.sign_up(shift=shift, volunteer=volunteer, by=volunteer.user)


def test_the_list_that_greys_the_button_knows_the_place_already_taken(shift, volunteer, sign_up):
    rules = RuleSet.objects.in_force(timezone.localdate())
    (wish,) = wishes_for([shift], volunteer, rules=rules, now=timezone.now())
    assert why_not(wish).code == "signed_up_already"


def test_a_stranger_is_told_to_register(shift):
    rules = RuleSet.objects.in_force(timezone.localdate())
    assert why_not(Wish(shift, None, rules, timezone.now())).code == "not_a_volunteer"


def test_the_wishes_for_many_shifts_cost_seven_queries(
    make_activity, make_shift, volunteer, django_assert_num_queries
):
    activity = make_activity()
    shifts = [make_shift(activity) for _ in range(20)]
    rules = RuleSet.objects.in_force(timezone.localdate())
    with django_assert_num_queries(7):
        wishes = wishes_for(shifts, volunteer, rules=rules, now=timezone.now())
        assert [why_not(wish) for wish in wishes] == [None] * 20


def test_every_check_has_a_name_that_says_what_must_hold():
    assert all(
        check.__name__.startswith(("check_is_", "check_has_", "check_not_")) for check in SIGN_UP_CHECKS
    )


def test_cancelling_frees_the_place_and_the_time(shift, volunteer, other_volunteer, sign_up):
    cancelled = services.cancel_sign_up(sign_up=sign_up, by=volunteer.user)
    shift.refresh_from_db()
    assert (shift.taken, cancelled.status, cancelled.is_late_cancel) == (0, "cancelled", False)
    assert not Commitment.objects.exists()
    again = services.sign_up(shift=shift, volunteer=volunteer, by=volunteer.user)
    assert again != sign_up
    assert [change.after for change in history(sign_up)] == ["cancelled"]


def test_cancelling_twice_gives_one_place_back(shift, volunteer, sign_up):
    services.cancel_sign_up(sign_up=sign_up, by=volunteer.user)
    services.cancel_sign_up(sign_up=sign_up, by=volunteer.user)
    shift.refresh_from_db()
    assert shift.taken == 0


@pytest.mark.parametrize(("hours", "is_late"), [(23, True), (25, False)])
def test_a_cancellation_within_the_hours_of_the_rules_is_late(
    make_activity, make_shift, volunteer, hours, is_late
):
    starts_at = timezone.now() + timedelta(hours=hours)
    shift = make_shift(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    sign_up = services.sign_up(shift=shift, volunteer=volunteer, by=volunteer.user)
    assert services.cancel_sign_up(sign_up=sign_up, by=volunteer.user).is_late_cancel is is_late


def test_nobody_is_late_when_the_organiser_cancels(make_shift, volunteer, worker):
    starts_at = timezone.now() + timedelta(hours=1)
    shift = make_shift(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    sign_up = services.sign_up(shift=shift, volunteer=volunteer, by=volunteer.user)
    assert not services.cancel_sign_up(sign_up=sign_up, by=worker, reason="雨").is_late_cancel


def test_nobody_cancels_what_is_over(sign_up_now, shift_now, volunteer):
    shift = shift_now()
    sign_up = sign_up_now(volunteer, shift)
    Shift.objects.filter(pk=shift.pk).update(ends_at=timezone.now())
    assert refused(lambda: services.cancel_sign_up(sign_up=sign_up, by=volunteer.user)) == "over"
