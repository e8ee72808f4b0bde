"""Long work that staff start and may leave: one of a kind at a time, safe to run twice, taken up again when lost."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from core.tasks import queue_after_commit
from matching import tasks
from matching.models import Run
from matching.models.learned import RunQuerySet
from matching.permissions import check_may
from matching.services import laboratory, learning, plan_runs

MOST_ATTEMPTS = 3
PERMISSIONS: dict[str, str] = {
    Run.Kind.PLANNING: "matching.post_any_request"
}  # whoever may post needs plans them


@transaction.atomic
def start_run(
    *,
    kind: str,
    by: User | None,
    params: dict[str, Any] | None = None,
    submission_key: uuid.UUID | None = None,
) -> Run:
    """Queue it. While one of the kind runs (of plans: one of this person), that one is given back; a form sent twice
    gives its first run.

    `by` is None at night. Raises DomainError `not_yours`.
    """
    if by is not None:
        check_may(by, PERMISSIONS.get(kind, "matching.keep_model"), None)
    key = submission_key or uuid.uuid4()
    if there := _there(kind, key, by).first():
        return there
    try:
        with transaction.atomic():
            run = Run.objects.create(kind=kind, asked_by=by, params=params or {}, submission_key=key)
    except IntegrityError:  # somebody else pressed at the same moment
        return _there(kind, key, by).get()
    queue_after_commit(tasks.do_run, run.pk)
    return run


def _there(kind: str, key: uuid.UUID, by: User | None) -> RunQuerySet:
    running = Run.objects.running().filter(kind=kind)
    if kind == Run.Kind.PLANNING:
        running = running.filter(asked_by=by)
    return Run.objects.filter(submission_key=key) | running


def carry_on(run_id: int) -> None:
    """Do a training, or one step of the laboratory and queue the next: others get their turn in between."""
    run = _claimed(run_id)
    if run is None:
        return
    if run.kind == Run.Kind.TRAINING:
        learning.learn(run)
    elif run.kind == Run.Kind.PLANNING:
        plan_runs.plan_on_demand(run)
    elif laboratory.live_one_step(run):
        queue_after_commit(tasks.do_run, run.pk)


@transaction.atomic
def _claimed(run_id: int) -> Run | None:
    """The run, if it is this worker's to do: waiting, or its worker is long gone, or a step of the laboratory.

    What failed three times without getting further is given up; the worker's log says why.
    """
    run = Run.objects.select_for_update(skip_locked=True).filter(pk=run_id).first()
    if run is None or not run.is_running:
        return None
    is_lost = Run.objects.stuck().filter(pk=run_id).exists()
    if run.status == Run.Status.RUNNING and run.kind != Run.Kind.LABORATORY and not is_lost:
        return None
    if run.attempts == MOST_ATTEMPTS:
        run.status, run.outcome, run.finished_at = Run.Status.FAILED, "gave_up", timezone.now()
        run.save(update_fields=["status", "outcome", "finished_at"])
        return None
    run.status, run.started_at, run.attempts = Run.Status.RUNNING, timezone.now(), run.attempts + 1
    run.save(update_fields=["status", "started_at", "attempts"])
    return run
