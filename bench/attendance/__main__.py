"""500 people check in at one activity within one minute, by the QR code, over HTTP, while the organiser's open pages
count them over sockets. None may be lost, none counted twice; beside it, in the same minute and on the same server, a
plain page (/accounts/login/) is asked for as often, as the yardstick of what the machine gives.

Each person arrives at a moment of their own (uniform over the minute), with a connection of their own: the scan (GET,
answered with the ticket), then the button (POST). Every fifth presses twice at the same time on two connections.
`make bench-attendance`; PEOPLE and SECONDS change the size.
"""

import asyncio
import contextlib
import json
import os
import platform
import random
import re
import time
from dataclasses import dataclass, field
from typing import Any

from bench.live.clients import Client, open_clients
from bench.live.stage import Site, site

PEOPLE = int(os.environ.get("PEOPLE", "500"))
SECONDS = float(os.environ.get("SECONDS", "60"))
ORGANISERS = 5  # open pages of the organiser, each with a socket
TWICE = 5  # every so many presses twice
TOKEN = "b" * 32


@dataclass
class Times:
    scans: list[float] = field(default_factory=list)
    check_ins: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    counts: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


async def ask(
    port: int, method: str, path: str, cookie: str = "", body: str = ""
) -> tuple[int, str, str, float]:
    """One request on a connection of its own; status, headers, body, seconds."""
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nCookie: {cookie}\r\n"
    if method == "POST":
        head += f"X-CSRFToken: {TOKEN}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        head += f"Content-Length: {len(body)}\r\n"
    writer.write((head + "\r\n" + body).encode())
    raw = await reader.read()
    took = time.perf_counter() - began
    writer.close()
    head, _found, content = raw.decode(errors="replace").partition("\r\n\r\n")
    return int(head[9:12]), head, content, took


async def person(port: int, number: int, cookie: str, shift: Any, at: float, times: Times) -> None:
    from django.utils import timezone

    from activities.rules import scan_token, step_of

    await asyncio.sleep(at)
    token = scan_token(shift.code_secret, step_of(timezone.now()))
    status, head, _body, took = await ask(port, "GET", f"/activities/scan/{shift.pk}/{token}/", cookie)
    times.scans.append(took)
    ticket = re.search(r"(?im)^location: (\S+)", head)
    device = re.search(r"(?im)^set-cookie: (device=[^;]+)", head)
    if status != 302 or ticket is None or device is None:
        times.failures.append(f"scan {status}")
        return
    jar = f"{cookie}; csrftoken={TOKEN}; {device[1]}"
    presses = 2 if number % TWICE == 0 else 1
    answers = await asyncio.gather(*[ask(port, "POST", ticket[1], jar, "act=in") for _ in range(presses)])
    for status, _head, _body, took in answers:
        times.check_ins.append(took)
        if status != 302:
            times.failures.append(f"check-in {status}")


async def bystander(port: int, at: float, times: Times) -> None:
    await asyncio.sleep(at)
    status, _head, _body, took = await ask(port, "GET", "/accounts/login/")
    times.pages.append(took)
    if status != 200:
        times.failures.append(f"page {status}")


class Organiser:
    """An open page with the code: after a pulse it asks for the counter again, as live.js does."""

    def __init__(self, port: int, cookie: str, shift: Any, times: Times) -> None:
        self.port, self.cookie, self.times = port, cookie, times
        self.path = f"/activities/shifts/{shift.pk}/code/"
        self.count, self.is_asking, self.is_stale = 0, False, False
        self.has_all, self.is_live = asyncio.Event(), asyncio.Event()

    def heard(self, _client: Client, raw: bytes, _now: float) -> None:
        if json.loads(raw)["type"] == "pulse":
            self.is_stale = True
            self.is_live.set()
            if not self.is_asking:
                self.is_asking = True
                self.task = asyncio.create_task(self.look())

    async def look(self) -> None:
        while self.is_stale:
            await asyncio.sleep(0.2 + random.random() * 1.5)
            self.is_stale = False
            status, _head, body, took = await ask(
                self.port, "GET", self.path, self.cookie + "; django_language=en"
            )
            self.times.counts.append(took)
            found = re.search(r'class="site-code-count">\s*(\d+) of', body)
            if status != 200 or found is None:
                self.times.failures.append(f"counter {status}")
                continue
            self.count = int(found[1])
            if self.count == PEOPLE:
                self.has_all.set()
        self.is_asking = False


