"""``python -m matching.engine FILE...``: hold the engine to public data, one JSON line for each file.

Reads, by their content: the OR-Library's assignment files (dense, and sparse ``row column cost``), city instances
(``.npz``, see the benchmark data), gMission arrival files. Every line has file, objective, lower_bound, exact, seconds,
peak_mb. Of arrival files more is better: ``objective`` is what the online policy earned, beside greedy and hindsight.
"""

import argparse
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from matching.engine.arrivals import offline_optimum, online_value, read_arrivals
from matching.engine.assignment import Changes, ExactAssignment, PairProblem, Problem, SpatialProblem
from matching.engine.assignment.exact import build_network
from matching.engine.assignment.stages import settle
from matching.engine.errors import EngineError, UnknownFormatError

NO_WORKER = 2**31 - 2


def read_problem(path: Path) -> Problem | None:
    """The assignment problem in a file, or None when it holds arrivals."""
    if path.suffix == ".npz":
        return _read_city(path)
    fields = path.read_text().split(maxsplit=8)
    if len(fields) > 5 and fields[5] in ("t", "w"):
        return None
    return _read_or_library(path)


def _read_city(path: Path) -> SpatialProblem:
    with np.load(path) as stored:
        try:
            city = {name: stored[name] for name in (
                "vxy", "mask", "avail", "vcap", "rxy", "rskill", "rslot", "head", "urg"
            )}  # fmt: skip
        except KeyError as missing:
            raise UnknownFormatError(f"{path}: not a city, {missing}") from None
    return SpatialProblem(
        request_xy=city["rxy"],
        volunteer_xy=city["vxy"],
        headcount=city["head"],
        penalty=20_000 * city["urg"].astype(np.int64),
        request_skill=1 << city["rskill"].astype(np.int64),
        request_slot=1 << city["rslot"].astype(np.int64),
        volunteer_skill=city["mask"],
        volunteer_slot=city["avail"],
        capacity=city["vcap"],
        request_radius=20_000.0,
    )


def _read_or_library(path: Path) -> PairProblem:
    try:
        values = np.array(path.read_text().split(), dtype=np.float64)
    except ValueError:
        raise UnknownFormatError(f"{path}: not numbers") from None
    if len(values) < 1 or values[0] != int(values[0]) or values[0] < 1:
        raise UnknownFormatError(f"{path}: does not begin with its size")
    n = int(values[0])
    rest = values[1:]
    if len(rest) == n * n:
        request, volunteer = np.divmod(np.arange(n * n), n)
        cost = rest
    elif len(rest) % 3 == 0:
        request, volunteer, cost = rest.reshape(-1, 3).T
        request, volunteer = request - 1, volunteer - 1
    else:
        raise UnknownFormatError(f"{path}: {len(rest)} numbers are neither {n} x {n} nor rows of three")
    # an empty seat costs more than any full assignment, so the optimum fills all of them where that is possible
    dear = min(int(cost.max(initial=0)) * n + 1, NO_WORKER)
    return PairProblem(
        headcount=np.ones(n, np.int64), capacity=np.ones(n, np.int64), penalty=dear,
        request=request, volunteer=volunteer, cost=cost,
    )  # fmt: skip


def solve_file(path: Path, seconds: float | None) -> dict[str, Any]:
    """One line of output. The time is that of solving, after one solve that compiles; reading is not counted."""
    problem = read_problem(path)
    line: dict[str, Any] = {"file": str(path)}
    if problem is None:
        arrivals = read_arrivals(path.read_text())
        began = time.perf_counter()
        online = online_value(arrivals, "patient")
        spent = time.perf_counter() - began
        offline = offline_optimum(arrivals)
        line |= {
            "objective": round(online, 2),
            "lower_bound": round(online, 2),
            "exact": False,
            "seconds": round(spent, 4),
        }
        line |= {"greedy": round(online_value(arrivals, "greedy"), 2), "offline_optimum": round(offline, 2)}
    else:
        plan = ExactAssignment(seconds).solve(problem)
        line |= {
            "objective": plan.objective,
            "lower_bound": plan.lower_bound,
            "exact": plan.exact,
            "seconds": round(plan.seconds, 4),
        }
        line["unfilled"] = int(plan.unfilled.sum())
    line["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return line


def warm_up() -> None:
    """Compile (or load from the cache) every kernel, so that the first file is timed like the others."""
    district = SpatialProblem(
        request_xy=[(0, 0), (1, 0)], volunteer_xy=[(0, 1), (3, 0), (4, 0)], headcount=[1, 2], penalty=9
    )
    plan = ExactAssignment().solve(district)
    settle(build_network(district), np.arange(3), np.inf)  # what a time budget needs
    plan.refit(Changes(requests=[0], headcount=[0], volunteers=[1], volunteer_xy=[(2, 0)]))
    pairs = PairProblem(
        headcount=[1, 1], capacity=[1, 1], penalty=9, request=[0, 1], volunteer=[0, 0], cost=[1, 1]
    )
    for method in ("auction", "paths"):
        ExactAssignment(method=method).solve(pairs)


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0, or 2 when a file could not be read."""
    parser = argparse.ArgumentParser(prog="python -m matching.engine", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--seconds", type=float, default=None, help="time budget for each file")
    options = parser.parse_args(arguments)
    warm_up()
    failed = 0
    for path in options.files:
        try:
            line = solve_file(path, options.seconds)
        except (EngineError, OSError) as refusal:
            failed = 2
            line = {"file": str(path), "error": str(refusal)}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
    return failed


if __name__ == "__main__":
    sys.exit(main())
