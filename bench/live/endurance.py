"""Everything that can break breaks while events keep coming: `python -m bench.live.endurance`.

Two web processes, two workers and a beat; 50 events a second for a minute. Meanwhile a worker is killed with -9, half
of the clients lose their network for 30 s, a web process is killed with -9 and started again, and Redis is killed and
comes back after five seconds. The clients behave as live.js does. At the end each must have every event exactly
once, in order; mail is counted, at least once. Exits with 1 otherwise. SECONDS, RATE and CLIENTS change the size.
"""

import asyncio
import itertools
import json
import os
import random
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.live.clients import Client
from bench.live.mailbox import Mailbox
from bench.live.stage import Process, Site, site, wait_for

SECONDS = int(os.environ.get("SECONDS", "60"))
RATE = int(os.environ.get("RATE", "50"))
CLIENTS = int(os.environ.get("CLIENTS", "200"))
PEOPLE = 20
RECOVERY = 120  # seconds in which everybody must have everything
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0  # as in live.js


class Page:
    """One open page: comes back with what it has, drops what it has already, notices gaps."""

    def __init__(self, ports: list[int], user: Any = None, cookie: str = "") -> None:
        self.ports, self.user, self.cookie = itertools.cycle(ports), user, cookie
        self.board: list[int] = []  # numbers in the order in which they counted
        self.messages: list[int] = []
        self.repeated = self.gaps = self.breaks = 0
        self.client: Client | None = None
        self.is_cut = self.is_done = False

    def heard(self, client: Client, raw: bytes, _now: float) -> None:
        if client is not self.client:
            return
        frame = json.loads(raw)
        if frame["type"] == "notification":
            if frame["sequence"] <= (self.messages[-1] if self.messages else 0):
                self.repeated += 1
            else:
                self.messages.append(frame["sequence"])
        elif frame["type"] == "pulse" and frame["topic"] == "board":
            self.hear_board(client, frame["first"], frame["last"])

    def hear_board(self, client: Client, first: int, last: int) -> None:
        have = self.board[-1] if self.board else 0
        if last <= have:
            self.repeated += 1
        elif first > have + 1:
            self.gaps += 1
            client.say({"type": "topics", "topics": {"board": have}})
        else:
            self.board += range(have + 1, last + 1)

    async def stay(self) -> None:
        tries = 0
        while not self.is_done:
            if not self.is_cut:
                try:
                    await self.be_connected()
                    tries = 0
                except (OSError, TimeoutError):
                    pass
                self.breaks += 1
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2**tries)
            tries += 1
            await asyncio.sleep(wait / 2 + random.random() * wait / 2)

    async def be_connected(self) -> None:
        loop = asyncio.get_running_loop()
        port = next(self.ports)
        _, self.client = await loop.create_connection(
            lambda: Client(self.heard, self.cookie), "127.0.0.1", port
        )
        await asyncio.wait_for(self.client.is_open, 10)
        have = self.messages[-1] if self.messages else 0
        topics = {"board": self.board[-1] if self.board else 0}
        self.client.say({"type": "hello", "user": self.user and self.user.pk, "have": have, "topics": topics})
        await self.client.lost.wait()

    async def lose_network(self, seconds: float) -> None:
        """Nothing arrives and nobody says so; after a while the page notices the silence and tries anew."""
        self.is_cut = True
        if self.client and not self.client.is_lost:
            self.client.transport.pause_reading()
        await asyncio.sleep(seconds)
        if self.client:
            self.client.transport.abort()
        self.is_cut = False


