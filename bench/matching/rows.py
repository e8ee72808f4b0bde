"""How a bench prints: the machine once, then one line for each row of the table."""

import os
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

FULL = os.environ.get("FULL") == "1"
DATA = Path(os.environ.get("BENCH_DATA", Path(__file__).resolve().parents[1] / "data"))


def machine() -> str:
    """Cores, load and interpreter: a figure without them says little."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    load = os.getloadavg()[0]
    noisy = ", NOISY: others are using it" if load > 0.5 * (os.cpu_count() or 1) else ""
    return f"machine: {model}, {os.cpu_count()} cores, load {load:.1f}{noisy}, Python {platform.python_version()}"


def row(part: str, size: str, goal: str, figure: str, compared: str = "") -> None:
    """One line of the table."""
    sys.stdout.write(f"| {part} | {size} | {goal} | {figure} | {compared} |\n")
    sys.stdout.flush()


def head(title: str) -> None:
    """The heading of one bench."""
    sys.stdout.write(
        f"\n{title}\n{machine()}\n| part | size | goal | figure | compared, same run |\n|---|---|---|---|---|\n"
    )


def data(name: str) -> Path | None:
    """A file of the public benchmark data, or None with a line that says how to provide it."""
    path = DATA / name
    if path.exists():
        return path
    sys.stdout.write(f"skipped: {name} is not there; set BENCH_DATA to the folder of the benchmark data\n")
    return None


def timed(work: Callable[[], object], repeat: int = 3) -> tuple[float, float]:
    """Best wall seconds and best processor seconds of ``repeat`` runs; on a busy machine the second is the truer."""
    walls, cpus = [], []
    for _ in range(repeat):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return min(walls), min(cpus)
