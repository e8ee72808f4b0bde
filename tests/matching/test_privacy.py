"""Before somebody accepts, nothing leads to the door: no address, phone, health, note or exact point, anywhere."""

import itertools
import random

import pytest
from django.urls import reverse
from django.utils import timezone

from core.geo import CELL_M, Point, cell_of, distance_step, to_metres, to_point
from matching.browse import look_at
from matching.models import Offer, ServiceRequest
from matching.services import accept_offer, offer_myself
from matching.tasks import plan_requests

pytestmark = pytest.mark.django_db

SECRETS = ("暗号路", "77788", "糖尿病", "门铃暗号", "121.4051", "31.2171")


@pytest.fixture
def secret_need(post, make_household):
    household = make_household(
        alias="密户",
        address="暗号路 9 弄 8 号",
        phone="+8610900077788",
        health="糖尿病",
        point=Point(121.40512, 31.21713),
        contact_name="秘密联系人",
    )
    need = post(household=household, note="门铃暗号", title="陪聊")
    plan_requests([need.pk])
    return need


def bodies(client, *addresses):
    for address in addresses:
        answer = client.get(address)
        yield address, answer.content.decode() + str(answer.headers)


def assert_silent(client, *addresses):
    for address, body in bodies(client, *addresses):
        for secret in SECRETS:
            assert secret not in body, (address, secret)


def test_no_page_tells_an_asked_volunteer_more_than_the_public_part(signed_in, volunteer, secret_need):
    offer = Offer.objects.get(request=secret_need)
    client = signed_in(volunteer.user)
    addresses = [
        reverse("matching:offers"),
        reverse("matching:offer", args=[offer.pk]),
        reverse("matching:near"),
        reverse("matching:public_need", args=[secret_need.pk]),
    ]
    assert_silent(client, *addresses)
    for address, body in bodies(client, *addresses):
        assert "密户" not in body, address
        assert "秘密联系人" not in body, address


def test_the_public_sees_title_kind_subdistrict_time_urgency_and_people_only(client, secret_need):
    addresses = [reverse("matching:near"), reverse("matching:public_need", args=[secret_need.pk])]
    assert_silent(client, *addresses)
    for _address, body in bodies(client, *addresses):
        assert secret_need.subdistrict in body
        assert secret_need.division.name not in body


def test_a_sensitive_household_is_not_among_the_public_needs(client, post, make_household):
    need = post(household=make_household(is_sensitive=True), title="悄悄的事")
    assert "悄悄的事" not in client.get(reverse("matching:near")).content.decode()
    assert client.get(reverse("matching:public_need", args=[need.pk])).status_code == 404


def test_the_worker_page_opens_nothing_that_is_sealed(signed_in, worker, secret_need):
    assert_silent(signed_in(worker), reverse("matching:request", args=[secret_need.pk]))


def test_after_accepting_the_address_comes_only_by_an_explicit_press(signed_in, volunteer, secret_need):
    [assignment] = accept_offer(offer=Offer.objects.get(request=secret_need), by=volunteer.user)
    client = signed_in(volunteer.user)
    address = reverse("matching:assignment", args=[assignment.pk])
    assert_silent(client, address)
    assert client.get(reverse("matching:contact", args=[assignment.pk])).status_code == 405
    answer = client.post(reverse("matching:contact", args=[assignment.pk]))
    body = answer.content.decode()
    assert "暗号路" in body
    assert "77788" in body
    assert "门铃暗号" in body
    assert "糖尿病" not in body
    assert "no-store" in answer.headers["Cache-Control"]


def test_what_an_offer_keeps_names_no_place(volunteer, secret_need):
    offer = Offer.objects.get(request=secret_need)
    assert offer.distance_m % 500 == 0
    kept = str(offer.reasons)
    assert all(secret not in kept for secret in SECRETS)
    for reason in offer.reasons:
        assert reason.get("metres", 0) % 500 == 0


def test_asking_from_twenty_homes_finds_the_cell_and_never_the_door(post, make_household, make_volunteer):
    """Somebody registers twenty homes around a household and reads every distance that the site tells. Each door in
    the household's cell is consistent with all twenty answers: the places left never shrink below 500 m by 500 m."""
    door = Point(121.4071, 31.2189)
    east, north = to_metres(door)
    chance = random.Random(5)
    volunteers = [
        make_volunteer(
            f"探子{number}",
            home=to_point(east + chance.uniform(-2500, 2500), north + chance.uniform(-2500, 2500)),
            radius_m=30_000,
        )
        for number in range(20)
    ]

    def answers(household_at):
        need = post(household=make_household(point=household_at))
        row = ServiceRequest.objects.select_related("household", "division__parent").get(pk=need.pk)
        return [look_at(volunteer, [row], now=timezone.now())[0][0].distance_m for volunteer in volunteers]

    told = answers(door)
    assert all(step % CELL_M == 0 for step in told)
    cell = cell_of(door)
    corners = [(0.01, 0.01), (0.99, 0.01), (0.01, 0.99), (0.99, 0.99), (0.5, 0.5)]
    for across, up in corners:
        elsewhere = to_point((cell.column + across) * CELL_M, (cell.row + up) * CELL_M)
        assert answers(elsewhere) == told
    for across, up in itertools.product(range(100), repeat=2):
        elsewhere = to_point(
            (cell.column + across / 100 + 0.005) * CELL_M, (cell.row + up / 100 + 0.005) * CELL_M
        )
        assert [distance_step(volunteer.home, cell_of(elsewhere)) for volunteer in volunteers[:3]] == told[:3]


def test_the_offers_themselves_tell_the_same_steps(post, make_household, make_volunteer):
    volunteer = make_volunteer(home=Point(121.41, 31.22))
    need = post(household=make_household(point=Point(121.4071, 31.2189)))
    plan_requests([need.pk])
    assert Offer.objects.get().distance_m == distance_step(volunteer.home, need.cell)


def test_a_blocked_person_never_learns_whose_need_it_is(post, household, make_volunteer, signed_in):
    """The open need is to them like one that is taken: in no list, and the same answers as for any other late one."""
    from accounts.models import BlockedPair
    from portal.search.finding import search

    blocked, other = make_volunteer("被拒者", skills=()), make_volunteer("别人")
    need = post(household=household, title="悄悄陪聊")
    BlockedPair.objects.create(volunteer=blocked, household=household)
    near, page = reverse("matching:near"), reverse("matching:public_need", args=[need.pk])
    offering = reverse("matching:offer_myself", args=[need.pk])
    assert "悄悄陪聊" in signed_in(other.user).get(near).content.decode()
    mine = signed_in(blocked.user)
    assert "悄悄陪聊" not in mine.get(near).content.decode()
    assert mine.get(page).status_code == 410
    refused_here = mine.post(offering)
    assert [hit.entry.title for hit in search(user=other.user, typed="悄悄陪聊").hits] == ["悄悄陪聊"]
    assert not search(user=blocked.user, typed="悄悄陪聊").hits
    offer_myself(request=need, volunteer=other, by=other.user)
    late = signed_in(blocked.user).post(offering)
    assert (refused_here.status_code, late.status_code) == (409, 409)
    assert refused_here.context["refusal"].code == late.context["refusal"].code == "taken"
    assert str(refused_here.context["refusal"]) == str(late.context["refusal"])