def act(number: int, people: list[Any]) -> None:
    """One event on the board; each fifth tells somebody, each fiftieth by mail, too."""
    from django.db import transaction

    from notifications.services import pulse, tell

    with transaction.atomic():
        pulse("board")
        if number % 5 == 0:
            is_mailed = number % 50 == 0
            tell(
                user=people[number // 5 % len(people)],
                kind="volunteer-suspended" if is_mailed else "offer-taken",
                params={"reason": "测试", "title": "理发"},
                link="/inbox/",
                dedupe_key=f"endurance:{number}",
            )


def keep_acting(people: list[Any]) -> int:
    from django.db import connection

    began = time.monotonic()
    for number in range(1, SECONDS * RATE + 1):
        time.sleep(max(0.0, began + number / RATE - time.monotonic()))
        act(number, people)
    connection.close()
    return SECONDS * RATE


async def at(moment: float, began: float) -> None:
    await asyncio.sleep(max(0.0, began + moment * SECONDS / 60 - time.monotonic()))


async def break_things(
    stage: Site, webs: list[tuple[Process, int]], worker: Process, pages: list[Page]
) -> None:
    began = time.monotonic()
    await at(10, began)
    worker.kill()
    print("10 s: a worker is killed; another starts", flush=True)
    worker.start()
    await at(15, began)
    cut = [asyncio.create_task(page.lose_network(30 * SECONDS / 60)) for page in pages[::2]]
    print(f"15 s: the network of {len(cut)} clients is cut for {30 * SECONDS // 60} s", flush=True)
    await at(25, began)
    webs[0][0].kill()
    webs[0][0].start()
    print("25 s: a web process is killed and starts again", flush=True)
    await at(35, began)
    stage.redis.kill()
    print("35 s: Redis is killed", flush=True)
    await at(40, began)
    await asyncio.to_thread(stage.redis.start)
    print("40 s: Redis is back", flush=True)
    await asyncio.gather(*cut)
    await asyncio.to_thread(wait_for, webs[0][1])


def standing(people: list[Any]) -> tuple[int, dict[int, int], int]:
    """Events on the board, messages of each person, mails that still wait."""
    from django.db import connection

    from notifications.models import Delivery, RecipientSequence, TopicSequence

    board = TopicSequence.objects.get(pk="board").last
    told = dict(RecipientSequence.objects.filter(user__in=people).values_list("user_id", "last"))
    waiting = Delivery.objects.filter(channel="email", state="waiting").count()
    connection.close()
    return board, told, waiting


def is_complete(page: Page, board: int, told: dict[int, int]) -> bool:
    messages = told.get(page.user.pk, 0) if page.user else 0
    return page.board == list(range(1, board + 1)) and page.messages == list(range(1, messages + 1))


async def measure(stage: Site, folder: Path) -> bool:
    from bench.live.people import make_users, sign_in  # Django is set up by now

    mailbox = Mailbox()
    stage.environment["EMAIL_PORT"] = str(await mailbox.open())
    webs = [await asyncio.to_thread(stage.web), await asyncio.to_thread(stage.web)]
    workers = [stage.worker("one"), stage.worker("two")]
    stage.beat(folder)
    people = await asyncio.to_thread(make_users, PEOPLE)
    cookies = await asyncio.to_thread(sign_in, people)
    ports = [port for _, port in webs]
    pages = [
        Page(ports[:: 1 - number // 2 % 2 * 2], people[number % PEOPLE], cookies[number % PEOPLE])
        if number < 2 * PEOPLE
        else Page(ports[:: 1 - number // 2 % 2 * 2])
        for number in range(CLIENTS)
    ]
    staying = [asyncio.create_task(page.stay()) for page in pages]
    await asyncio.sleep(5)
    acting = asyncio.create_task(asyncio.to_thread(keep_acting, people))
    await break_things(stage, webs, workers[0], pages)
    events = await acting
    ended = time.monotonic()
    complete, waiting, board, told = 0, 1, 0, {}
    while time.monotonic() - ended < RECOVERY:
        board, told, waiting = await asyncio.to_thread(standing, people)
        complete = sum(is_complete(page, board, told) for page in pages)
        if board == events and complete == len(pages) and not waiting:
            break
        await asyncio.sleep(0.5)
    took = time.monotonic() - ended
    for task in staying:
        task.cancel()
    mails, expected = mailbox.came, events // 50
    print("| | |\n| --- | --- |")
    print(f"| events, messages of persons | {events}, {sum(told.values())} |")
    print(f"| clients that have every event exactly once, in order | {complete} of {len(pages)} |")
    print(f"| after the last event this took | {took:.1f} s |")
    print(f"| breaks of lines | {sum(page.breaks for page in pages)} |")
    gaps, repeats = sum(page.gaps for page in pages), sum(page.repeated for page in pages)
    print(f"| gaps noticed by clients, repeats dropped by them | {gaps}, {repeats} |")
    print(
        f"| mails: expected, sent, sent twice | {expected}, {len(mails)}, {sum(mails.values()) - len(mails)} |"
    )
    return complete == len(pages) and board == events and len(mails) >= expected


def main() -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory() as name:
        mail = {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": "127.0.0.1"}
        with site(**mail) as (_home, stage):
            raise SystemExit(0 if asyncio.run(measure(stage, Path(name))) else 1)


if __name__ == "__main__":
    main()
