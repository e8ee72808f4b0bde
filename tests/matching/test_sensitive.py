"""A household where a person confirms before somebody is sent: proposals first, offers after the worker's word."""

import pytest

from accounts.models import AskLedger
from accounts.services import change_household
from matching.models import Assignment, Offer, ServiceRequest
from matching.services import accept_offer, ask_proposed, offer_myself, pass_over
from matching.tasks import plan_requests, sweep
from notifications.catalogue import true_ones
from tests.matching.refusing import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposed(post, make_household, make_volunteer):
    def propose(people=4):
        for number in range(people):
            make_volunteer(f"志愿{number}")
        need = post(household=make_household(is_sensitive=True))
        plan_requests([need.pk])
        need.refresh_from_db()
        return need, list(Offer.objects.filter(request=need).select_related("volunteer__user"))

    return propose


def test_people_are_proposed_and_nobody_is_told_but_the_worker_who_confirms(proposed, worker):
    need, _offers = proposed()
    [told] = worker.notifications.filter(kind="request-proposed")
    assert told.params["request"] == need.pk
    assert true_ones([told]) == {told.pk}
    ask_proposed(request=need, by=worker)
    assert not true_ones([told])


def test_nobody_of_those_proposed_learns_of_it(proposed):
    need, offers = proposed()
    assert {offer.status for offer in offers} == {"proposed"}
    assert need.status == "open"
    assert not AskLedger.objects.exists()
    for offer in offers:
        user = offer.volunteer.user
        assert not Offer.objects.visible_to(user).exists()
        assert not ServiceRequest.objects.visible_to(user).exists()


def test_a_proposal_cannot_be_accepted_behind_the_workers_back(proposed):
    _need, offers = proposed()
    with refused("not_in_this_state"):
        accept_offer(offer=offers[0], by=offers[0].volunteer.user)


def test_the_workers_word_asks_them_once(proposed, worker, other_worker):
    need, offers = proposed()
    with refused("not_yours"):
        ask_proposed(request=need, by=other_worker)
    ask_proposed(request=need, by=worker)
    ask_proposed(request=need, by=worker)
    need.refresh_from_db()
    assert need.status == "asking"
    assert set(Offer.objects.values_list("status", flat=True)) == {"sent"}
    assert AskLedger.objects.count() == len(offers)


def test_somebody_else_is_proposed_for_a_person_passed_over(proposed, worker):
    need, offers = proposed(people=6)
    pass_over(offer=offers[0], by=worker)
    pass_over(offer=offers[0], by=worker)
    plan_requests([need.pk])
    now = Offer.objects.filter(request=need, status="proposed")
    assert now.count() == len(offers)
    assert offers[0].volunteer not in {offer.volunteer for offer in now}
    assert not Offer.objects.visible_to(offers[0].volunteer.user).exists()


def test_proposals_wait_and_are_not_swept_away(proposed):
    need, offers = proposed()
    ServiceRequest.objects.update(posted_at=need.starts_at.replace(year=2020))
    Offer.objects.update(answer_by=need.posted_at)
    sweep()
    assert Offer.objects.filter(status="proposed").count() == len(offers)


def test_who_comes_unasked_becomes_a_proposal(proposed, make_volunteer):
    need, _offers = proposed()
    newcomer = make_volunteer("新来", slots=0)
    offer = offer_myself(request=need, volunteer=newcomer, by=newcomer.user)
    assert offer.status == "proposed"
    assert not offer.assignments.exists()


def test_proposals_end_when_the_time_of_the_service_comes(proposed, begins_now):
    need, _offers = proposed()
    begins_now(need)
    sweep()
    need.refresh_from_db()
    assert need.status == "returned"
    assert set(Offer.objects.values_list("status", flat=True)) == {"withdrawn"}


def test_offers_already_sent_are_withdrawn_when_the_household_asks_for_a_word_first(
    post, household, volunteer, worker
):
    need = post(household=household)
    plan_requests([need.pk])
    offer = Offer.objects.get(request=need)
    assert offer.status == "sent"
    change_household(household=household, by=worker, is_sensitive=True)
    offer.refresh_from_db()
    need.refresh_from_db()
    assert (offer.status, need.status) == ("withdrawn", "open")
    plan_requests([need.pk])
    offer.refresh_from_db()
    assert offer.status == "proposed"


def test_offers_with_the_workers_word_stay_when_the_household_changes(proposed, worker):
    need, offers = proposed()
    ask_proposed(request=need, by=worker)
    change_household(household=need.household, by=worker, alias="新简称")
    assert set(Offer.objects.values_list("status", flat=True)) == {"sent"}
    offer = Offer.objects.get(pk=offers[0].pk)
    assert accept_offer(offer=offer, by=offer.volunteer.user)


def test_an_offer_without_the_workers_word_is_not_accepted_even_if_it_was_left(post, household, volunteer):
    need = post(household=household)
    plan_requests([need.pk])
    type(household).objects.update(is_sensitive=True)
    with refused("unconfirmed"):
        accept_offer(offer=Offer.objects.get(request=need), by=volunteer.user)
    assert not Assignment.objects.exists()
