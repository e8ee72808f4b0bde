"""A list asks the database the same number of questions, however long it is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Organisation, Volunteer

pytestmark = pytest.mark.django_db


def questions(client, address):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def assert_constant(client, address, make, times=5):
    make()
    client.get(address)
    few = questions(client, address)
    for _time in range(times):
        make()
    assert questions(client, address) == few


def test_studios(client, make_studio):
    assert_constant(client, reverse("accounts:studios"), make_studio)


def test_a_studio_page(signed_in, make_studio, make_volunteer, studio):
    client = signed_in(studio.lead)
    make = lambda: studio.members.create(volunteer=make_volunteer())  # noqa: E731
    assert_constant(client, reverse("accounts:studio", args=[studio.pk]), make)


def test_volunteers_of_the_centre(signed_in, centre_user, make_volunteer):
    make = lambda: make_volunteer(status=Volunteer.Status.APPLIED, skills=("09", "16"))  # noqa: E731
    assert_constant(signed_in(centre_user), reverse("accounts:volunteers"), make)


def test_households_of_a_worker(signed_in, worker, make_household):
    assert_constant(signed_in(worker), reverse("accounts:households"), make_household)


def test_readings_of_a_household(signed_in, worker, household, make_user):
    from accounts.services import open_household
    from core.models import Purpose

    def make():
        open_household(household=household, fields=["phone"], by=make_user(), purpose=Purpose.SERVE)

    assert_constant(signed_in(worker), reverse("accounts:household", args=[household.pk]), make)


def test_organisations(signed_in, volunteer, division):
    make = lambda: Organisation.objects.create(  # noqa: E731
        name=f"单位{Organisation.objects.count()}", division=division
    )
    assert_constant(signed_in(volunteer.user), reverse("accounts:organisations"), make)
