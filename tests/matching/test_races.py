"""Real threads on real connections: one place, one taker; one need, one plan."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from core.errors import DomainError
from matching.models import Assignment, Offer
from matching.services import accept_offer, cancel_assignment, offer_myself
from matching.tasks import plan_requests, sweep

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def at_once(acts):
    """Every act in a thread of its own, begun together; results, or the error that came."""
    barrier = threading.Barrier(len(acts))

    def run(act):
        try:
            barrier.wait(timeout=20)
            return act()
        except Exception as error:  # noqa: BLE001  the test looks at whatever came
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def offer_to(need, volunteer):
    return Offer.objects.create(
        request=need,
        volunteer=volunteer,
        score=0.5,
        probability=0.5,
        model_version="test",
        sent_at=need.posted_at,
        answer_by=need.starts_at,
    )


@pytest.fixture
def twenty_offers(make_request, make_volunteer):
    need = make_request(status="asking", ring=1)
    return need, [offer_to(need, make_volunteer(f"志愿{number}")) for number in range(20)]


def test_of_twenty_yeses_at_once_exactly_one_gets_the_place_and_nineteen_a_friendly_answer(twenty_offers):
    need, offers = twenty_offers
    answers = at_once(
        [lambda offer=offer: accept_offer(offer=offer, by=offer.volunteer.user) for offer in offers]
    )
    won = [answer for answer in answers if isinstance(answer, list)]
    lost = [answer for answer in answers if not isinstance(answer, list)]
    assert len(won) == 1
    assert {(type(answer), answer.code) for answer in lost} == {(DomainError, "taken")}
    need.refresh_from_db()
    assert (need.filled, need.status, Assignment.objects.count()) == (1, "staffed", 1)
    assert Offer.objects.filter(status="taken").count() == 19


def test_a_double_click_from_many_windows_makes_one_assignment(twenty_offers):
    _need, offers = twenty_offers
    offer = offers[0]
    answers = at_once([lambda: accept_offer(offer=offer, by=offer.volunteer.user)] * 8)
    assert {tuple(one.pk for one in answer) for answer in answers} == {(Assignment.objects.get().pk,)}


def test_one_person_cannot_accept_two_needs_at_the_same_hour(make_request, volunteer):
    offers = [
        offer_to(make_request(status="asking", title=f"需求{number}"), volunteer) for number in range(6)
    ]
    answers = at_once([lambda offer=offer: accept_offer(offer=offer, by=volunteer.user) for offer in offers])
    assert sum(isinstance(answer, list) for answer in answers) == 1
    assert {answer.code for answer in answers if not isinstance(answer, list)} == {"clash"}


def test_those_who_come_unasked_and_those_who_were_asked_share_one_place(twenty_offers, make_volunteer):
    need, offers = twenty_offers
    newcomers = [make_volunteer(f"新来{number}") for number in range(5)]
    answers = at_once(
        [lambda offer=offer: accept_offer(offer=offer, by=offer.volunteer.user) for offer in offers[:5]]
        + [lambda one=one: offer_myself(request=need, volunteer=one, by=one.user) for one in newcomers]
    )
    assert sum(not isinstance(answer, Exception) for answer in answers) == 1
    assert {answer.code for answer in answers if isinstance(answer, Exception)} == {"taken"}
    assert Assignment.objects.count() == 1


def test_several_planners_at_once_ask_as_many_as_one(make_request, make_volunteer):
    for number in range(30):
        make_volunteer(f"志愿{number}")
    need = make_request()
    plan_requests([make_request(title="预热", skills=["22"]).pk])
    answers = at_once([lambda: plan_requests([need.pk])] * 6)
    assert answers == [None] * 6
    together = Offer.objects.filter(request=need).count()
    other = make_request(title="另一件")
    plan_requests([other.pk])
    assert together == Offer.objects.filter(request=other).count()


def test_two_plans_never_spend_the_same_weeks_budget_twice(make_request, make_volunteer):
    volunteer = make_volunteer(weekly_asks=1)
    needs = [make_request(title=f"需求{number}") for number in range(5)]
    at_once([lambda need=need: plan_requests([need.pk]) for need in needs])
    assert volunteer.asks.count() == 1


def test_sweeps_at_once_expire_each_offer_once(twenty_offers):
    need, _offers = twenty_offers
    Offer.objects.update(answer_by=need.posted_at)
    answers = at_once([sweep] * 4)
    assert answers == [None] * 4
    sweep()
    assert Offer.objects.filter(status="expired").count() == 20
    need.refresh_from_db()
    assert need.ring >= 2


def test_cancelling_and_accepting_at_once_never_overfills(twenty_offers):
    need, offers = twenty_offers
    [assignment] = accept_offer(offer=offers[0], by=offers[0].volunteer.user)
    newcomers = [offer.volunteer for offer in offers[1:6]]
    at_once(
        [lambda: cancel_assignment(assignment=assignment, reason="生病", by=offers[0].volunteer.user)]
        + [lambda one=one: offer_myself(request=need, volunteer=one, by=one.user) for one in newcomers]
    )
    need.refresh_from_db()
    standing = Assignment.objects.standing().count()
    assert need.filled == standing <= 1


def test_over_http_twenty_presses_give_one_promise_and_no_error(twenty_offers):
    from django.test import Client
    from django.urls import reverse

    _need, offers = twenty_offers
    clients = []
    for offer in offers:
        client = Client()
        client.force_login(offer.volunteer.user, backend="django.contrib.auth.backends.ModelBackend")
        clients.append((client, reverse("matching:accept", args=[offer.pk])))
    answers = at_once(
        [lambda client=client, url=url: client.post(url).status_code for client, url in clients]
    )
    assert sorted(answers) == [302] + [409] * 19
    assert Assignment.objects.count() == 1
