"""The plan from everybody is made in the background: seen, left, come back to, never made twice at once."""

import pytest
from django.urls import reverse

from matching.models import Offer, PlanDraft, PlanRun, Run
from matching.services import plan_runs
from matching.services.plans import leave_out
from matching.services.runs import carry_on, start_run
from notifications.models import Pulse

pytestmark = pytest.mark.django_db
PLAN, ANEW = reverse("matching:plan"), reverse("matching:plan_anew")
PART = {"HX-Request": "true"}


def running(run):
    return reverse("matching:plan_running", args=[run.pk])


def test_whoever_asks_may_leave_and_finds_the_plan_when_it_is_made(
    signed_in, worker, make_request, volunteer
):
    need, client = make_request(), signed_in(worker)
    client.get(PLAN)
    answer = client.post(ANEW, follow=True)
    client.post(ANEW)  # twice is once
    run = Run.objects.get()
    assert 'id="planning"' in answer.content.decode()
    assert "<html" in client.get(running(run)).content.decode()
    assert "<html" not in client.get(running(run), headers=PART).content.decode()
    carry_on(run.pk)
    carry_on(run.pk)
    run.refresh_from_db()
    assert (run.status, run.percent, run.result) == ("done", 100, {"needs": 1, "planned": 1, "empty": 0})
    assert PlanRun.objects.count() == 1
    assert Pulse.objects.filter(topics=[f"me:{worker.pk}"]).exists()
    page = client.get(PLAN).content.decode()
    assert need.title in page
    assert str(volunteer) in page
    assert not Offer.objects.exists()


def test_at_the_end_the_open_page_goes_on_to_the_plan(signed_in, worker, make_request):
    run, client = start_run(kind="planning", by=worker), signed_in(worker)
    carry_on(run.pk)
    assert client.get(running(run), headers=PART).headers["HX-Redirect"] == PLAN
    assert client.get(running(run)).headers["Location"] == PLAN


def test_one_persons_planning_is_not_anothers(signed_in, worker, centre_user, make_request):
    run = start_run(kind="planning", by=worker)
    assert start_run(kind="planning", by=centre_user) != run
    assert signed_in(centre_user).get(running(run)).status_code == 404


def test_changes_by_hand_survive_planning_from_everybody(worker, make_request, volunteer):
    need = make_request()
    leave_out(request_id=need.pk, volunteer_id=volunteer.pk, by=worker)
    carry_on(start_run(kind="planning", by=worker).pk)
    assert PlanDraft.objects.get().forbidden == [[need.pk, volunteer.pk]]


def test_where_very_many_could_go_the_first_look_is_made_in_the_background(
    signed_in, worker, make_request, volunteer, monkeypatch
):
    monkeypatch.setattr(plan_runs, "PEOPLE_READ_AT_ONCE", 0)
    need, client = make_request(), signed_in(worker)
    assert 'id="planning"' in client.get(PLAN).content.decode()
    carry_on(Run.objects.get().pk)
    assert need.title in client.get(PLAN).content.decode()


def test_an_open_page_says_when_needs_have_moved_and_moves_nothing_itself(
    signed_in, worker, make_request, volunteer, django_assert_max_num_queries
):
    make_request()
    client = signed_in(worker)
    page = client.get(PLAN)
    state = f"{reverse('matching:plan_state')}?seen={page.context['stand']}"
    assert state in page.content.decode()
    with django_assert_max_num_queries(14):
        assert not client.get(state, headers=PART).context["has_moved"]
    make_request(title="又一件")
    moved = client.get(state, headers=PART)
    assert moved.context["has_moved"]
    assert PLAN in moved.content.decode()
    assert state in moved.content.decode()
    fresh = client.get(PLAN).context["stand"]
    assert not client.get(reverse("matching:plan_state"), {"seen": fresh}, headers=PART).context["has_moved"]


def test_a_planning_that_broke_off_says_so(signed_in, worker):
    run = start_run(kind="planning", by=worker)
    Run.objects.update(status="failed")
    assert "tone-bad" in signed_in(worker).get(running(run), follow=True).content.decode()


def test_who_left_the_service_meanwhile_has_no_plan(worker):
    run = start_run(kind="planning", by=worker)
    worker.roles.all().delete()
    carry_on(run.pk)
    assert (Run.objects.get().status, PlanRun.objects.count()) == ("done", 0)
