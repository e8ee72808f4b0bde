"""Rings with deadlines: no is replaced at once, silence widens the ring, then studios, then back to the worker."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AskLedger, RuleSet
from core.slots import to_mask
from matching.models import Offer
from matching.services import accept_offer, ask_again, cancel_assignment, decline_offer, expire_offer
from matching.tasks import plan_requests, sweep
from matching.words import what_would_help, why_returned

pytestmark = pytest.mark.django_db


def asked(need, status="sent"):
    return list(Offer.objects.filter(request=need, status=status).order_by("pk"))


def plan(need):
    plan_requests([need.pk])
    need.refresh_from_db()


@pytest.fixture
def crowd(make_volunteer):
    return [make_volunteer(f"志愿{number}") for number in range(12)]


def test_the_first_ring_asks_only_as_many_as_the_rules_want(post, crowd):
    rules = RuleSet.objects.get()
    need = post(urgency="normal")
    plan(need)
    sent = asked(need)
    assert 1 < len(sent) <= rules.most_in_a_ring
    nobody_says_yes = 1.0
    for offer in sent:
        nobody_says_yes *= 1 - offer.probability
    assert 1 - nobody_says_yes >= rules.fill_targets["normal"]
    assert need.ring == 1


def test_an_urgent_need_asks_more_people_and_gives_them_less_time(post, crowd):
    calm, urgent = post(), post(urgency="urgent")
    plan_requests([calm.pk, urgent.pk])
    assert len(asked(urgent)) > 0
    rules = RuleSet.objects.get()
    for need in (calm, urgent):
        for offer in asked(need):
            minutes = rules.answer_minutes[need.urgency]
            assert offer.answer_by - offer.sent_at == timedelta(minutes=minutes)


def test_a_no_is_replaced_at_once_in_the_same_ring(post, crowd):
    need = post()
    plan(need)
    before = asked(need)
    decline_offer(offer=before[0], by=before[0].volunteer.user, reason="时间不合适")
    plan(need)
    after = asked(need)
    assert len(after) == len(before)
    assert {offer.ring for offer in after} == {1}
    assert before[0].volunteer not in {offer.volunteer for offer in after}


def test_silence_opens_the_next_ring_with_people_not_asked_before(post, crowd, past_deadline):
    need = post()
    plan(need)
    first = {offer.volunteer_id for offer in asked(need)}
    past_deadline(need)
    sweep()
    plan(need)
    second = asked(need)
    assert second
    assert {offer.ring for offer in second} == {2}
    assert not first & {offer.volunteer_id for offer in second}
    assert need.ring == 2


def test_several_that_run_out_together_open_one_ring_not_several(post, crowd, past_deadline):
    need = post()
    plan(need)
    past_deadline(need)
    for offer in asked(need):
        assert expire_offer(offer=offer)
    need.refresh_from_db()
    assert need.ring == 2


def test_nothing_expires_before_its_time_or_twice(post, volunteer, past_deadline):
    need = post()
    plan(need)
    [offer] = asked(need)
    assert not expire_offer(offer=offer)
    past_deadline(need)
    assert expire_offer(offer=offer)
    assert not expire_offer(offer=offer)


def test_after_the_last_ring_studios_are_asked(post, crowd, make_studio, past_deadline):
    studio = make_studio(skill="09")
    need = post()
    for _ring in range(RuleSet.objects.get().rings):
        plan(need)
        past_deadline(need)
        sweep()
    plan(need)
    [offer] = asked(need)
    assert offer.studio == studio
    assert offer.ring == RuleSet.objects.get().rings + 1
    assert "studio_offers" in {reason["code"] for reason in offer.reasons}


def test_without_any_volunteer_studios_are_asked_at_once(post, make_studio):
    studio = make_studio(skill="09")
    need = post()
    plan(need)
    [offer] = asked(need)
    assert offer.studio == studio


def test_when_nobody_is_left_the_need_returns_with_the_reasons_counted(post, make_volunteer):
    monday_morning = to_mask([1])
    for _number in range(7):
        make_volunteer(slots=monday_morning)
    enough = [make_volunteer() for _number in range(5)]
    for volunteer in enough:
        for number in range(3):
            AskLedger.objects.create(
                volunteer=volunteer,
                asked_at=timezone.now() - timedelta(days=1),
                source_kind="offer",
                source_id=10_000 + volunteer.pk * 10 + number,
            )
    make_volunteer(skills=())
    need = post()
    plan(need)
    assert need.status == "returned"
    assert need.returned_because["able"] == 12
    assert need.returned_because["excluded"] == {"free": 7, "budget": 5}
    said = why_returned(need)
    assert len(said) == 3
    assert any("12" in line for line in said)
    assert what_would_help(need)


def test_the_worker_learns_which_other_time_would_help(post, make_volunteer):
    saturday_morning = 16
    for _number in range(3):
        make_volunteer(slots=to_mask([saturday_morning]))
    need = post()
    plan(need)
    assert (need.returned_because["slot"], need.returned_because["free_in_slot"]) == (saturday_morning, 3)


def test_asking_again_starts_from_the_first_ring_and_asks_the_silent_once_more(
    post, volunteer, worker, past_deadline
):
    need = post()
    plan(need)
    past_deadline(need)
    sweep()
    plan(need)
    assert need.status == "returned"
    ask_again(request=need, by=worker)
    plan(need)
    [offer] = asked(need)
    assert (offer.volunteer, offer.ring, need.status) == (volunteer, 1, "asking")
    assert Offer.objects.filter(request=need).count() == 1


def test_who_cancels_frees_the_place_and_others_are_asked_again(post, volunteer, other_volunteer):
    need = post(urgency="urgent")
    plan(need)
    mine = Offer.objects.get(request=need, volunteer=volunteer)
    [assignment] = accept_offer(offer=mine, by=volunteer.user)
    assert Offer.objects.get(request=need, volunteer=other_volunteer).status == "taken"
    cancel_assignment(assignment=assignment, reason="生病了", by=volunteer.user)
    need.refresh_from_db()
    assert (need.status, need.filled) == ("open", 0)
    plan(need)
    [offer] = asked(need)
    assert offer.volunteer == other_volunteer
    assert Offer.objects.get(pk=mine.pk).status == "declined"


def test_a_need_whose_time_has_come_is_given_back_and_nobody_is_asked_any_more(post, crowd, begins_now):
    need = post()
    begins_now(need)
    plan(need)
    assert (need.status, need.returned_because) == ("returned", {"cause": "started"})
    assert not Offer.objects.filter(request=need).exists()
    assert why_returned(need)


def test_a_lost_task_is_picked_up_by_the_sweep(post, volunteer):
    need = post()
    type(need).objects.filter(pk=need.pk).update(posted_at=timezone.now() - timedelta(minutes=1))
    sweep()
    need.refresh_from_db()
    assert need.status == "asking"


def test_planning_and_sweeping_twice_changes_nothing(post, crowd):
    need = post()
    plan(need)
    once = list(Offer.objects.filter(request=need).values_list("pk", "status", "answer_by"))
    plan(need)
    sweep()
    sweep()
    assert list(Offer.objects.filter(request=need).values_list("pk", "status", "answer_by")) == once


def test_two_needs_at_once_do_not_court_the_same_people(post, crowd):
    one, other = post(), post(title="换灯泡")
    plan_requests([one.pk])
    first = {offer.volunteer_id for offer in asked(one)}
    second = {offer.volunteer_id for offer in asked(other)}
    assert first
    assert second
    assert not first & second


def test_the_only_skilled_person_is_asked_about_two_needs_at_different_times(post, volunteer):
    one = post()
    other = post(starts_at=one.starts_at + timedelta(days=1), ends_at=one.ends_at + timedelta(days=1))
    plan_requests([one.pk, other.pk])
    assert [offer.volunteer for offer in asked(one) + asked(other)] == [volunteer, volunteer]


def test_with_two_needs_each_gets_the_person_who_is_near(post, make_volunteer, make_household, division):
    """Greedily the first need would take the person in the middle, and the second would get somebody far."""
    from core.geo import Point

    west, east = Point(121.38, 31.21), Point(121.42, 31.21)
    left = make_volunteer("西边", home=Point(121.375, 31.21), radius_m=8000)
    right = make_volunteer("东边", home=Point(121.425, 31.21), radius_m=8000)
    RuleSet.objects.update(most_in_a_ring=1)
    one = post(household=make_household(point=west))
    other = post(household=make_household(point=east))
    plan_requests([one.pk, other.pk])
    assert [offer.volunteer for offer in asked(one)] == [left]
    assert [offer.volunteer for offer in asked(other)] == [right]
