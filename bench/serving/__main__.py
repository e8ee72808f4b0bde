"""Runs every candidate in turn against a database of its own and prints one table."""

import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from bench.serving.load import load
from config.embedded import Home, running

PROCESSES, CONNECTIONS, SECONDS, ROUNDS = 2, 16, 3, 3
PATHS = {"constant": "/healthz", "page": "/accounts/login/"}
UVICORN = ["-m", "uvicorn", "--workers", str(PROCESSES), "--no-access-log", "--log-level", "warning"]
PLAIN = ["--loop", "asyncio", "--http", "h11"]
FAST = ["--loop", "uvloop", "--http", "httptools"]
GTHREAD = ["-m", "gunicorn", "-k", "gthread", "-w", str(PROCESSES), "--threads", "8", "--log-level", "error"]


def candidates(port: int) -> dict[str, tuple[list[str], int]]:
    """Name -> (arguments of Python, threads)."""

    def uvicorn(options: list[str], application: str, threads: int = 8) -> tuple[list[str], int]:
        return [*UVICORN, *options, "--port", str(port), f"bench.serving.applications:{application}"], threads

    return {
        "gunicorn gthread, pages only (the measure)": (
            [*GTHREAD, "-b", f"127.0.0.1:{port}", "bench.serving.applications:wsgi"],
            8,
        ),
        "uvicorn + uvloop, Django under ASGI": uvicorn(FAST, "asgi"),
        "uvicorn + uvloop, asgiref's WsgiToAsgi": uvicorn(FAST, "asgiref"),
        "uvicorn + uvloop, a2wsgi": uvicorn(FAST, "a2wsgi"),
        "uvicorn, our bridge": uvicorn(PLAIN, "bridge"),
        "uvicorn + uvloop, our bridge, 4 threads": uvicorn(FAST, "bridge", 4),
        "uvicorn + uvloop, our bridge, 8 threads": uvicorn(FAST, "bridge"),
        "uvicorn + uvloop, our bridge, 16 threads": uvicorn(FAST, "bridge", 16),
    }


def family(process: int) -> list[int]:
    """A process and all that descend from it."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = [process]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def cpu_seconds(process: int) -> float:
    """User and system time of a process and its descendants."""
    ticks = 0
    for one in family(process):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            for path in PATHS.values():
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).read()
        except urllib.error.HTTPError as error:
            raise SystemExit(f"a page fails: {error.url}: {error}") from None
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("a candidate did not start")


@dataclass(frozen=True)
class Figures:
    """Of one path in one round."""

    cpu: float  # milliseconds of the server's processes a request
    rate: float  # requests a second
    half: float  # milliseconds within which half were answered
    most: float  # and 99 of 100
    failed: int


def measure(arguments: list[str], environment: dict[str, str], port: int) -> dict[str, Figures]:
    server = subprocess.Popen(
        [sys.executable, *arguments], env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        wait_for(port)
        found = {}
        for name, path in PATHS.items():
            load(port, path, connections=CONNECTIONS, seconds=1)
            before = cpu_seconds(server.pid)
            result = load(port, path, connections=CONNECTIONS, seconds=SECONDS)
            spent = (cpu_seconds(server.pid) - before) * 1000 / len(result.latencies)
            found[name] = Figures(
                spent, result.rate, result.percentile(0.5), result.percentile(0.99), result.failures
            )
        return found
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


def middle(rounds: list[Figures]) -> str:
    """The medians of several rounds as cells of the table."""

    def median(name: str) -> float:
        return statistics.median(getattr(figures, name) for figures in rounds)

    failed = sum(figures.failed for figures in rounds)
    cells = f"{median('cpu'):.2f} | {median('rate'):.0f} | {median('half'):.0f} / {median('most'):.0f}"
    return f"{cells} ({failed} failed)" if failed else cells


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")


def main() -> None:
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    print(f"{processor()}, {os.cpu_count()} cores, {system}")
    print(f"{PROCESSES} processes, {CONNECTIONS} keep-alive connections, load from here too,")
    print(f"medians of {ROUNDS} rounds of {SECONDS} s, all candidates in turn in each round")
    print()
    with Home.thrown_away() as home, running(home):
        base = os.environ | {
            "DATABASE_URL": home.database_url,
            "REDIS_URL": home.redis_url,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LOG_LEVEL": "ERROR",
        }
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=base, check=True)
        port = free_port()
        found: dict[str, list[dict[str, Figures]]] = defaultdict(list)
        for _ in range(ROUNDS):
            for name, (arguments, threads) in candidates(port).items():
                environment = base | {"WEB_THREADS": str(threads), "DATABASE_POOL": str(threads + 2)}
                found[name].append(measure(arguments, environment, port))
    print("| candidate | " + " | ".join(f"{name}: CPU ms | /s | p50 / p99 ms" for name in PATHS) + " |")
    print("| --- |" + " --- |" * 3 * len(PATHS))
    for name, rounds in found.items():
        print(f"| {name} | " + " | ".join(middle([one[path] for one in rounds]) for path in PATHS) + " |")


if __name__ == "__main__":
    main()
