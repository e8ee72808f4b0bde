"""One hour tally to thousands of connected clients, and the same number of bytes by a bare `websockets` broadcast.

The clients live in this process, the server in another, as in life. Both servers get the same clients in turn, round
by round, so that a busy machine favours nobody. `make bench-live`; CLIENTS and ROUNDS change the size.
"""

import asyncio
import json
import os
import platform
import resource
import statistics
import time
from collections import defaultdict
from typing import Any

from bench.live.clients import Client, open_clients
from bench.live.stage import Process, Site, site

CLIENTS = int(os.environ.get("CLIENTS", "5000"))
ROUNDS = int(os.environ.get("ROUNDS", "7"))
TOPIC = "ranking:310105"
PATIENCE = 30  # seconds


class Round:
    """Waits until every client has heard one more frame, and remembers when the last one did."""

    def __init__(self) -> None:
        self.waiting: set[Client] = set()
        self.done = asyncio.Event()
        self.last = self.first = 0.0
        self.numbers: dict[Client, list[int]] = defaultdict(list)
        self.bytes = 0

    def begin(self, clients: list[Client]) -> None:
        self.waiting, self.first = set(clients), 0.0
        self.done.clear()

    def heard(self, client: Client, raw: bytes, now: float) -> None:
        frame = json.loads(raw)
        if frame["type"] == "welcome":
            client.welcome = frame
        elif frame["type"] == "pulse":
            self.numbers[client] += range(frame["first"], frame["last"] + 1)
            self.bytes = len(raw)
        elif frame["type"] != "tally":
            return
        self.waiting.discard(client)
        self.first, self.last = self.first or now, now
        if not self.waiting:
            self.done.set()

    async def over(self) -> None:
        await asyncio.wait_for(self.done.wait(), PATIENCE)


async def greet(clients: list[Client], round_: Round) -> None:
    for start in range(0, len(clients), 200):
        some = clients[start : start + 200]
        round_.begin(some)
        for client in some:
            client.say({"type": "hello", "user": None, "have": 0, "topics": {TOPIC: None}})
        await round_.over()


def give_an_hour() -> float:
    """What the request does: the act and its pulse, committed and queued. Seconds."""
    from django.db import connection, transaction

    from notifications import topics
    from notifications.services import pulse

    began = time.perf_counter()
    with transaction.atomic():
        pulse(*topics.ranking("310105001001"), topics.BOARD)
    took = time.perf_counter() - began
    connection.close()
    return took


def per_connection(server: Process, before: int) -> float:
    """Kilobytes."""
    return (server.memory() - before) / CLIENTS / 1024


async def measure(stage: Site) -> dict[str, Any]:
    ours, our_port = stage.web()
    bare, bare_port = stage.bare()
    stage.worker()
    await asyncio.sleep(3)
    live, plain = Round(), Round()
    warm = await open_clients(our_port, 20, live.heard)
    await greet(warm, live)
    our_memory, bare_memory = ours.memory(), bare.memory()
    clients = await open_clients(our_port, CLIENTS - len(warm), live.heard)
    began = time.perf_counter()
    await greet(clients, live)
    greeted = time.perf_counter() - began
    clients += warm
    others = await open_clients(bare_port, CLIENTS, plain.heard)
    await asyncio.sleep(1)
    figures: dict[str, Any] = {
        "greeted": greeted,
        "our_kb": per_connection(ours, our_memory),
        "bare_kb": per_connection(bare, bare_memory),
        "ours": [],
        "delivery": [],
        "bare": [],
        "act": [],
    }
    for number in range(ROUNDS + 1):
        live.begin(clients)
        took = await asyncio.to_thread(give_an_hour)
        committed = time.perf_counter()
        await live.over()
        plain.begin(others)
        size = max(live.bytes, 200)
        began = time.perf_counter()
        others[0].say({"type": "tally", "content": "x" * (size - 31)})
        await plain.over()
        if number:  # the first one warms up
            figures["act"].append(took)
            figures["ours"].append(live.last - committed)
            figures["delivery"].append(live.last - live.first)
            figures["bare"].append(plain.last - began)
        await asyncio.sleep(0.3)
    expected = list(range(1, ROUNDS + 2))
    heard = [live.numbers[client] for client in clients]
    figures["complete"] = sum(numbers == expected for numbers in heard)
    figures["lost"] = sum(client.is_lost for client in clients)
    figures["bytes"] = live.bytes
    return figures


def show(figures: dict[str, Any]) -> None:
    def milliseconds(name: str) -> str:
        values = sorted(figures[name])
        return (
            f"{statistics.median(values) * 1000:.0f} ms ({values[0] * 1000:.0f} to {values[-1] * 1000:.0f})"
        )

    ratio = statistics.median(figures["ours"]) / statistics.median(figures["bare"])
    print(
        f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    )
    print(
        f"{CLIENTS} clients, {ROUNDS} rounds in turn, medians (extremes); a frame has {figures['bytes']} bytes"
    )
    print("| | |\n| --- | --- |")
    print(f"| last client, from our commit, by worker, Redis and web process | {milliseconds('ours')} |")
    print(f"| of that, from the first client to the last | {milliseconds('delivery')} |")
    print(f"| last client, bare `websockets` broadcast | {milliseconds('bare')} |")
    print(f"| ratio (goal: at most 3) | {ratio:.2f} |")
    print(f"| the act that caused it, to its commit and back | {milliseconds('act')} |")
    print(f"| memory a connection, ours (goal: at most 60 KB) | {figures['our_kb']:.1f} KB |")
    print(f"| memory a connection, bare | {figures['bare_kb']:.1f} KB |")
    print(f"| {CLIENTS} clients greeted and live after | {figures['greeted']:.1f} s |")
    print(f"| clients that had every tally once and in order | {figures['complete']} of {CLIENTS} |")
    print(f"| connections lost | {figures['lost']} |")


def main() -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with site() as (_home, stage):
        show(asyncio.run(measure(stage)))


if __name__ == "__main__":
    main()
