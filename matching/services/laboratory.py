"""The policy laboratory in the product: an invented district lived through under each policy, one life a step."""

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.events import publish
from matching.events import RunMoved
from matching.models import Run
from matching.services.trying_rules import laboratory_under


def steps_of(params: dict[str, Any]) -> list[tuple[int, str, str]]:
    """(seed, policy, rule) of each life: all live through the same district before the next is drawn. The rule is
    "now" or "changed" where a rule is tried, else ""."""
    rules = list(params.get("rules", {})) or [""]
    seeds = range(1, params["seeds"] + 1)
    return [(seed, policy, rule) for seed in seeds for policy in params["policies"] for rule in rules]


def live_one_step(run: Run) -> bool:
    """The next life of a run; whether another is to follow. A step that somebody else did meanwhile is not counted
    twice, and whoever comes second stops."""
    steps, done = steps_of(run.params), len(run.result.get("lives", []))
    if done < len(steps):
        life = live(run.params, *steps[done])
        return _add(run.pk, at=done, life=life, steps=len(steps))
    return False


def live(params: dict[str, Any], seed: int, policy: str, rule: str) -> dict[str, Any]:
    """What came of it: the engine's outcome by name."""
    # loads scikit-learn, which is for the worker that does this and not for every process
    from matching.engine.simulation import PolicyLaboratory
    from matching.engine.synthetic.district import district

    world = district(
        seed, volunteers=params["volunteers"], needs_a_day=params["needs_a_day"], days=params["days"]
    )
    under = laboratory_under(params["rules"][rule]) if rule else {"weekly_limit": params["weekly_limit"]}
    return asdict(PolicyLaboratory(**under).run(world, policy)) | {"seed": seed, "rule": rule}


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
    """One row a policy and rule, in the order asked for: the mean of its lives so far."""
    rows = []
    for policy, rule in dict.fromkeys((policy, rule) for _seed, policy, rule in steps_of(run.params)):
        lives = [
            life
            for life in run.result.get("lives", [])
            if (life["policy"], life.get("rule", "")) == (policy, rule)
        ]
        if lives:
            names = [name for name, value in lives[0].items() if isinstance(value, float)]
            rows.append(
                {"policy": policy, "rule": rule, "lives": len(lives)}
                | {name: sum(life[name] for life in lives) / len(lives) for name in names}
            )
    return rows
