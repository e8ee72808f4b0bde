"""On my way, checked in, checked out, done; cancelled in time; reviewed once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Commitment, RuleSet, StaffRole
from activities.models import ServiceRecord
from core.models import SensitiveReading
from matching.models import Assignment, Offer, Review, ServiceRequest
from matching.services import (
    accept_offer,
    cancel_assignment,
    cancel_request,
    check_in,
    check_out,
    close_request,
    contact_of,
    enter_times,
    finish,
    review_service,
    set_off,
)
from matching.tasks import plan_requests
from tests.matching.refusing import refused
from tests.personas import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def promised(post, volunteer):
    """An accepted assignment."""

    def promise(**fields):
        need = post(**fields)
        plan_requests([need.pk])
        offer = Offer.objects.get(request=need, volunteer=volunteer)
        [assignment] = accept_offer(offer=offer, by=volunteer.user)
        need.refresh_from_db()
        return need, assignment

    return promise


@pytest.fixture
def served(promised, volunteer, begins_now, came_ago):
    def serve(minutes=60, **fields):
        need, assignment = promised(**fields)
        begins_now(need, minutes_ago=minutes)
        check_in(assignment=assignment, by=volunteer.user)
        came_ago(assignment, minutes)
        assignment = check_out(assignment=assignment, by=volunteer.user)
        need.refresh_from_db()
        return need, assignment

    return serve


def test_posting_the_same_form_twice_posts_one_need(post, worker):
    import uuid

    key = uuid.uuid4()
    assert post(submission_key=key) == post(submission_key=key)
    assert ServiceRequest.objects.count() == 1


def test_a_need_copies_place_and_division_from_the_household(post, household):
    need = post()
    assert (need.cell, need.division) == (household.cell, household.division)


def test_the_note_is_sealed_in_the_database(post):
    need = ServiceRequest.objects.get(pk=post(note="敲门要大声").pk)
    assert "敲门".encode() not in bytes(need.note)


def test_only_staff_of_the_neighbourhood_post_for_a_household(
    post, other_worker, volunteer, household_contact
):
    for person in (other_worker, volunteer.user, household_contact):
        with refused("not_yours"):
            post(by=person)


def test_an_ended_household_gets_no_new_need(post, household):
    household.status = "ended"
    household.save()
    with refused("household_ended"):
        post()


def test_a_need_lies_ahead_and_ends_after_it_starts(post):
    with refused("in_the_past"):
        post(starts_at=timezone.now() - timedelta(hours=1), ends_at=timezone.now() + timedelta(hours=1))
    with refused("ends_before_it_starts"):
        post(starts_at=at(days=2, hour=14), ends_at=at(days=2, hour=13))


def test_a_household_that_two_people_visit_gets_two_places(post, make_household):
    assert post(household=make_household(needs_two_people=True)).headcount == 2


def test_nobody_sets_off_alone_to_a_household_that_two_people_visit(
    promised, make_household, other_volunteer, volunteer, begins_now
):
    need, assignment = promised(household=make_household(needs_two_people=True), urgency="urgent")
    begins_now(need)
    for act in (set_off, check_in):
        with refused("two_people"):
            act(assignment=assignment, by=volunteer.user)
    accept_offer(offer=Offer.objects.get(request=need, volunteer=other_volunteer), by=other_volunteer.user)
    assert set_off(assignment=assignment, by=volunteer.user).status == "on-my-way"


def test_the_address_opens_only_to_the_person_who_goes(promised, worker, other_volunteer, household_contact):
    _need, assignment = promised()
    for person in (other_volunteer.user, worker, household_contact):
        with refused("not_yours"):
            contact_of(assignment=assignment, by=person)
    assert not SensitiveReading.objects.filter(purpose="serve").exists()


def test_each_opening_of_the_address_is_one_line_in_the_log(promised, volunteer, household):
    _need, assignment = promised()
    contact_of(assignment=assignment, by=volunteer.user)
    contact_of(assignment=assignment, by=volunteer.user)
    readings = SensitiveReading.objects.filter(subject_kind="accounts.household", subject_id=household.pk)
    assert [(line.reader, line.fields) for line in readings] == [(volunteer.user, ["address", "phone"])] * 2


def test_the_address_closes_after_the_service_and_with_a_cancellation(
    promised, served, volunteer, begins_now
):
    need, assignment = served()
    contact_of(assignment=assignment, by=volunteer.user)
    begins_now(need, minutes_ago=120 + RuleSet.objects.get().check_out_closes_minutes + 1)
    assignment.refresh_from_db()
    with refused("closed"):
        contact_of(assignment=Assignment.objects.get(pk=assignment.pk), by=volunteer.user)


def test_a_cancelled_assignment_opens_nothing(promised, volunteer):
    _need, assignment = promised()
    assignment = cancel_assignment(assignment=assignment, reason="生病", by=volunteer.user)
    with refused("closed"):
        contact_of(assignment=assignment, by=volunteer.user)


def test_check_in_opens_shortly_before_the_start(promised, volunteer):
    _need, assignment = promised()
    with refused("too_early"):
        check_in(assignment=assignment, by=volunteer.user)


def test_check_in_long_after_the_end_is_refused(promised, volunteer, begins_now):
    need, assignment = promised()
    begins_now(need, minutes_ago=600)
    with refused("too_late"):
        check_in(assignment=assignment, by=volunteer.user)


def test_every_step_can_be_pressed_twice(promised, volunteer, begins_now, came_ago):
    need, assignment = promised()
    begins_now(need)
    for act, status in ((set_off, "on-my-way"), (check_in, "checked-in"), (check_out, "checked-out")):
        assert act(assignment=assignment, by=volunteer.user).status == status
        assert act(assignment=assignment, by=volunteer.user).status == status
    assert ServiceRecord.objects.count() == 1
    for _press in range(2):
        assert finish(assignment=assignment, report="好了", by=volunteer.user).status == "done"


def test_steps_come_in_order(promised, volunteer, begins_now):
    need, assignment = promised()
    begins_now(need)
    with refused("not_in_this_state"):
        check_out(assignment=assignment, by=volunteer.user)
    with refused("not_in_this_state"):
        finish(assignment=assignment, report="", by=volunteer.user)


def test_hours_are_those_between_check_in_and_check_out_not_the_plan(served):
    need, assignment = served(minutes=47)
    record = ServiceRecord.objects.get()
    assert record.minutes == 47
    assert (record.starts_at, record.ends_at) == (assignment.checked_in_at, assignment.checked_out_at)
    assert (record.category, record.grade, record.content) == ("0001", "credit", "社区服务")
    assert need.status == "served"


def test_the_record_names_the_neighbourhood_and_not_the_door(served):
    served()
    record = ServiceRecord.objects.get()
    assert record.place == record.division.name
    assert "测试路" not in f"{record.name}{record.place}{record.content}"


def test_nobody_else_moves_an_assignment(promised, other_volunteer, worker, begins_now):
    need, assignment = promised()
    begins_now(need)
    for act in (set_off, check_in, check_out):
        for person in (other_volunteer.user, worker):
            with refused("not_yours"):
                act(assignment=assignment, by=person)


def test_a_forgotten_check_out_is_entered_by_the_worker_and_marked(promised, volunteer, worker, begins_now):
    need, assignment = promised()
    begins_now(need)
    check_in(assignment=assignment, by=volunteer.user)
    begins_now(need, minutes_ago=24 * 60)
    Assignment.objects.update(checked_in_at=need.starts_at)
    with refused("forgotten"):
        check_out(assignment=assignment, by=volunteer.user)
    came, left = need.starts_at, need.starts_at + timedelta(minutes=90)
    with refused("not_yours"):
        enter_times(assignment=assignment, checked_in_at=came, checked_out_at=left, by=volunteer.user)
    enter_times(assignment=assignment, checked_in_at=came, checked_out_at=left, by=worker)
    record = ServiceRecord.objects.get()
    assert (record.minutes, record.grade, record.how_observed) == (90, "honour", "1")
    need.refresh_from_db()
    assert need.status == "served"


def test_a_forgotten_check_out_does_not_keep_the_address_open(promised, volunteer, begins_now):
    need, assignment = promised()
    begins_now(need)
    check_in(assignment=assignment, by=volunteer.user)
    begins_now(need, minutes_ago=120 + RuleSet.objects.get().check_out_closes_minutes + 1)
    with refused("closed"):
        contact_of(assignment=Assignment.objects.get(pk=assignment.pk), by=volunteer.user)


def test_a_worker_never_enters_the_own_hours(promised, volunteer, begins_now, division, centre_user):
    StaffRole.objects.create(user=volunteer.user, kind=StaffRole.Kind.COMMUNITY_WORKER, division=division)
    need, assignment = promised()
    begins_now(need, minutes_ago=24 * 60)
    times = {"checked_in_at": need.starts_at, "checked_out_at": need.ends_at}
    with refused("own_hours"):
        enter_times(assignment=assignment, by=volunteer.user, **times)
    assert enter_times(assignment=assignment, by=centre_user, **times).status == "checked-out"


@pytest.mark.parametrize(("early", "late"), [(31, 0), (0, 121), (24 * 60 - 1, 40 * 24 * 60)])
def test_entered_times_stay_within_the_plan_and_its_windows(promised, worker, begins_now, early, late):
    need, assignment = promised()
    begins_now(need, minutes_ago=60 * 24 * 60)
    with refused("outside"):
        enter_times(
            assignment=assignment,
            checked_in_at=need.starts_at - timedelta(minutes=early),
            checked_out_at=need.ends_at + timedelta(minutes=late),
            by=worker,
        )
    assert not ServiceRecord.objects.exists()


def test_a_worker_writes_down_no_review_of_the_own_service(served, volunteer, division, make_household):
    StaffRole.objects.create(user=volunteer.user, kind=StaffRole.Kind.COMMUNITY_WORKER, division=division)
    _need, assignment = served(household=make_household(contact=None))
    with refused("not_yours"):
        review_service(assignment=assignment, stars=5, words="很好", by=volunteer.user)


def test_cancelling_frees_the_time_and_tells_why(promised, volunteer):
    need, assignment = promised()
    assert Commitment.objects.count() == 1
    cancel_assignment(assignment=assignment, reason="生病", by=volunteer.user)
    cancel_assignment(assignment=assignment, reason="生病", by=volunteer.user)
    assert Commitment.objects.count() == 0
    need.refresh_from_db()
    assert (need.filled, need.status) == (0, "open")


def test_a_cancellation_by_staff_is_not_held_against_the_volunteer(promised, worker):
    _need, assignment = promised()
    cancel_assignment(assignment=assignment, reason="改期", by=worker)
    assert Offer.objects.get().status == "passed"


def test_nobody_cancels_who_has_checked_in(promised, volunteer, worker, begins_now):
    need, assignment = promised()
    begins_now(need)
    check_in(assignment=assignment, by=volunteer.user)
    with refused("not_in_this_state"):
        cancel_assignment(assignment=assignment, reason="", by=volunteer.user)
    with refused("at_work"):
        cancel_request(request=need, reason="", by=worker)


def test_cancelling_a_need_frees_everybody(promised, worker):
    need, assignment = promised()
    cancel_request(request=need, reason="家人来了", by=worker)
    cancel_request(request=need, reason="家人来了", by=worker)
    assignment.refresh_from_db()
    need.refresh_from_db()
    assert (need.status, assignment.status) == ("cancelled", "cancelled")
    assert Commitment.objects.count() == 0


def test_a_need_for_two_is_served_when_the_last_is_out(
    promised, volunteer, other_volunteer, begins_now, came_ago
):
    need, assignment = promised(headcount=2, urgency="urgent")
    [other] = accept_offer(
        offer=Offer.objects.get(request=need, volunteer=other_volunteer), by=other_volunteer.user
    )
    begins_now(need)
    for row, person in ((assignment, volunteer), (other, other_volunteer)):
        check_in(assignment=row, by=person.user)
    check_out(assignment=assignment, by=volunteer.user)
    need.refresh_from_db()
    assert need.status == "staffed"
    check_out(assignment=other, by=other_volunteer.user)
    need.refresh_from_db()
    assert need.status == "served"


def test_a_service_is_reviewed_once_by_the_household(served, household_contact, worker):
    _need, assignment = served()
    review = review_service(assignment=assignment, stars=4, words="准时", by=household_contact)
    assert review_service(assignment=assignment, stars=1, words="改了", by=household_contact) == review
    assert (Review.objects.get().stars, Review.objects.get().is_by_phone) == (4, False)
    with refused("not_yours"):
        review_service(assignment=assignment, stars=1, words="", by=worker)


def test_the_worker_writes_down_the_review_of_a_household_without_an_account(served, worker, make_household):
    _need, assignment = served(household=make_household(contact=None))
    assert review_service(assignment=assignment, stars=5, words="电话里说很好", by=worker).is_by_phone


def test_a_review_waits_for_the_end_and_has_one_to_five_stars(promised, served, household_contact):
    _need, assignment = promised()
    with refused("not_over_yet"):
        review_service(assignment=assignment, stars=5, words="", by=household_contact)


@pytest.mark.parametrize("stars", [0, 6])
def test_stars_go_from_one_to_five(served, household_contact, stars):
    _need, assignment = served()
    with refused("not_one_to_five"):
        review_service(assignment=assignment, stars=stars, words="", by=household_contact)


def test_only_a_served_or_returned_need_is_closed(post, worker, other_worker):
    need = post()
    with refused("not_in_this_state"):
        close_request(request=need, by=worker)
    plan_requests([need.pk])
    with refused("not_yours"):
        close_request(request=need, by=other_worker)
    assert close_request(request=need, by=worker).status == "closed"
    assert close_request(request=need, by=worker).status == "closed"


def test_a_studio_member_who_goes_brings_the_studio_its_hours(post, make_studio, begins_now, came_ago):
    studio = make_studio(skill="09")
    need = post()
    plan_requests([need.pk])
    member = studio.members.get().volunteer
    [assignment] = accept_offer(offer=Offer.objects.get(), by=studio.lead, members=[member])
    begins_now(need)
    check_in(assignment=assignment, by=member.user)
    came_ago(assignment, 30)
    check_out(assignment=assignment, by=member.user)
    assert ServiceRecord.objects.get().studio == studio


def test_who_leaves_before_the_end_is_free_for_the_rest(served):
    _need, assignment = served(minutes=20)
    promised = Commitment.objects.filter(source_kind="assignment", source_id=assignment.pk)
    assert not promised.filter(period__endswith__gt=assignment.checked_out_at).exists()
