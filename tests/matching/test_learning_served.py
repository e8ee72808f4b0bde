"""The learned model in the product: trained, promoted, kept, gone back from; by whom, and once."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.errors import DomainError
from core.states import history as history_of
from matching.engine import PriorAcceptance
from matching.learning.serving import model_in_force
from matching.models import AcceptanceVersion, Run
from matching.services.learning import is_held, keep, roll_back, serve_version
from matching.services.runs import carry_on, start_run
from matching.tasks import plan_requests, sweep_runs, train_nightly
from tests.matching.history import a_challenger, a_version, write_history

Status = AcceptanceVersion.Status
SENSITIVE = (
    "health",
    "poor",
    "income",
    "sex",
    "gender",
    "age",
    "born",
    "origin",
    "religion",
    "party",
    "disab",
)


@pytest.fixture
def asked_for_half_a_year(make_request, make_volunteer):
    return write_history(make_request(), [make_volunteer() for _number in range(24)])


def trained_by(user):
    run = start_run(kind="training", by=user)
    carry_on(run.pk)
    run.refresh_from_db()
    return run


def test_a_better_model_serves_and_the_next_questions_bear_its_version(
    asked_for_half_a_year, centre_user, post, volunteer
):
    assert model_in_force().version == "prior-1"
    run = trained_by(centre_user)
    assert (run.status, run.outcome, run.percent) == ("done", "promoted", 100)
    version = AcceptanceVersion.objects.in_force().get()
    assert run.version == version
    assert version.rows + version.held_out == len(asked_for_half_a_year.yes)
    assert model_in_force().version == version.version
    need = post()
    plan_requests([need.pk])
    assert set(need.offers.values_list("model_version", flat=True)) == {version.version}


def test_the_model_in_force_is_read_once_and_then_only_asked_for_by_name(db):
    a_version()
    first = model_in_force()
    with CaptureQueriesContext(connection) as captured:
        assert model_in_force() is first
    assert len(captured) == 1
    assert "artefact" not in captured[0]["sql"]


def test_a_model_that_is_not_better_is_kept_as_figures_only(asked_for_half_a_year, centre_user):
    a_version()
    run = trained_by(centre_user)
    assert run.outcome == "not_better"
    assert run.version.status == Status.NOT_BETTER
    assert not run.version.seal
    with pytest.raises(DomainError) as refused:
        serve_version(version=run.version, by=centre_user)
    assert refused.value.code == "no_artefact"


def test_too_few_answers_are_told_and_change_nothing(centre_user):
    run = trained_by(centre_user)
    assert (run.status, run.outcome) == ("done", "too_few")
    assert not AcceptanceVersion.objects.exists()


def test_answers_that_are_all_alike_teach_nothing(make_request, make_volunteer, centre_user):
    write_history(make_request(), [make_volunteer() for _number in range(24)], yes=True)
    assert trained_by(centre_user).outcome == "one_sided"


def test_the_night_does_nothing_when_nothing_was_answered(
    asked_for_half_a_year, django_capture_on_commit_callbacks
):
    for outcome in ("promoted", "nothing_new"):
        train_nightly()
        run = Run.objects.first()
        carry_on(run.pk)
        run.refresh_from_db()
        assert (run.outcome, run.asked_by) == (outcome, None)
    assert AcceptanceVersion.objects.count() == 1


def test_pressing_twice_is_one_training_and_its_task_may_run_twice(asked_for_half_a_year, centre_user):
    run = start_run(kind="training", by=centre_user)
    assert start_run(kind="training", by=centre_user) == run
    carry_on(run.pk)
    carry_on(run.pk)
    assert AcceptanceVersion.objects.count() == 1


def test_a_training_that_another_worker_finished_meanwhile_writes_nothing(asked_for_half_a_year, centre_user):
    run = trained_by(centre_user)
    keep(run, a_challenger(), None, {})
    assert AcceptanceVersion.objects.count() == 1


def test_a_lost_training_is_taken_up_by_the_sweep_and_a_running_one_is_left(centre_user):
    run = start_run(kind="training", by=centre_user)
    sweep_runs()
    run.refresh_from_db()
    assert run.status == "waiting"
    Run.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    sweep_runs()
    run.refresh_from_db()
    assert run.outcome == "too_few"
    Run.objects.update(status="running", started_at=timezone.now(), outcome="", attempts=1)
    carry_on(run.pk)
    run.refresh_from_db()
    assert run.outcome == ""
    Run.objects.update(started_at=timezone.now() - timedelta(minutes=11))
    sweep_runs()
    run.refresh_from_db()
    assert run.outcome == "too_few"


def test_what_fails_three_times_is_given_up_and_the_next_may_start(centre_user):
    run = start_run(kind="training", by=centre_user)
    Run.objects.update(status="running", attempts=3, started_at=timezone.now() - timedelta(minutes=11))
    sweep_runs()
    run.refresh_from_db()
    assert (run.status, run.outcome) == ("failed", "gave_up")
    assert start_run(kind="training", by=centre_user) != run


def test_staff_go_back_and_nothing_new_serves_by_itself_for_a_while(asked_for_half_a_year, centre_user):
    version = trained_by(centre_user).version
    assert roll_back(by=centre_user) is None
    assert model_in_force().version == "prior-1"
    version.refresh_from_db()
    assert (version.status, version.rolled_back_by) == (Status.RETIRED, centre_user)
    assert is_held(now=timezone.now())
    held = trained_by(centre_user)
    assert (held.outcome, held.version.status) == ("ready", Status.READY)
    serve_version(version=held.version, by=centre_user)
    assert model_in_force().version == held.version.version
    assert [(step.before, step.after, step.by) for step in history_of(version)] == [
        ("ready", "served", None),
        ("served", "retired", centre_user),
    ]


def test_going_back_twice_leads_through_the_earlier_model_to_the_rules_by_hand(
    centre_user,
):
    first, second = a_version(), a_version(version="second", status=Status.READY)
    serve_version(version=second, by=centre_user)
    assert not is_held(now=timezone.now())
    assert roll_back(by=centre_user) == first
    assert model_in_force().version == first.version
    assert roll_back(by=centre_user) is None
    with pytest.raises(DomainError) as refused:
        roll_back(by=centre_user)
    assert refused.value.code == "nothing_in_force"


def test_choosing_an_earlier_version_is_going_back(centre_user):
    first, second = a_version(), a_version(version="second", status=Status.READY)
    serve_version(version=second, by=centre_user)
    serve_version(version=first, by=centre_user)
    serve_version(version=first, by=centre_user)
    second.refresh_from_db()
    assert second.rolled_back_by == centre_user
    assert AcceptanceVersion.objects.in_force().get() == first


def test_of_long_replaced_versions_only_the_figures_are_kept(centre_user):
    first = a_version()
    for number in range(11):
        serve_version(version=a_version(version=f"v{number}", status=Status.READY), by=centre_user)
    first.refresh_from_db()
    assert not first.seal
    assert bytes(first.artefact) == b""
    assert first.metrics["curve"]
    assert AcceptanceVersion.objects.exclude(seal="").count() == 11


def test_two_models_are_never_in_force(db):
    a_version()
    with pytest.raises(IntegrityError), transaction.atomic():
        a_version(version="second")


def test_a_model_whose_seal_is_broken_is_not_served(db, caplog):
    a_version()
    AcceptanceVersion.objects.update(seal="f" * 64, version="learned-changed")
    assert isinstance(model_in_force(), PriorAcceptance)
    assert "the seal does not fit" in caplog.text


@pytest.mark.parametrize("act", ["start", "serve", "back"])
def test_only_the_centre_may(act, worker):
    version = a_version()
    acts = {
        "start": lambda: start_run(kind="training", by=worker),
        "serve": lambda: serve_version(version=version, by=worker),
        "back": lambda: roll_back(by=worker),
    }
    with pytest.raises(DomainError) as refused:
        acts[act]()
    assert refused.value.code == "not_yours"


@pytest.mark.race
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_who_press_at_the_same_moment_start_one_training(centre_user):
    ready, runs = threading.Barrier(2), []

    def press():
        try:
            ready.wait()
            runs.append(start_run(kind="training", by=centre_user).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runs) == 2
    assert len(set(runs)) == 1
