"""The policy laboratory in the product: an invented district lived through under each policy, one life a step."""

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.events import publish
from matching.events import RunMoved
from matching.models import Run


def steps_of(params: dict[str, Any]) -> list[tuple[int, str]]:
    """(seed, policy) of each life: all policies live through the same district before the next is drawn."""
    return [(seed, policy) for seed in range(1, params["seeds"] + 1) for policy in params["policies"]]


def live_one_step(run: Run) -> bool:
    """The next life of a run; whether another is to follow. A step that somebody else did meanwhile is not counted
    twice, and whoever comes second stops."""
    steps, done = steps_of(run.params), len(run.result.get("lives", []))
    if done < len(steps):
        life = live(run.params, *steps[done])
        return _add(run.pk, at=done, life=life, steps=len(steps))
    return False


def live(params: dict[str, Any], seed: int, policy: str) -> dict[str, Any]:
    """What came of it: the engine's outcome by name."""
    # loads scikit-learn, which is for the worker that does this and not for every process
    from matching.engine.simulation import PolicyLaboratory
    from matching.engine.synthetic.district import district

    world = district(
        seed, volunteers=params["volunteers"], needs_a_day=params["needs_a_day"], days=params["days"]
    )
    return asdict(PolicyLaboratory(params["weekly_limit"]).run(world, policy)) | {"seed": seed}


@transaction.atomic
def _add(run_id: int, *, at: int, life: dict[str, Any], steps: int) -> bool:
    run = Run.objects.select_for_update().get(pk=run_id)
    lives = run.result.get("lives", [])
    if not run.is_running or len(lives) != at:
        return False
    run.result = {"lives": [*lives, life]}
    run.attempts = 0
    run.percent = 100 * len(run.result["lives"]) // steps
    is_last = len(run.result["lives"]) == steps
    if is_last:
        run.status, run.outcome, run.finished_at = Run.Status.DONE, "done", timezone.now()
    run.save(update_fields=["result", "percent", "attempts", "status", "outcome", "finished_at"])
    publish(RunMoved(run.pk))
    return not is_last


def means_of(run: Run) -> list[dict[str, Any]]:
    """One row a policy, in the order asked for: the mean of its lives so far."""
    rows = []
    for policy in run.params.get("policies", []):
        lives = [life for life in run.result.get("lives", []) if life["policy"] == policy]
        if lives:
            names = [name for name, value in lives[0].items() if isinstance(value, float)]
            rows.append(
                {"policy": policy, "lives": len(lives)}
                | {name: sum(life[name] for life in lives) / len(lives) for name in names}
            )
    return rows
