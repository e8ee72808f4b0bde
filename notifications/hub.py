"""The hub of a web process: one subscription for all its sockets; a frame is made once and handed to each.

What comes over the wire are last numbers. The hub knows the last number of every topic that somebody here watches, so
a message that was lost on the wire shows as a jump and is made good by the next one, or by the look into the database
that follows each break, each silence and, while Redis is gone, every second: live updates become slower then, and
nothing else.
"""

import asyncio
import contextlib
import functools
import json
import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import redis
from channels.db import database_sync_to_async
from django.db import DatabaseError

from notifications import wire
from notifications.models import RecipientSequence, TopicSequence
from notifications.relay import relay
from notifications.sessions import standing_sessions

if TYPE_CHECKING:
    from notifications.consumers import Socket

logger = logging.getLogger(__name__)

BEAT = 25  # seconds between two pings
AT_ONCE = 200  # sockets whose sessions are looked up by one query
LOOK_EVERY = 1  # second, while Redis is gone
SIGNED_OUT, TRY_AGAIN, NOT_UNDERSTOOD, TOO_SLOW = 4401, 1012, 4400, 4408  # why a socket is closed
PACE = 40  # pages that look again in a second, of all who watch a topic

Found = TypeVar("Found")
# Sockets share two connections to the database, for a query each; config.runner counts them in its pool.
readers = ThreadPoolExecutor(2, "live")


async def in_database(read: Callable[..., Found], *arguments: Any) -> Found:
    found: Found = await database_sync_to_async(read, thread_sensitive=False, executor=readers)(*arguments)
    return found


class Hub:
    """One for each event loop, so one a web process. It listens while there is a socket."""

    def __init__(self) -> None:
        self.sockets: set[Socket] = set()
        self.watchers: dict[str, set[Socket]] = {}
        self.people: dict[int, set[Socket]] = {}
        self.standing: dict[str, int] = {}  # the last number of each watched topic
        self.changed: dict[str, float] = {}  # when that was, in seconds since 1970
        self.work: list[asyncio.Task[None]] = []

    # --- who is here

    def enter(self, socket: "Socket") -> None:
        self.sockets.add(socket)
        if not self.work:
            self.work = [asyncio.create_task(work) for work in (self.listen(), self.beat())]
            for task in self.work:
                task.add_done_callback(self.begin_anew)

    def leave(self, socket: "Socket") -> None:
        self.sockets.discard(socket)
        self.unwatch(socket, list(socket.have))
        if socket.user_id is not None and socket in (here := self.people.get(socket.user_id, set())):
            here.discard(socket)
            if not here:
                del self.people[socket.user_id]
        if not self.sockets:
            for task in self.work:
                task.cancel()
            self.work = []

    def begin_anew(self, task: "asyncio.Task[None]") -> None:
        """A mistake of ours must not leave a process deaf: its clients come back and find another start."""
        if not task.cancelled() and (error := task.exception()):
            logger.error("the hub failed", exc_info=error)
            for socket in tuple(self.sockets):
                socket.end(TRY_AGAIN)

    def belongs_to(self, socket: "Socket", user_id: int) -> None:
        self.people.setdefault(user_id, set()).add(socket)

    async def watch(self, socket: "Socket", topics: Iterable[str]) -> None:
        """From now on this socket hears of these topics; their numbers are known when this returns."""
        for topic in topics:
            self.watchers.setdefault(topic, set()).add(socket)
        if unknown := [topic for topic in topics if topic not in self.standing]:
            self.stand_at(await in_database(standing_of, unknown), unknown)

    def stand_at(self, found: dict[str, tuple[int, float]], asked: Iterable[str]) -> None:
        for topic in asked:
            last, changed = found.get(topic, (0, 0.0))
            if topic in self.watchers and last >= self.standing.get(topic, 0):
                self.standing[topic], self.changed[topic] = last, changed

    def unwatch(self, socket: "Socket", topics: Iterable[str]) -> None:
        for topic in topics:
            here = self.watchers.get(topic, set())
            here.discard(socket)
            if not here:
                self.watchers.pop(topic, None)
                self.standing.pop(topic, None)
                self.changed.pop(topic, None)

    # --- what is new

    async def listen(self) -> None:
        was_open = True
        while True:
            try:
                async for message in wire.messages():
                    was_open = True
                    await (self.look() if message is None else self.hear(message))
            except (redis.RedisError, OSError) as error:
                if was_open:
                    logger.warning("Redis is gone; live updates come from the database meanwhile: %s", error)
                was_open = False
            except DatabaseError as error:
                logger.warning("the hub could not look into the database: %s", error)
            with contextlib.suppress(DatabaseError):
                await in_database(relay)  # no worker hears of new pulses now
                await self.look()
            await asyncio.sleep(LOOK_EVERY)

    async def hear(self, message: dict[str, Any]) -> None:
        tallies = message.get("tallies", {})
        for topic, last in message.get("topics", {}).items():
            self.move(topic, last, tallies.get(topic))
        for user_id, sequence in message.get("told", {}).items():
            for socket in self.people.get(int(user_id), ()):
                socket.be_told(sequence)

    async def look(self) -> None:
        """Ask the database for everything that somebody here may have missed: two queries."""
        if self.watchers:
            for topic, (last, _changed) in (await in_database(standing_of, list(self.watchers))).items():
                self.move(topic, last)
        if self.people:
            for user_id, last in (await in_database(told_to, list(self.people))).items():
                for socket in self.people.get(user_id, ()):
                    socket.be_told(last)

    def move(self, topic: str, last: int, tally: dict[str, Any] | None = None) -> None:
        """The topic has reached `last`: one frame for everybody who has what came before."""
        here, before = self.watchers.get(topic), self.standing.get(topic)
        if not here or (before is not None and last <= before):
            return  # nobody watches, or it is known
        self.standing[topic], self.changed[topic] = last, time.time()
        if before is None:
            return  # who has just begun to watch reads the number here
        frame = pulse_frame(topic, before + 1, last, among=len(here), tally=tally)
        for socket in tuple(here):
            socket.offer(topic, before + 1, last, frame)

    # --- who is still there

    async def beat(self) -> None:
        """So that clients notice a dead line, and the line a dead session."""
        while True:
            await asyncio.sleep(BEAT)
            waiting = list(self.sockets)
            for start in range(0, len(waiting), AT_ONCE):
                some = [socket for socket in waiting[start : start + AT_ONCE] if socket in self.sockets]
                with contextlib.suppress(DatabaseError):  # out of reach: asked at the next beat
                    await self.look_after(some)
                for socket in some:
                    socket.ping()
                await asyncio.sleep(0)

    async def look_after(self, sockets: list["Socket"]) -> None:
        from_sessions = [socket for socket in sockets if socket.user_id is not None]
        ended = await in_database(ended_sessions, from_sessions) if from_sessions else set()
        for socket in ended:
            socket.end(SIGNED_OUT)
        for socket in from_sessions:
            if socket not in ended:
                await socket.look_whether_permitted()


