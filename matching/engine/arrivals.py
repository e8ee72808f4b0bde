"""Tasks and workers that come one after another (gMission; Tong et al., TKDE 2019), decided online or with hindsight.

A pair is feasible when their distance is at most the worker's radius and their windows [time, time + deadline) overlap;
it is worth pay x success. A task takes one worker, a worker as many tasks as the capacity.

``greedy``: in the order of the file, whoever arrives takes the best waiting partner at once (the published baseline).
``patient``: by the clock of the time stamps, nobody is matched before somebody would leave; then the best matching of
all who are present is computed, and only the pair of the one about to leave is made. It sees nothing of the future but
uses that people wait, which the published methods, deciding on arrival, do not. The files' lines are not sorted by
their time stamps, so the ten orders differ for ``greedy`` and are one and the same for ``patient``.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import linear_sum_assignment

from matching.engine.assignment import ExactAssignment, PairProblem
from matching.engine.errors import UnknownFormatError
from matching.engine.words import Floats, Integers

SCALE = 100_000
"""Utilities are counted in 1/100,000 so that the offline optimum is exact in whole numbers."""


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """Tasks and workers, each (n,) or (n, 2): time, place, time of leaving; pay of tasks; radius, capacity, success."""

    task_time: Floats
    task_xy: Floats
    task_leaves: Floats
    pay: Floats
    worker_time: Floats
    worker_xy: Floats
    worker_leaves: Floats
    radius: Floats
    capacity: Integers
    success: Floats
    order: tuple[tuple[str, int], ...]  # ("t" or "w", index) in the order of the file


def read_arrivals(text: str) -> Arrivals:
    """Parse a gMission file; raises UnknownFormatError where a line is not one of the two kinds."""
    tasks: list[list[float]] = []
    workers: list[list[float]] = []
    order: list[tuple[str, int]] = []
    for number, line in enumerate(text.splitlines()[1:], start=2):
        fields = line.split()
        if len(fields) == 6 and fields[1] == "t":
            order.append(("t", len(tasks)))
            tasks.append([float(fields[0]), *(float(field) for field in fields[2:])])
        elif len(fields) == 8 and fields[1] == "w":
            order.append(("w", len(workers)))
            workers.append([float(fields[0]), *(float(field) for field in fields[2:])])
        elif fields:
            raise UnknownFormatError(f"line {number} is neither a task nor a worker: {line[:60]!r}")
    t = np.array(tasks).reshape(-1, 5)
    w = np.array(workers).reshape(-1, 7)
    return Arrivals(
        task_time=t[:, 0], task_xy=t[:, 1:3], task_leaves=t[:, 0] + t[:, 3], pay=t[:, 4],
        worker_time=w[:, 0], worker_xy=w[:, 1:3], worker_leaves=w[:, 0] + w[:, 5], radius=w[:, 3],
        capacity=w[:, 4].astype(np.int64), success=w[:, 6], order=tuple(order),
    )  # fmt: skip


def utilities(arrivals: Arrivals) -> Floats:
    """(tasks, workers) utility of each feasible pair, 0 where the pair is not."""
    a = arrivals
    metres = np.hypot(*(a.task_xy[:, None] - a.worker_xy[None]).transpose(2, 0, 1))
    meet = np.maximum(a.task_time[:, None], a.worker_time[None]) < np.minimum(
        a.task_leaves[:, None], a.worker_leaves[None]
    )
    worth: Floats = np.where(meet & (metres <= a.radius[None]), a.pay[:, None] * a.success[None], 0.0)
    return worth


def offline_optimum(arrivals: Arrivals) -> float:
    """The best plan with hindsight, by the exact solver."""
    worth = np.rint(utilities(arrivals) * SCALE).astype(np.int64)
    request, volunteer = np.nonzero(worth)
    top = int(worth.max(initial=0))
    plan = ExactAssignment().solve(
        PairProblem(
            headcount=np.ones(len(worth), np.int64),
            capacity=arrivals.capacity,
            penalty=top,
            request=request,
            volunteer=volunteer,
            cost=top - worth[request, volunteer],
        )
    )
    return (top * len(worth) - plan.objective) / SCALE


def online_value(arrivals: Arrivals, policy: Literal["greedy", "patient"] = "patient") -> float:
    """What an online policy earns on this order of arrivals; O(events x present^3) for ``patient``."""
    worth = utilities(arrivals)
    return _greedy(arrivals, worth) if policy == "greedy" else _patient(arrivals, worth)


def _greedy(a: Arrivals, worth: Floats) -> float:
    room, waiting = a.capacity.copy(), np.zeros(len(worth), bool)
    here = np.zeros(len(room), bool)
    total = 0.0
    for kind, index in a.order:
        if kind == "t":
            waiting[index] = True
            open_pairs = np.where(
                here & (room > 0) & (a.worker_leaves > a.task_time[index]), worth[index], 0.0
            )
            best = int(open_pairs.argmax()) if len(open_pairs) else 0
            if len(open_pairs) and open_pairs[best] > 0:
                total += float(open_pairs[best])
                room[best] -= 1
                waiting[index] = False
            continue
        here[index] = True
        for _ in range(int(room[index])):
            open_pairs = np.where(waiting & (a.task_leaves > a.worker_time[index]), worth[:, index], 0.0)
            best = int(open_pairs.argmax()) if len(open_pairs) else 0
            if not len(open_pairs) or open_pairs[best] <= 0:
                break
            total += float(open_pairs[best])
            room[index] -= 1
            waiting[best] = False
    return total


def _patient(a: Arrivals, worth: Floats) -> float:
    """Arrivals and departures by the clock; before somebody leaves, the best matching of all present decides."""
    room, waiting = a.capacity.copy(), np.zeros(len(worth), bool)
    here = np.zeros(len(room), bool)
    total = 0.0
    events = [
        (float(a.task_time[index] if kind == "t" else a.worker_time[index]), 1, kind, index)
        for kind, index in a.order
    ]
    events += [(float(leaves), 0, "t", index) for index, leaves in enumerate(a.task_leaves.tolist())]
    events += [(float(leaves), 0, "w", index) for index, leaves in enumerate(a.worker_leaves.tolist())]
    for _, arrives, kind, index in sorted(events):
        side = waiting if kind == "t" else here
        if arrives:
            side[index] = True
            continue
        tasks, workers = np.flatnonzero(waiting), np.flatnonzero(here & (room > 0))
        if side[index] and len(tasks) and len(workers):
            copies = np.repeat(workers, np.minimum(room[workers], len(tasks)))
            value = worth[np.ix_(tasks, copies)]
            for row, column in zip(*linear_sum_assignment(value, maximize=True), strict=True):
                task, worker = tasks[row], copies[column]
                if value[row, column] > 0 and index == (task if kind == "t" else worker):
                    total += float(value[row, column])
                    waiting[task] = False
                    room[worker] -= 1
        side[index] = False
    return total
