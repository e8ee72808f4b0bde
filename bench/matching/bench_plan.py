"""The plan: OR-Library files and the four cities, against their certified optima, scipy and OR-Tools."""

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
from ortools.graph.python import min_cost_flow
from rows import FULL, data, head, row, timed
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from matching.engine.__main__ import read_problem, warm_up
from matching.engine.assignment import ExactAssignment, PairProblem
from matching.engine.candidates import CandidateGrid

OPTIMA = {"assign100": 305, "assign200": 475, "assign300": 626, "assign400": 804, "assignp800": 2239}
CITIES = {
    "normal": ("normal 1", "1,000,000 x 10,000", 5_067_130, "exact 0.5 s (0.25)"),
    "surge": ("surge 2", "1,000,000 x 10,000", 13_751_521, "exact 4 s (2)"),
    "scarce": ("normal 3 25000 10000", "25,000 x 10,000", 39_940_699, "exact 0.5 s (0.2)"),
    "worst": ("surge 4 60000 10000", "60,000 x 10,000", 87_099_176, "gap 0.25 % in 4 s (exact 10 s)"),
}


def scipy_seconds(problem: PairProblem) -> float:
    n = len(problem.headcount)
    if len(problem.cost) == n * n:
        matrix = np.asarray(problem.cost).reshape(n, n)
        return timed(lambda: linear_sum_assignment(matrix))[1]
    request, volunteer = np.asarray(problem.request, dtype=int), np.asarray(problem.volunteer, dtype=int)
    sparse = csr_matrix((problem.cost, (request, volunteer)), (n, n))
    return timed(lambda: min_weight_full_bipartite_matching(sparse))[1]


def or_library() -> None:
    for name, optimum in OPTIMA.items():
        path = data(f"orlibrary/{name}.txt")
        if path is None:
            return
        problem = read_problem(path)
        plan = ExactAssignment().solve(problem)
        wall, cpu = timed(partial(ExactAssignment().solve, problem))
        right = (
            "optimum" if plan.exact and plan.objective == optimum else f"WRONG {plan.objective} for {optimum}"
        )
        figure = f"{right}, {wall * 1e3:.0f} ms (cpu {cpu * 1e3:.0f})"
        row(
            f"OR-Library {name}",
            f"{len(problem.cost)} pairs",
            "exact, 50 ms",
            figure,
            f"scipy cpu {scipy_seconds(problem) * 1e3:.0f} ms",
        )


def or_tools_on_nearest(problem, k: int) -> tuple[int, float]:
    """Min-cost flow over the k nearest of each need: what fixed lists give."""
    grid = CandidateGrid().fit(problem.volunteer_xy, problem.volunteer_skill, problem.volunteer_slot)
    found = grid.query_many(
        problem.request_xy,
        skill_mask=problem.request_skill,
        slot_mask=problem.request_slot,
        radius_m=20_000.0,
        k=k,
    )
    needs = len(problem.headcount)
    people, number = np.unique(found.people, return_inverse=True)
    sink = needs + len(people)
    head_count = np.asarray(problem.headcount, dtype=np.int64)
    flow = min_cost_flow.SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([found.needs(), np.arange(len(people)) + needs, np.arange(needs)]),
        np.concatenate([number + needs, np.full(len(people) + needs, sink)]),
        np.concatenate([np.ones(len(number) + len(people), np.int64), head_count]),
        np.concatenate(
            [np.rint(found.metres).astype(np.int64), np.zeros(len(people), np.int64), problem.penalty]
        ),
    )
    flow.set_nodes_supplies(np.arange(needs), head_count)
    flow.set_node_supply(sink, -int(head_count.sum()))
    _, cpu = timed(flow.solve, 1)
    return flow.optimal_cost(), cpu


def cities() -> None:
    script = data("city_instance.py")
    if script is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, (arguments, size, optimum, goal) in CITIES.items():
            if name == "worst" and not FULL:
                continue
            out = Path(folder) / f"{name}.npz"
            mode, seed, *sizes = arguments.split()
            subprocess.run(
                [sys.executable, str(script), mode, seed, str(out), *sizes],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            problem = read_problem(out)
            plan = ExactAssignment().solve(problem)
            wall, cpu = timed(
                lambda problem=problem: ExactAssignment().solve(problem), 1 if name == "worst" else 2
            )
            right = "optimum" if plan.exact and plan.objective == optimum else f"WRONG {plan.objective}"
            compared = ""
            if FULL or name == "scarce":
                cost, solve_cpu = or_tools_on_nearest(problem, 20)
                compared = f"OR-Tools K=20 solve only: cpu {solve_cpu:.1f} s, {cost / optimum - 1:+.2%} of the optimum"
            row(
                f"plan {name}",
                size,
                goal,
                f"{right} with certificate, {wall:.2f} s (cpu {cpu:.2f})",
                compared,
            )
            budget = max(plan.seconds / 2, 0.3)
            short = ExactAssignment(seconds=budget).solve(problem)
            row(
                f"plan {name}, budget",
                size,
                "kept within 10 %",
                f"{short.seconds:.2f} s of {budget:.2f}, gap {short.gap:.2%}",
            )


if __name__ == "__main__":
    warm_up()
    head("Plan")
    or_library()
    cities()
