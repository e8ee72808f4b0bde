"""The page of the plan without a script: what stands there, what can be pressed, who may not, and how many queries."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.geo import Point
from matching.models import Offer, PlanDraft, PlanRun
from matching.services.plans import current_plan
from matching.services.runs import carry_on, start_run
from tests.personas import at

pytestmark = pytest.mark.django_db
PLAN = reverse("matching:plan")


def body_of(answer):
    return answer.content.decode()


def token_in(body):
    return re.search(r'name="token" value="(\w+)"', body)[1]


def change(client, value, **more):
    return client.post(reverse("matching:plan_change"), {"change": value, **more}, follow=True)


@pytest.fixture
def far(make_volunteer, division):
    return make_volunteer("远处", home=Point(division.point.lon, division.point.lat + 0.02))


@pytest.fixture
def need(make_request):
    return make_request()


def test_the_plan_names_people_with_reasons_and_has_one_primary_button(signed_in, worker, need, volunteer):
    body = body_of(signed_in(worker).get(PLAN))
    assert str(volunteer) in body
    assert need.title in body
    assert body.count("button-primary") == 1
    assert "<svg viewBox" in body


def test_without_open_needs_the_page_says_what_to_do(signed_in, worker):
    answer = signed_in(worker).get(PLAN)
    assert reverse("matching:request_post") in body_of(answer)


def test_neither_the_picture_nor_the_table_tells_where_somebody_lives(
    signed_in, worker, need, volunteer, far
):
    body = body_of(signed_in(worker).get(PLAN))
    for person in (volunteer, far):
        assert str(person.lon) not in body
        assert str(person.lat) not in body
    assert "301" not in body


def test_keep_leave_out_and_start_over(signed_in, worker, need, volunteer, far):
    client = signed_in(worker)
    body = body_of(change(client, f"keep:{need.pk}:{far.pk}"))
    assert str(far) in body
    assert f"release:{need.pk}:{far.pk}" in body
    assert 'id="price"' in body
    body = body_of(change(client, f"leave:{need.pk}:{far.pk}"))
    assert f"keep:{need.pk}:{volunteer.pk}" in body
    body = body_of(change(client, "start-over"))
    assert 'id="price"' not in body


def test_a_refusal_is_shown_with_its_reason(signed_in, worker, need, volunteer, make_volunteer):
    person = make_volunteer("没证", licensed=False)
    body = body_of(change(signed_in(worker), f"keep:{need.pk}:{person.pk}", back=need.pk))
    assert "tone-bad" in body
    assert str(person) in body


def test_the_page_of_a_need_shows_who_else_could_go_and_why_not_somebody(
    signed_in, worker, need, volunteer, far, make_volunteer
):
    unlicensed = make_volunteer("没证的人", licensed=False)
    client = signed_in(worker)
    address = reverse("matching:plan_need", args=[need.pk])
    body = body_of(client.get(address))
    assert f"keep:{need.pk}:{far.pk}" in body
    body = body_of(client.get(address, {"who": "没证"}))
    assert str(unlicensed) in body
    assert f"keep:{need.pk}:{unlicensed.pk}" not in body


def test_swapping_is_offered_where_both_can_go(signed_in, worker, need, make_request, volunteer, far):
    other = make_request(title="另一件")
    client = signed_in(worker)
    body = body_of(client.get(reverse("matching:plan_need", args=[need.pk])))
    [(value, _partner)] = re.findall(r'<option value="(\d+:\d+)">(.*?)</option>', body)
    [mine] = re.findall(rf"swap:{need.pk}:(\d+)", body)
    change(client, f"swap:{need.pk}:{mine}", other=value)
    assert sorted(PlanDraft.objects.get().pinned) == sorted(
        [[need.pk, int(value.split(":")[1])], [other.pk, int(mine)]]
    )


def test_sending_all_and_sending_the_ticked(signed_in, worker, need, make_request, volunteer, far):
    other = make_request(title="另一件")
    client = signed_in(worker)
    token = token_in(body_of(client.get(PLAN)))
    client.post(reverse("matching:plan_send"), {"token": token, "send": "ticked", "need": [other.pk]})
    assert [offer.request_id for offer in Offer.objects.all()] == [other.pk]
    token = token_in(body_of(client.get(PLAN)))
    answer = client.post(reverse("matching:plan_send"), {"token": token, "send": "all"}, follow=True)
    assert Offer.objects.count() == 2
    assert "button-primary" not in body_of(answer)


def test_sending_with_nothing_ticked_asks_nobody_and_says_so(signed_in, worker, need, volunteer):
    client = signed_in(worker)
    token = token_in(body_of(client.get(PLAN)))
    answer = client.post(reverse("matching:plan_send"), {"token": token, "send": "ticked"}, follow=True)
    assert "tone-warn" in body_of(answer)
    assert not Offer.objects.exists()


def test_a_stale_form_sends_nothing_and_shows_the_new_plan(signed_in, worker, need, make_request, volunteer):
    client = signed_in(worker)
    token = token_in(body_of(client.get(PLAN)))
    make_request(title="又一件", urgency="urgent")
    answer = client.post(reverse("matching:plan_send"), {"token": token, "send": "all"}, follow=True)
    assert not Offer.objects.exists()
    assert "又一件" in body_of(answer)
    assert "tone-warn" in body_of(answer)


def test_a_worker_does_not_see_the_runs_of_other_places(signed_in, worker, other_worker, need, volunteer):
    carry_on(start_run(kind="planning", by=other_worker).pk)
    assert PlanRun.objects.get().model_version not in body_of(signed_in(worker).get(PLAN))


@pytest.mark.parametrize(
    "page", ["plan", "plan_need", "plan_change", "plan_anew", "plan_send", "plan_running", "plan_state"]
)
def test_for_everybody_but_staff_there_is_no_plan(
    page, client, signed_in, need, volunteer, stranger, household_contact
):
    address = reverse(f"matching:{page}", args=[need.pk] if page in {"plan_need", "plan_running"} else [])
    method = "get" if page in {"plan", "plan_need", "plan_running", "plan_state"} else "post"
    assert getattr(client, method)(address).status_code == 302
    for user in (volunteer.user, stranger, household_contact):
        assert getattr(signed_in(user), method)(address).status_code == 404
    assert not PlanDraft.objects.exists()


def test_a_need_outside_the_scope_has_no_page_in_the_plan(signed_in, other_worker, need):
    assert signed_in(other_worker).get(reverse("matching:plan_need", args=[need.pk])).status_code == 404


@pytest.mark.parametrize(
    "value", ["", "keep", "keep:1", "keep:a:b", "dance:1:2", "keep:1:2:3", "swap:1:2", f"keep:{'9' * 30}:1"]
)
def test_nonsense_is_404(value, signed_in, worker):
    assert signed_in(worker).post(reverse("matching:plan_change"), {"change": value}).status_code == 404


def test_as_many_queries_for_many_needs_and_people_as_for_few(
    signed_in, worker, make_request, make_volunteer
):
    client = signed_in(worker)

    def post(count):
        for number in range(count):
            make_request(
                title=f"需求{number}", starts_at=at(days=2 + number % 3, hour=9 + number % 5), headcount=2
            )

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(PLAN).status_code == 200
        return len(captured)

    make_volunteer()
    post(2)
    queries()
    few_again = queries()
    post(10)
    for number in range(15):
        make_volunteer(f"志愿{number}")
    many_anew = queries()
    assert queries() == few_again
    post(5)
    assert queries() == many_anew
    assert few_again <= 35
    assert many_anew <= 48


def test_both_desks_lead_to_the_plan(signed_in, worker, centre_user):
    assert f'href="{PLAN}"' in body_of(signed_in(worker).get(reverse("portal:desk")))
    assert f'href="{PLAN}"' in body_of(signed_in(centre_user).get(reverse("portal:centre")))


def test_a_household_alias_is_shown_and_nothing_of_the_people_in_it(signed_in, worker, need, volunteer):
    body = body_of(signed_in(worker).get(PLAN))
    assert need.household.alias in body
    assert "测试路" not in body


def test_the_draft_is_not_shown_to_others(signed_in, worker, centre_user, need, volunteer, far):
    change(signed_in(worker), f"keep:{need.pk}:{far.pk}")
    body = body_of(signed_in(centre_user).get(PLAN))
    assert f"release:{need.pk}:{far.pk}" not in body
    assert current_plan(by=centre_user).price == 0
