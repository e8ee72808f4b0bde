"""Somebody else's record does not exist: 404, whatever the method; signed out: to the entrance."""

import pytest
from django.urls import reverse

from matching.models import Offer
from matching.services import accept_offer
from matching.tasks import plan_requests

pytestmark = pytest.mark.django_db

# who may open each page (GET), or press each button (POST)
PAGES = {
    "offer": ("GET", {"asked"}),
    "accept": ("POST", {"asked"}),
    "decline": ("POST", {"asked"}),
    "assignment": ("GET", {"asked"}),
    "contact": ("POST", {"asked"}),
    "assignment_move": ("POST", {"asked"}),
    "request": ("GET", {"worker_user", "centre"}),
    "request_cancel": ("POST", {"worker_user", "centre"}),
    "request_close": ("POST", {"worker_user", "centre"}),
    "ask_again": ("POST", {"worker_user", "centre"}),
    "ask_these": ("POST", {"worker_user", "centre"}),
    "pass_over": ("POST", {"worker_user", "centre"}),
    "enter_times": ("POST", {"worker_user", "centre"}),
    "review": ("GET", {"contact"}),
    "my_household": ("GET", {"contact"}),
    "request_post": ("GET", {"worker_user", "centre", "foreign_worker"}),
}
OF_OFFER = {"offer", "accept", "decline", "pass_over"}
OF_ASSIGNMENT = {"assignment", "contact", "assignment_move", "enter_times", "review"}
OF_NOTHING = {"my_household", "request_post"}


@pytest.fixture
def people(volunteer, other_volunteer, stranger, household_contact, worker, other_worker, centre_user):
    return {
        "asked": volunteer.user,
        "other_asked": other_volunteer.user,
        "stranger_user": stranger,
        "contact": household_contact,
        "worker_user": worker,
        "foreign_worker": other_worker,
        "centre": centre_user,
    }


@pytest.fixture
def records(post, volunteer, people):
    need = post(urgency="urgent")
    plan_requests([need.pk])
    offer = Offer.objects.get(request=need, volunteer=volunteer)
    [assignment] = accept_offer(offer=offer, by=volunteer.user)
    return need, offer, assignment


def address_of(name, records):
    need, offer, assignment = records
    if name in OF_NOTHING:
        return reverse(f"matching:{name}")
    thing = offer if name in OF_OFFER else assignment if name in OF_ASSIGNMENT else need
    return reverse(f"matching:{name}", args=[thing.pk])


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_there_for_whom_it_is_and_for_nobody_else(name, records, people, signed_in):
    method, allowed = PAGES[name]
    for person in sorted(
        people, key=lambda person: person in allowed
    ):  # those who may come last: they change it
        answer = signed_in(people[person]).generic(method, address_of(name, records))
        expected = {200, 302, 409, 422} if person in allowed else {404}
        assert answer.status_code in expected, person


@pytest.mark.parametrize("name", PAGES)
def test_signed_out_every_own_page_leads_to_the_entrance(name, records, client):
    method, _allowed = PAGES[name]
    answer = client.generic(method, address_of(name, records))
    assert answer.status_code == 302
    assert reverse("account_login") in answer.url


@pytest.mark.parametrize("name", [name for name, (method, _who) in PAGES.items() if method == "POST"])
def test_acts_are_not_reached_by_a_link(name, records, people, signed_in):
    who = "asked" if "asked" in PAGES[name][1] else "worker_user"
    assert signed_in(people[who]).get(address_of(name, records)).status_code == 405
