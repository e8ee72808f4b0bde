"""Studios in the plan for all open needs: after people, within their weeks, kept and left out as people are."""

import pytest

from matching.models import Offer, PlanDraft
from matching.plans.reading import page_of
from matching.services.plan_sending import accept_plan
from matching.services.plans import current_plan, keep_for, leave_out, release
from tests.matching.refusing import refused
from tests.personas import at

pytestmark = pytest.mark.django_db
LAW = {"skills": ["04"], "category": "0005"}


def who_goes(current, need):
    return {key for request, key in current.chosen.pairs() if request == need.pk}


def test_a_studio_is_planned_where_nobody_else_could_go(make_request, studio, worker):
    need = make_request(**LAW)
    current = current_plan(by=worker)
    assert who_goes(current, need) == {-studio.pk}
    assert current.chosen.is_exact
    [planned] = page_of(current)["rows"][0].people
    assert (planned.who, planned.is_studio) == (studio, True)
    assert planned.reasons


def test_people_come_first(make_request, make_volunteer, studio, worker):
    need, person = make_request(**LAW), make_volunteer(skills=("04",))
    assert who_goes(current_plan(by=worker), need) == {person.pk}


def test_a_week_of_a_studio_is_never_overdrawn(make_request, make_studio, worker):
    studio = make_studio(weekly_capacity=1)
    first, second = make_request(**LAW, urgency="urgent"), make_request(**LAW)
    next_week = make_request(**LAW, starts_at=at(days=9))
    current = current_plan(by=worker)
    assert who_goes(current, first) == {-studio.pk}
    assert who_goes(current, second) == set()
    assert who_goes(current, next_week) == {-studio.pk}
    keep_for(request_id=first.pk, volunteer_id=-studio.pk, by=worker)
    with refused("capacity"):
        keep_for(request_id=second.pk, volunteer_id=-studio.pk, by=worker)
    assert PlanDraft.objects.get().pinned == [[first.pk, -studio.pk]]


def test_a_studio_is_left_out_kept_and_let_go(make_request, make_volunteer, studio, worker):
    need, person = make_request(**LAW), make_volunteer(skills=("04",))
    keep_for(request_id=need.pk, volunteer_id=-studio.pk, by=worker)
    current = current_plan(by=worker)
    assert who_goes(current, need) == {-studio.pk}
    assert current.price > 0
    assert page_of(current)["difference"]
    release(request_id=need.pk, volunteer_id=-studio.pk, by=worker)
    leave_out(request_id=need.pk, volunteer_id=person.pk, by=worker)
    leave_out(request_id=need.pk, volunteer_id=-studio.pk, by=worker)
    current = current_plan(by=worker)
    assert who_goes(current, need) == set()
    assert [who for _key, who in page_of(current)["rows"][0].left_out] == [studio, person]


@pytest.mark.parametrize(
    ("code", "fields"),
    [("open", {"slots": 0}), ("service", {"skill": "01"}), ("gone", {"status": "suspended"})],
)
def test_what_a_studio_cannot_do_cannot_be_decided_by_hand(code, fields, make_request, make_studio, worker):
    need, studio = make_request(**LAW), make_studio(**fields)
    with refused(code):
        keep_for(request_id=need.pk, volunteer_id=-studio.pk, by=worker)


def test_sending_the_plan_asks_the_studio_once_and_keeps_it_while_it_thinks(make_request, studio, worker):
    need = make_request(**LAW)
    sent = accept_plan(by=worker, token=current_plan(by=worker).token)
    assert sent.asked == 1
    offer = Offer.objects.get()
    assert (offer.studio, offer.status, offer.volunteer) == (studio, "sent", None)
    current = current_plan(by=worker)
    assert who_goes(current, need) == {-studio.pk}
    assert page_of(current)["new"] == 0
    with refused("nothing_chosen"):
        accept_plan(by=worker, token=current.token)


def test_the_page_of_a_need_offers_the_studio_and_finds_it_by_name(
    signed_in, make_request, make_volunteer, studio, worker
):
    need = make_request(**LAW)
    make_volunteer(skills=("04",))
    client, page = signed_in(worker), f"/needs/plan/{need.pk}/"
    assert f"keep:{need.pk}:-{studio.pk}" in client.get(page).content.decode()
    assert studio.name in client.get(page, {"who": studio.name[:2]}).content.decode()
    answer = client.post(
        "/needs/plan/change/", {"change": f"keep:{need.pk}:-{studio.pk}", "back": need.pk}, follow=True
    )
    assert f"release:{need.pk}:-{studio.pk}" in answer.content.decode()