def standing_of(topics: list[str]) -> dict[str, tuple[int, float]]:
    """The last number of each topic, and when it was given, in seconds since 1970. None for a topic never used."""
    rows = TopicSequence.objects.filter(pk__in=topics).values_list("topic", "last", "changed_at")
    return {topic: (last, changed_at.timestamp()) for topic, last, changed_at in rows}


def told_to(user_ids: list[int]) -> dict[int, int]:
    return dict(RecipientSequence.objects.filter(pk__in=user_ids).values_list("user_id", "last"))


def ended_sessions(sockets: "list[Socket]") -> "set[Socket]":
    standing = standing_sessions(
        {socket.session_key: socket.user_id for socket in sockets if socket.session_key}
    )
    return {socket for socket in sockets if socket.session_key not in standing}


def pulse_frame(
    topic: str, first: int, last: int, *, among: int = 1, tally: dict[str, Any] | None = None, **more: Any
) -> str:
    """What a page gets: events `first` to `last` of a topic happened; look again within `within` seconds."""
    frame = {"type": "pulse", "topic": topic, "first": first, "last": last, **more}
    if among > PACE:
        frame["within"] = round(among / PACE)
    if tally:
        frame["tally"] = tally
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


@functools.cache
def _hubs() -> "dict[asyncio.AbstractEventLoop, Hub]":
    return {}


def hub_here() -> Hub:
    """The hub of the running event loop."""
    hubs, loop = _hubs(), asyncio.get_running_loop()
    if loop not in hubs:
        for closed in [other for other in hubs if other.is_closed()]:
            del hubs[closed]
        hubs[loop] = Hub()
    return hubs[loop]
