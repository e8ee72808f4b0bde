"""The centre's pages: the model of who says yes, and the policy laboratory."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from matching.engine.simulation import POLICIES as LABORATORY_POLICIES
from matching.model_words import POLICIES
from matching.models import AcceptanceVersion, Run
from matching.services.runs import carry_on
from tests.matching.history import a_version, write_history

pytestmark = pytest.mark.django_db

MODEL, LABORATORY = reverse("matching:model"), reverse("matching:laboratory")
TRIED = {
    "policies": ["nearest_first", "waves"],
    "volunteers": 100,
    "needs_a_day": 1,
    "days": 14,
    "weekly_limit": 3,
    "seeds": 2,
}


@pytest.fixture
def reads_english(centre_user):
    centre_user.language = "en"
    centre_user.save()
    return centre_user


@pytest.fixture
def people(volunteer, household_contact, worker, centre_user):
    return {
        "volunteer": volunteer.user,
        "contact": household_contact,
        "worker": worker,
        "centre": centre_user,
    }


@pytest.fixture
def version(make_request, make_volunteer):
    write_history(make_request(), [make_volunteer() for _number in range(24)])
    return a_version()


@pytest.mark.parametrize("name", ["model", "laboratory", "model_train", "model_back", "model_serve"])
def test_these_pages_exist_for_the_centre_only(name, people, signed_in, client):
    row = AcceptanceVersion.objects.create(
        version="v", status="not-better", trained_at="2026-01-01T00:00Z", rows=1, held_out=1, people=1, weeks=1,
        metrics={"challenger": {}, "champion": {}},
    )  # fmt: skip
    address = reverse(f"matching:{name}", args=[row.pk] if name == "model_serve" else [])
    method = "GET" if name in {"model", "laboratory"} else "POST"
    for role in ("volunteer", "contact", "worker"):
        assert signed_in(people[role]).generic(method, address).status_code == 404, role
    assert signed_in(people["centre"]).generic(method, address).status_code in {200, 302}
    client.logout()
    assert reverse("account_login") in client.generic(method, address).url
    if method == "POST":
        assert signed_in(people["centre"]).get(address).status_code == 405


def test_without_history_the_page_says_what_is_missing(signed_in, reads_english):
    page = signed_in(reads_english).get(MODEL).content.decode()
    assert "0 of 1000 answers" in page
    assert "rules written by hand" in page


def test_the_page_shows_curve_figures_drift_and_versions(signed_in, centre_user, version):
    page = signed_in(centre_user).get(MODEL)
    text = page.content.decode()
    assert text.count('class="dot"') == 10
    assert version.version in text
    assert len(page.context["figures"]) == 4
    assert page.context["drift_rows"] >= 100
    assert all(row["moved"] is not None for row in page.context["features"])
    assert "style=" not in text


def test_training_is_one_press_and_going_back_another(signed_in, centre_user, version):
    browser = signed_in(centre_user)
    assert browser.post(reverse("matching:model_train")).url == MODEL
    run = Run.objects.first()
    assert run.is_running
    assert 'hx-trigger="pulse, every 5s"' in browser.get(MODEL).content.decode()
    carry_on(run.pk)
    assert "every 2s" not in browser.get(MODEL).content.decode()
    browser.post(reverse("matching:model_back"))
    assert not AcceptanceVersion.objects.in_force().exists()
    browser.post(reverse("matching:model_serve", args=[version.pk]))
    assert AcceptanceVersion.objects.in_force().get() == version


def test_a_refused_act_says_why(signed_in, reads_english):
    page = signed_in(reads_english).post(reverse("matching:model_back"), follow=True)
    assert "The rules written by hand are in use already." in page.content.decode()


def queries(act):
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_both_pages_read_with_as_many_queries_for_many_versions_and_runs(signed_in, centre_user, version):
    browser = signed_in(centre_user)
    addresses = (MODEL, LABORATORY)
    Run.objects.create(kind="laboratory", status="done", asked_by=centre_user, params=TRIED)
    for address in addresses:
        browser.get(address)
    few = [queries(lambda address=address: browser.get(address)) for address in addresses]
    for number in range(9):
        for kind in ("training", "laboratory"):
            Run.objects.create(kind=kind, status="done", asked_by=centre_user, params=TRIED, version=version)
        AcceptanceVersion.objects.create(
            version=f"v{number}", status="not-better", trained_at=version.trained_at, rows=1, held_out=1,
            people=1, weeks=1, metrics=version.metrics,
        )  # fmt: skip
    assert [queries(lambda address=address: browser.get(address)) for address in addresses] == few


def test_a_run_of_the_laboratory_goes_step_by_step_and_is_the_same_for_all_ways(signed_in, reads_english):
    browser, form = signed_in(reads_english), TRIED | {"submission_key": uuid.uuid4()}
    assert browser.post(LABORATORY, form).url == LABORATORY
    assert browser.post(LABORATORY, form).url == LABORATORY
    run = Run.objects.get(kind="laboratory")
    carry_on(run.pk)
    run.refresh_from_db()
    assert (run.status, run.percent, len(run.result["lives"])) == ("running", 25, 1)
    for _number in range(5):
        carry_on(run.pk)
    run.refresh_from_db()
    assert (run.status, run.percent, len(run.result["lives"])) == ("done", 100, 4)
    assert {(life["policy"], life["seed"]) for life in run.result["lives"]} == {
        (policy, seed) for policy in TRIED["policies"] for seed in (1, 2)
    }
    page = browser.get(LABORATORY)
    assert [row["policy"] for row in page.context["rows"]] == TRIED["policies"]
    assert page.context["rows"][0]["lives"] == 2
    assert "it is no proof" in page.content.decode()
    browser.post(LABORATORY, form)
    assert Run.objects.filter(kind="laboratory").count() == 1


@pytest.mark.parametrize(
    "wrong", [{"volunteers": 10**6}, {"policies": []}, {"policies": ["pray"]}, {"days": "many"}]
)
def test_what_would_take_too_long_or_does_not_exist_is_refused_and_what_was_typed_stays(
    wrong, signed_in, centre_user
):
    form = TRIED | {"submission_key": uuid.uuid4(), "needs_a_day": 13} | wrong
    page = signed_in(centre_user).post(LABORATORY, form)
    assert page.status_code == 422
    assert 'value="13"' in page.content.decode()
    assert not Run.objects.exists()


def test_every_way_of_asking_that_the_engine_knows_can_be_chosen_and_has_a_name():
    assert set(POLICIES) == set(LABORATORY_POLICIES)


def test_the_first_page_of_the_laboratory_says_what_to_do(signed_in, reads_english):
    assert "Nothing tried yet" in signed_in(reads_english).get(LABORATORY).content.decode()