def wake(topic: str) -> None:
    """One pulse through the whole line: database, worker, Redis, sockets."""
    from django.db import connection, transaction

    from notifications.services import pulse

    with transaction.atomic():
        pulse(topic)
    connection.close()


async def measure(stage: Site, crowd: Any) -> tuple[Times, list[Organiser], float]:
    times = Times()
    ports = [stage.web()[1] for _ in range(2)]
    stage.worker()
    await asyncio.sleep(3)
    organisers = [
        Organiser(ports[n % 2], cookie, crowd.shift, times)
        for n, cookie in enumerate(crowd.organiser_cookies)
    ]
    topic = f"activity:{crowd.shift.activity_id}"
    for organiser in organisers:
        (client,) = await open_clients(organiser.port, 1, organiser.heard, [organiser.cookie])
        client.say(
            {
                "type": "hello",
                "user": crowd.organiser.pk,
                "have": 0,
                "language": "en",
                "topics": {topic: None},
            }
        )
    await asyncio.to_thread(wake, topic)  # a worker takes long to start on a busy machine
    await asyncio.wait_for(asyncio.gather(*[one.is_live.wait() for one in organisers]), 120)
    for port in ports:  # the first page of a process compiles its templates
        for path, cookie in (("/accounts/login/", ""), (organisers[0].path, organisers[0].cookie)):
            await ask(port, "GET", path, cookie)
    chance = random.Random(1)
    began = time.perf_counter()
    await asyncio.gather(
        *[
            person(ports[n % 2], n, cookie, crowd.shift, chance.uniform(0, SECONDS), times)
            for n, cookie in enumerate(crowd.cookies)
        ],
        *[bystander(ports[n % 2], chance.uniform(0, SECONDS), times) for n in range(PEOPLE)],
    )
    took = time.perf_counter() - began
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.gather(*[one.has_all.wait() for one in organisers]), 15)
    return times, organisers, took


def line(name: str, values: list[float]) -> str:
    ordered = sorted(values)
    half, most = (ordered[int(share * (len(ordered) - 1))] * 1000 for share in (0.5, 0.99))
    return f"| {name} | {len(ordered)} | {half:.0f} | {most:.0f} | {ordered[-1] * 1000:.0f} |"


def show(times: Times, organisers: list[Organiser], took: float) -> None:
    from django.db.models import Count

    from activities.models import Attendance

    rows = Attendance.objects.values_list("sign_up").annotate(number=Count("id"))
    numbers = [number for _sign_up, number in rows]
    print(
        f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    )
    print(
        f"{PEOPLE} people in {took:.1f} s, every {TWICE}th pressing twice; {ORGANISERS} counters over sockets"
    )
    print("| | requests | median ms | p99 ms | longest ms |\n| --- | --- | --- | --- | --- |")
    print(line("scan of the QR code", times.scans))
    print(line("check-in (goal: p99 at most 300 ms)", times.check_ins))
    print(line("organiser's counter", times.counts))
    print(line("plain page beside it (the yardstick)", times.pages))
    print(f"\nchecked in: {len(numbers)} of {PEOPLE}; twice: {sum(number > 1 for number in numbers)}")
    print(f"counters that show all: {sum(one.count == PEOPLE for one in organisers)} of {ORGANISERS}")
    print(f"failed requests: {len(times.failures)} {sorted(set(times.failures)) or ''}")


def main() -> None:
    with site() as (_home, stage):
        from bench.attendance.people import gather

        crowd = gather(PEOPLE, phones=ORGANISERS)
        show(*asyncio.run(measure(stage, crowd)))


if __name__ == "__main__":
    main()
