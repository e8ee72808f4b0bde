"""Planning again after 1 % of changes, beside solving the changed problem anew; both must find the same optimum."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from rows import FULL, data, head, row

from matching.engine.__main__ import read_problem, warm_up
from matching.engine.assignment import Changes, ExactAssignment, SpatialProblem

ROUNDS = 4


def needs_changed(rng: np.random.Generator, problem: SpatialProblem) -> dict[str, object]:
    """1 % of the needs: a third gone, a third replaced, a third new."""
    needs = len(np.asarray(problem.headcount))
    count, third = needs // 100, needs // 300
    like = rng.choice(needs, count)
    headcount = np.asarray(problem.headcount)[like]
    headcount[:third] = 0
    return {
        "requests": np.concatenate(
            [rng.choice(needs, 2 * third, replace=False), needs + np.arange(count - 2 * third)]
        ),
        "request_xy": np.asarray(problem.request_xy)[like] + rng.normal(0, 100, (count, 2)),
        "headcount": headcount,
        "request_radius": 20_000.0,
    } | {
        name: np.asarray(getattr(problem, name))[like]
        for name in ("penalty", "request_skill", "request_slot")
    }


def people_changed(rng: np.random.Generator, problem: SpatialProblem) -> dict[str, object]:
    """1 % of the people: a third gone, a third moved and changed, a third new."""
    people = len(np.asarray(problem.volunteer_xy))
    count, third = people // 100, people // 300
    like = rng.choice(people, count)
    capacity = np.ones(count, np.int64)
    capacity[:third] = 0
    return {
        "volunteers": np.concatenate(
            [rng.choice(people, 2 * third, replace=False), people + np.arange(count - 2 * third)]
        ),
        "volunteer_xy": np.asarray(problem.volunteer_xy)[like] + rng.normal(0, 200, (count, 2)),
        "capacity": capacity,
    } | {
        name: np.asarray(getattr(problem, name))[like].astype(np.int64)
        for name in ("volunteer_skill", "volunteer_slot")
    }


def replan(name: str, problem: SpatialProblem, people_too: bool) -> None:
    rng = np.random.default_rng(1)
    plan = ExactAssignment().solve(problem)
    again, anew, same = [], [], True
    for _ in range(ROUNDS):
        changes = Changes(
            **needs_changed(rng, problem), **(people_changed(rng, problem) if people_too else {})
        )
        changed = changes.applied_to(problem)
        assert isinstance(changed, SpatialProblem)
        problem = changed
        began = time.process_time()
        plan = plan.refit(changes)
        again.append(time.process_time() - began)
        began = time.process_time()
        fresh = ExactAssignment().solve(problem)
        anew.append(time.process_time() - began)
        same = same and plan.exact and plan.objective == fresh.objective
    row(
        f"plan again, {name}, 1 % of needs" + (" and of people" if people_too else ""),
        f"{len(np.asarray(problem.volunteer_xy)):,} x {len(np.asarray(problem.headcount)):,}",
        "10 % of anew (50 ms)",
        f"{'same optimum, proved' if same else 'WRONG'}; cpu first {again[0] * 1e3:.0f} ms, "
        f"later {np.median(again[1:]) * 1e3:.0f} ms",
        f"anew: cpu {np.median(anew) * 1e3:.0f} ms",
    )


if __name__ == "__main__":
    warm_up()
    head("Plan again")
    script = data("city_instance.py")
    if script is not None:
        with tempfile.TemporaryDirectory() as folder:
            for mode, seed in (("normal", 1), ("surge", 2)):
                out = Path(folder) / f"{mode}.npz"
                subprocess.run(
                    [sys.executable, str(script), mode, str(seed), str(out)],
                    check=True,
                    stdout=subprocess.DEVNULL,
                )
                city = read_problem(out)
                assert isinstance(city, SpatialProblem)
                for people_too in (False, True) if FULL or mode == "normal" else (False,):
                    replan(mode, city, people_too)
