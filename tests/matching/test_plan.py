"""The plan for all open needs: joint, exact, changed by hand within the hard limits, sent once and as it was seen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AskLedger
from core.geo import Point
from matching.models import Offer, PlanDraft, PlanRun
from matching.plans.picture import picture_of
from matching.plans.reading import page_of
from matching.services.plan_runs import plan_the_night
from matching.services.plan_sending import accept_plan
from matching.services.plans import current_plan, keep_for
from matching.services.runs import carry_on, start_run
from matching.tasks import plan_requests
from tests.matching.refusing import refused

pytestmark = pytest.mark.django_db


def away(division, metres):
    """A point so many metres north of the middle of the neighbourhood."""
    return Point(division.point.lon, division.point.lat + metres / 111_195)


def who_goes(current, need):
    return {volunteer for request, volunteer in current.chosen.pairs() if request == need.pk}


def row_of(current, need):
    [row] = [row for row in page_of(current)["rows"] if row.need.pk == need.pk]
    return row


@pytest.fixture
def two_needs(make_request):
    """At the same hour, so that nobody could go to both."""
    return make_request(title="修电灯"), make_request(title="修插座")


@pytest.fixture
def near_and_far(make_volunteer, division):
    return make_volunteer("近处"), make_volunteer("远处", home=away(division, 2500))


def test_all_needs_are_planned_together_and_nobody_is_planned_twice(two_needs, near_and_far, worker):
    current = current_plan(by=worker)
    planned = [who_goes(current, need) for need in two_needs]
    assert {volunteer for who in planned for volunteer in who} == {person.pk for person in near_and_far}
    assert all(len(who) == 1 for who in planned)
    assert current.chosen.is_exact
    assert current.chosen.plan.lower_bound == current.chosen.plan.objective


def test_each_proposal_has_reasons_a_step_of_distance_and_a_chance(two_needs, near_and_far, worker):
    row = row_of(current_plan(by=worker), two_needs[0])
    [person] = row.people
    assert person.reasons
    assert person.distance_m % 500 == 0
    assert 0 < person.percent < 100
    assert person.is_new


def test_looking_asks_nobody(two_needs, near_and_far, worker):
    current_plan(by=worker)
    assert not Offer.objects.exists()
    assert not AskLedger.objects.exists()


def test_only_needs_of_ones_scope_are_planned(two_needs, near_and_far, other_worker, centre_user):
    assert current_plan(by=other_worker).chosen.board.needs == []
    assert len(current_plan(by=centre_user).chosen.board.needs) == 2


def test_who_is_thinking_already_is_kept_in_the_plan(make_request, near_and_far, worker):
    need = make_request()
    accept_plan(by=worker, token=current_plan(by=worker).token)
    [asked] = Offer.objects.filter(request=need)
    [person] = row_of(current_plan(by=worker), need).people
    assert person.who == asked.volunteer
    assert person.offer_status == "sent"


def test_who_is_being_asked_is_not_planned_for_another_need_of_that_hour(make_request, volunteer, worker):
    first = make_request(title="先来")
    plan_requests([first.pk])
    second = make_request(title="后来")
    current = current_plan(by=worker)
    assert who_goes(current, first) == {volunteer.pk}
    assert who_goes(current, second) == set()


def test_what_stays_empty_is_said_with_what_would_fill_it(make_request, make_volunteer, division, worker):
    make_volunteer("太远", home=away(division, 6000), radius_m=1000)
    need = make_request(headcount=2)
    row = row_of(current_plan(by=worker), need)
    assert row.empty == 2
    assert row.why
    assert any(division.parent.name in line for line in row.help)
    assert any("km" in line or "公里" in line for line in row.help)


def test_another_time_is_suggested_when_that_would_fill_it(make_request, make_volunteer, worker):
    make_volunteer("周日上午", slots=1 << 18)
    need = make_request()
    row = row_of(current_plan(by=worker), need)
    assert row.empty == 1
    assert len(row.help) >= 2


def test_somebody_needed_more_elsewhere_is_said_so(make_request, volunteer, worker):
    urgent, calm = make_request(urgency="urgent"), make_request(title="不急")
    current = current_plan(by=worker)
    assert who_goes(current, urgent) == {volunteer.pk}
    assert row_of(current, calm).empty == 1
    assert row_of(current, calm).why


# --- the world changes


def test_the_draft_is_used_again_while_nothing_changes(two_needs, near_and_far, worker):
    first = current_plan(by=worker)
    again = current_plan(by=worker)
    assert first.is_new
    assert not again.is_new
    assert again.token == first.token


def test_when_the_world_changes_the_plan_is_made_anew_and_says_so(
    two_needs, near_and_far, worker, make_request
):
    current_plan(by=worker)
    make_request(title="又一件")
    current = current_plan(by=worker)
    assert current.is_new
    assert current.has_moved


def test_a_stale_plan_is_not_sent(two_needs, near_and_far, worker):
    seen = current_plan(by=worker)
    near = near_and_far[0]
    near.accepts_pushes = False
    near.save()
    with refused("stale"):
        accept_plan(by=worker, token=seen.token)
    assert not Offer.objects.exists()


def test_a_plan_changed_in_another_window_is_not_sent_unseen(make_request, near_and_far, worker):
    need, (_near, far) = make_request(), near_and_far
    seen = current_plan(by=worker)
    keep_for(request_id=need.pk, volunteer_id=far.pk, by=worker)
    with refused("stale"):
        accept_plan(by=worker, token=seen.token)


def test_somebody_kept_who_can_no_longer_go_is_released_and_that_is_said(make_request, near_and_far, worker):
    need, (_near, far) = make_request(), near_and_far
    keep_for(request_id=need.pk, volunteer_id=far.pk, by=worker)
    far.status = "suspended"
    far.save()
    current = current_plan(by=worker)
    assert current.dropped == [(need.pk, far.pk)]
    assert current.price == 0


def test_changes_by_hand_end_after_half_an_hour(make_request, near_and_far, worker):
    need, (_near, far) = make_request(), near_and_far
    keep_for(request_id=need.pk, volunteer_id=far.pk, by=worker)
    PlanDraft.objects.update(made_at=timezone.now() - timedelta(minutes=31))
    current = current_plan(by=worker)
    assert not current.has_moved
    assert not current.draft.pinned


def test_one_persons_changes_are_not_anothers(make_request, near_and_far, worker, centre_user):
    need, (near, far) = make_request(), near_and_far
    keep_for(request_id=need.pk, volunteer_id=far.pk, by=worker)
    assert who_goes(current_plan(by=centre_user), need) == {near.pk}


def test_the_short_list_gives_the_same_plan_as_everybody(
    make_request, make_volunteer, division, worker, monkeypatch
):
    from matching.plans import board

    monkeypatch.setattr(board, "SHORT_LIST", 2)
    for number in range(12):
        make_volunteer(f"志愿{number}", home=away(division, 150 * number))
    for number in range(3):
        make_request(title=f"需求{number}")
    whole = current_plan(by=worker)
    assert len(whole.draft.shortlist) < 12
    again = current_plan(by=worker)
    assert again.chosen.pairs() == whole.chosen.pairs()
    assert again.chosen.is_exact


# --- every night


def test_the_night_plans_all_open_needs_and_keeps_a_line_a_district(two_needs, volunteer, district):
    plan_the_night()
    run = PlanRun.objects.get(division=district)
    assert (run.needs, run.seats, run.proposed, run.unfilled) == (2, 2, 1, 1)
    assert run.is_exact
    assert run.lower_bound == run.objective > 0
    assert run.model_version
    assert run.made_by is None
    assert run.places == [{"code": "310105001", "needs": 2, "seats": 2, "unfilled": 1}]
    assert not Offer.objects.exists()


def test_a_district_without_open_needs_has_a_line_with_zeros(district):
    plan_the_night()
    assert PlanRun.objects.get(division=district).needs == 0


def test_planning_on_demand_is_kept_with_who_asked_for_it(two_needs, near_and_far, worker, division):
    carry_on(start_run(kind="planning", by=worker).pk)
    run = PlanRun.objects.get()
    assert (run.division, run.made_by, run.proposed) == (division, worker, 2)


def test_old_drafts_go_at_night(two_needs, volunteer, worker):
    current_plan(by=worker)
    PlanDraft.objects.update(made_at=timezone.now() - timedelta(hours=1))
    plan_the_night()
    assert not PlanDraft.objects.exists()


# --- the picture


def test_the_picture_knows_squares_and_counts_only(two_needs, near_and_far, worker):
    picture = picture_of(current_plan(by=worker).chosen)
    [square] = picture.needs
    assert (square.needs, square.places, square.empty) == (2, 2, 0)
    assert sum(people.count for people in picture.people) == 2
    assert picture.metres == 500
    for arrow in picture.arrows:
        assert (arrow.x1 + 9 - 20) % 40 == 0, "an arrow begins at the corner of a square, never at a home"


def test_needs_by_phone_are_not_on_the_picture(make_request, volunteer, worker):
    make_request(is_remote=True)
    assert picture_of(current_plan(by=worker).chosen) is None


def test_a_wide_district_is_drawn_with_larger_squares(make_request, make_volunteer, division, worker):
    make_volunteer("远", home=away(division, 25_000), radius_m=30_000)
    make_request()
    picture = picture_of(current_plan(by=worker).chosen)
    assert picture.metres > 500
    assert len(picture.lines) <= 30
