"""As many queries for forty rows as for four."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from matching.browse import needs_for
from matching.candidates import candidates
from matching.models import Assignment, Offer, ServiceRequest
from matching.needs import load_needs
from matching.people import load_people
from matching.problem import choose
from matching.studios import load_providers, studios_to_ask
from tests.personas import at

pytestmark = pytest.mark.django_db


def queries(act):
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def think(needs):
    """The reading and thinking part of planning; what it writes is one transaction a need."""
    now = timezone.now()
    loaded = load_needs(list(needs), now=now)
    people = load_people(candidates(loaded), now=now)
    choose(loaded, people, now=now)
    providers = load_providers(loaded)
    for need in loaded:
        studios_to_ask(need, providers)


@pytest.fixture
def many_needs(make_request):
    def make(count):
        start = at(days=3, hour=9)
        return [
            make_request(
                title=f"需求{number}",
                starts_at=start + timedelta(hours=3 * (number % 4)),
                ends_at=start + timedelta(hours=3 * (number % 4) + 2),
            )
            for number in range(count)
        ]

    return make


def test_planning_reads_with_as_many_queries_for_many_needs_and_people(
    many_needs, make_volunteer, make_studio
):
    make_volunteer()
    make_studio(skill="09")
    many_needs(2)
    rows = ServiceRequest.objects.select_related("household").order_by("pk")
    few = queries(lambda: think(rows))
    many_needs(10)
    for _number in range(25):
        make_volunteer()
    for _number in range(4):
        make_studio(skill="09")
    assert queries(lambda: think(rows.all())) == few
    assert few <= 22


def offers_for(volunteer, needs, **fields):
    for need in needs:
        Offer.objects.create(
            request=need,
            volunteer=volunteer,
            score=0.4,
            probability=0.4,
            model_version="test",
            reasons=[{"code": "near", "metres": 500}],
            sent_at=timezone.now(),
            answer_by=timezone.now() + timedelta(hours=2),
            distance_m=500,
            **fields,
        )


def grows_not(client, address, more):
    client.get(address)  # fills caches of the session and of the content types
    few = queries(lambda: client.get(address))
    more()
    many = queries(lambda: client.get(address))
    assert many == few, (few, many)


def test_the_offers_page(signed_in, volunteer, many_needs):
    offers_for(volunteer, many_needs(2))
    for status in ("declined", "expired"):
        offers_for(volunteer, many_needs(1), status=status)

    def more():
        offers_for(volunteer, many_needs(10))
        offers_for(volunteer, many_needs(5), status="declined")

    grows_not(signed_in(volunteer.user), reverse("matching:offers"), more)


def test_the_list_of_open_needs_for_everybody(client, many_needs):
    many_needs(3)
    grows_not(client, reverse("matching:near"), lambda: many_needs(15))


def test_the_list_of_open_needs_for_a_volunteer(signed_in, volunteer, many_needs):
    many_needs(3)
    grows_not(signed_in(volunteer.user), reverse("matching:near"), lambda: many_needs(15))
    assert len(needs_for(volunteer)) == 18


def test_the_workers_page_of_a_need(signed_in, worker, many_needs, make_volunteer):
    [need] = many_needs(1)
    offers_for(make_volunteer(), [need])

    def more():
        for _number in range(8):
            volunteer = make_volunteer()
            offers_for(volunteer, [need], status="accepted")
            Assignment.objects.create(request=need, offer=volunteer.offers.get(), volunteer=volunteer)

    grows_not(signed_in(worker), reverse("matching:request", args=[need.pk]), more)


def test_the_households_page(signed_in, household_contact, many_needs, volunteer):
    first = many_needs(2)
    offers_for(volunteer, first[:1], status="accepted")
    Assignment.objects.create(request=first[0], offer=volunteer.offers.get(), volunteer=volunteer)
    grows_not(signed_in(household_contact), reverse("matching:my_household"), lambda: many_needs(12))


def test_the_form_for_posting(signed_in, worker, make_household):
    make_household()
    grows_not(
        signed_in(worker),
        reverse("matching:request_post"),
        lambda: [make_household(alias=f"户{n}") for n in range(9)],
    )
