"""Accept, read, cancel, and the next: whoever does that often pauses, and the worker sees it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import RuleSet, Volunteer
from matching.models import Assignment, Offer
from matching.people import load_people
from matching.services import accept_offer, cancel_assignment, contact_of, offer_myself
from matching.tasks import plan_requests
from tests.matching.refusing import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def take_and_cancel(post, volunteer):
    def act(times, *, by=None):
        for number in range(times):
            offer = offer_myself(request=post(title=f"事{number}"), volunteer=volunteer, by=volunteer.user)
            [assignment] = offer.assignments.standing()
            contact_of(assignment=assignment, by=volunteer.user)
            cancel_assignment(assignment=assignment, reason="有事", by=by or volunteer.user)

    return act


def test_after_the_cancellations_that_the_rules_allow_a_person_pauses(take_and_cancel, post, volunteer):
    take_and_cancel(RuleSet.objects.get().weekly_cancellations)
    with refused("cancelled"):
        offer_myself(request=post(), volunteer=volunteer, by=volunteer.user)


def test_the_number_is_one_of_the_rules(take_and_cancel, post, volunteer):
    RuleSet.objects.update(weekly_cancellations=3)
    take_and_cancel(2)
    assert offer_myself(request=post(), volunteer=volunteer, by=volunteer.user).status == "accepted"


def test_who_pauses_is_not_asked_and_cannot_take_an_offer_sent_before(
    take_and_cancel, post, volunteer, make_volunteer
):
    asked = post(title="先问的")
    plan_requests([asked.pk])
    take_and_cancel(2)
    with refused("cancelled"):
        accept_offer(offer=Offer.objects.get(request=asked, volunteer=volunteer), by=volunteer.user)
    later = post(title="后问的")
    plan_requests([later.pk])
    later.refresh_from_db()
    assert not Offer.objects.filter(request=later).exists()
    assert later.returned_because["excluded"] == {"cancelled": 1}


def test_a_week_later_it_is_forgotten(take_and_cancel, volunteer):
    take_and_cancel(2)
    now = timezone.now()
    people = Volunteer.objects.filter(pk=volunteer.pk)
    assert load_people(people, now=now).cancelled_7d.tolist() == [2]
    assert load_people(people, now=now + timedelta(days=7)).cancelled_7d.tolist() == [0]


def test_what_staff_cancel_is_not_held_against_the_person(take_and_cancel, post, volunteer, worker):
    take_and_cancel(2, by=worker)
    assert offer_myself(request=post(), volunteer=volunteer, by=volunteer.user).status == "accepted"


def test_the_worker_sees_that_the_address_was_read_before_it_was_cancelled(
    post, volunteer, other_volunteer, worker, signed_in
):
    need = post(headcount=2)
    for person, reads in ((volunteer, True), (other_volunteer, False)):
        offer = offer_myself(request=need, volunteer=person, by=person.user)
        assignment = Assignment.objects.get(offer=offer)
        if reads:
            contact_of(assignment=assignment, by=person.user)
        cancel_assignment(assignment=assignment, reason="有事", by=person.user)
    found = signed_in(worker).get(reverse("matching:request", args=[need.pk]))
    assert [row.volunteer for row in found.context["read_and_cancelled"]] == [volunteer]
    assert f"{volunteer}。" in found.content.decode()
