"""Background work; every task takes ids or nothing and may run twice, late, or at the same time as another."""

import os
from collections.abc import Iterable

from celery import shared_task
from celery.signals import worker_process_init

from matching.engine.warming import ready_for_pairs
from matching.models import Run
from matching.services import plan_runs, planning, standing_down, sweeping
from matching.services.runs import carry_on, start_run


@worker_process_init.connect
def warm_up(**_told: object) -> None:
    """Load the engine's machine code before the first need arrives, not while somebody waits for it.

    A worker that never plans says WARM_ENGINE=0.
    """
    if os.environ.get("WARM_ENGINE") == "0":
        return
    ready_for_pairs()


@shared_task
def plan_requests(request_ids: Iterable[int]) -> None:
    """Ask people about these needs, together with every need that was not planned yet."""
    planning.plan(request_ids)


@shared_task
def stand_down(volunteer_id: int) -> None:
    """A volunteer was suspended: cancel and withdraw what is still to come."""
    standing_down.stand_down(volunteer_id=volunteer_id)


@shared_task
def undo_what_was_promised(pair_id: int) -> None:
    """A volunteer is no longer sent to a household: the same for what concerns the two."""
    standing_down.undo_what_was_promised(pair_id=pair_id)


@shared_task
def sweep() -> None:
    """What was lost is done: people stand down, offers past their deadline end, forgotten needs are planned."""
    for volunteer_id in standing_down.suspended_with_promises():
        standing_down.stand_down(volunteer_id=volunteer_id)
    for pair_id in standing_down.apart_with_promises():
        standing_down.undo_what_was_promised(pair_id=pair_id)
    sweeping.expire_due_offers()
    if stranded := sweeping.stranded_requests():
        planning.plan(stranded)


@shared_task(time_limit=540)  # seconds; below the ten minutes after which the queue gives it to somebody else
def do_run(run_id: int) -> None:
    """One training, or the next step of the laboratory."""
    carry_on(run_id)


@shared_task
def train_nightly() -> None:
    """The model of who says yes learns from what was answered; it serves only if it is better."""
    start_run(kind=Run.Kind.TRAINING, by=None)


@shared_task
def sweep_runs() -> None:
    """Runs whose task was lost, or whose worker died, go on."""
    for run_id in Run.objects.stuck().values_list("pk", flat=True):
        carry_on(run_id)


@shared_task
def plan_the_night() -> None:
    """Plan all open needs of each district and keep the summary; nobody is asked."""
    plan_runs.plan_the_night()
