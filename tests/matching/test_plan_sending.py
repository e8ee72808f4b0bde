"""The plan is sent once and as it was seen; who confirms first, confirms."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AskLedger
from core.geo import Point
from matching.models import Offer, ServiceRequest
from matching.plans.reading import page_of
from matching.services.plan_sending import accept_plan
from matching.services.plans import current_plan
from tests.matching.refusing import refused
from tests.personas import at

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


def test_sending_asks_the_people_of_the_plan_and_logs_model_and_chance(two_needs, near_and_far, worker):
    current = current_plan(by=worker)
    sent = accept_plan(by=worker, token=current.token)
    assert sent.asked == 2
    offers = list(Offer.objects.all())
    assert {(offer.request_id, offer.volunteer_id) for offer in offers} == current.chosen.pairs()
    for offer in offers:
        assert offer.status == "sent"
        assert offer.ring == 1
        assert offer.model_version
        assert 0 < offer.probability < 1
        assert offer.reasons
    assert AskLedger.objects.count() == 2
    assert set(ServiceRequest.objects.values_list("status", flat=True)) == {"asking"}


def test_sending_for_some_needs_leaves_the_others(two_needs, near_and_far, worker):
    current = current_plan(by=worker)
    accept_plan(by=worker, token=current.token, request_ids=[two_needs[0].pk])
    assert [offer.request_id for offer in Offer.objects.all()] == [two_needs[0].pk]


def test_sending_twice_asks_once(two_needs, near_and_far, worker):
    token = current_plan(by=worker).token
    accept_plan(by=worker, token=token)
    with refused("stale"):
        accept_plan(by=worker, token=token)
    with refused("nothing_chosen"):
        accept_plan(by=worker, token=current_plan(by=worker).token)
    assert Offer.objects.count() == 2


def test_needs_of_others_are_never_sent(two_needs, near_and_far, other_worker):
    with refused("nothing_chosen"):
        accept_plan(by=other_worker, token=current_plan(by=other_worker).token, request_ids=[two_needs[0].pk])


def test_where_a_person_confirms_first_the_plan_proposes_and_asks_nobody(
    make_request, make_household, volunteer, worker
):
    need = make_request(household=make_household(is_sensitive=True))
    sent = accept_plan(by=worker, token=current_plan(by=worker).token)
    assert (sent.asked, sent.proposed) == (0, 1)
    assert Offer.objects.get().status == "proposed"
    assert not AskLedger.objects.exists()
    [person] = row_of(current_plan(by=worker), need).people
    assert person.offer_status == "proposed"


def test_a_need_that_came_back_looks_for_people_again_when_its_plan_is_sent(make_request, volunteer, worker):
    need = make_request(status="returned", ring=4, returned_because={"cause": "nobody"})
    accept_plan(by=worker, token=current_plan(by=worker).token)
    need.refresh_from_db()
    assert (need.status, need.ring, need.returned_because) == ("asking", 1, {})


def test_the_week_of_a_volunteer_is_never_overspent_by_a_plan(make_request, make_volunteer, worker):
    person = make_volunteer(weekly_asks=1)
    make_request(title="周二")
    accept_plan(by=worker, token=current_plan(by=worker).token)
    make_request(title="周三", starts_at=at(days=3))
    with refused("nothing_chosen"):
        accept_plan(by=worker, token=current_plan(by=worker).token)
    assert person.asks.count() == 1


def test_staffed_and_past_needs_are_not_planned(make_request, volunteer, worker):
    make_request(status="staffed", filled=1)
    make_request(starts_at=timezone.now() - timedelta(hours=1))
    assert current_plan(by=worker).chosen.board.needs == []
