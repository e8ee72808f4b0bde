"""Who is read for a need: never fewer than may be asked, far fewer than everybody, and as they are at this moment."""

import random

import pytest
from django.utils import timezone

from accounts.models import Volunteer
from core.geo import Point
from matching import candidates as reading
from matching.candidates import candidates, within_reach
from matching.checks import passing
from matching.models import Offer
from matching.needs import load_needs
from matching.people import load_people
from matching.tasks import plan_requests

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(make_volunteer, division):
    """People of all kinds around the neighbourhood."""
    chance = random.Random(5)
    for _number in range(40):
        make_volunteer(
            home=Point(
                division.point.lon + chance.uniform(-0.08, 0.08),
                division.point.lat + chance.uniform(-0.08, 0.08),
            ),
            radius_m=chance.choice([500, 3000, 8000]),
            slots=chance.getrandbits(24) | chance.getrandbits(24),
            status=chance.choice(["verified", "verified", "applied", "suspended"]),
            accepts_pushes=chance.random() < 0.8,
            skills=chance.choice([("09",), ("22",), ("09", "22"), ()]),
        )


def loaded(requests):
    return load_needs(requests, now=timezone.now())


def test_nobody_who_may_be_asked_is_missed_and_most_others_are_not_read(crowd, make_request):
    now = timezone.now()
    requests = [
        make_request(),
        make_request(skills=[]),
        make_request(is_remote=True),
        make_request(skills=["22"]),
    ]
    for needs in [[need] for need in loaded(requests)] + [loaded(requests)]:
        everybody = load_people(candidates(needs), now=now)
        read = load_people(within_reach(needs), now=now)
        for need in needs:
            able = set(everybody.ids[passing(need, everybody)].tolist())
            assert able == set(read.ids[passing(need, read)].tolist())
        if len(needs) == 1:
            assert len(read) < len(everybody)


def test_who_was_verified_moved_or_suspended_just_now_counts_as_such(make_request, make_volunteer, division):
    far = Point(division.point.lon + 0.2, division.point.lat)
    person = make_volunteer(status="applied", home=far, radius_m=1000)
    need = make_request()

    def asked():
        plan_requests([need.pk])
        need.status, need.ring, need.returned_because = "open", 0, {}
        need.save()
        return Offer.objects.filter(request=need, status="sent").exists()

    assert not asked()
    Volunteer.objects.update(status="verified")
    assert not asked()
    Volunteer.objects.update(lon=division.point.lon, lat=division.point.lat)
    assert asked()
    Offer.objects.all().delete()
    Volunteer.objects.filter(pk=person.pk).update(status="suspended")
    assert not asked()


def test_very_many_needs_at_once_are_looked_at_over_everybody(make_request, volunteer, monkeypatch):
    monkeypatch.setattr(reading, "MOST_SQUARES", 1)
    needs = loaded([make_request(), make_request()])
    Volunteer.objects.update(slots=0)
    assert set(within_reach(needs)) == set(candidates(needs)) == {volunteer}


def test_looking_is_one_query(crowd, make_request, django_assert_num_queries):
    needs = loaded([make_request()])
    with django_assert_num_queries(1):
        within_reach(needs)
