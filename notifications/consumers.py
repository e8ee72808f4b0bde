"""One socket a person.

The client says `hello` with the last numbers that it has and the topics of its page. The socket first joins the hub and
then sees what was missed, so nothing falls between; from then on it sends what follows the numbers that it sent: in
order, complete, nothing twice. What is not a topic, or not for this person, is left out without a word.

    client: {"type": "hello", "user": 5 or null, "have": 12, "language": "en", "rendered": 1764.5,
             "topics": {"board": 17, "ranking:310105": null}}     null, or a list of names: no number yet
            {"type": "topics", "topics": {...}}                   the page has changed, or the client noticed a gap
    server: {"type": "notification", "sequence": 13, "kind", "text", "link", "quiet", "unread"}
            {"type": "welcome", "sequence": 13, "unread": 2, "topics": {"board": 17}}     live from these numbers on
            {"type": "watching", "topics": {...}}                 the same, after `topics`
            {"type": "pulse", "topic", "first": 18, "last": 19, "within", "tally"}     look again
            {"type": "unread", "unread": 2}                       the own topic changed
            {"type": "ping", "sequence": 13, "topics": {...}}     every 25 s: what the client must have by now
    closed with 4401: the session is no longer this person's (asked at hello and with every ping), do not come back
                1012: the database is gone; 4408: the client reads too slowly; come back

Messages are read from the database from the last number sent. An open socket holds no connection to it.
"""

import asyncio
import contextlib
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError

from accounts.models import User
from notifications import frames, topics
from notifications.hub import (
    NOT_UNDERSTOOD,
    SIGNED_OUT,
    TOO_SLOW,
    TRY_AGAIN,
    hub_here,
    in_database,
    pulse_frame,
)

logger = logging.getLogger(__name__)

MOST_WAITING = 256  # frames for a client that does not read, besides what the kernel keeps for it
LAST_WORDS = 1  # second that the closing may take
SLACK = 0.5  # seconds between reading a page's rows and noting when it was rendered


async def live(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """The ASGI application behind /ws/."""
    if (await receive())["type"] == "websocket.connect":
        await Socket(scope, receive, send).run()


class Socket:
    __slots__ = (
        "_receive", "_send", "close_code", "frames", "has_missed", "have", "hub", "is_greeted", "is_unread_asked",
        "language", "last", "main", "session_key", "user", "user_id", "wake", "writer",
    )  # fmt: skip

    def __init__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self._receive, self._send = receive, send
        user = scope["user"]
        self.user: User | AnonymousUser = user if user.is_authenticated else AnonymousUser()
        self.user_id: int | None = user.pk
        self.session_key: str | None = getattr(scope.get("session"), "session_key", None)
        self.language = settings.LANGUAGE_CODE
        self.hub = hub_here()
        self.last = 0  # number of the last message sent
        self.have: dict[
            str, int | None
        ] = {}  # number of the last event sent of each topic; None: not live yet
        self.frames: deque[str] = deque()
        self.wake = asyncio.Event()
        self.is_greeted = self.has_missed = self.is_unread_asked = False
        self.close_code = 0
        self.main: asyncio.Task[None] | None = asyncio.current_task()
        self.writer: asyncio.Task[None] | None = None

    async def run(self) -> None:
        await self._send({"type": "websocket.accept"})
        self.hub.enter(self)
        try:
            while (message := await self._receive())["type"] != "websocket.disconnect":
                await self.hear(object_in(message.get("text")))
        except asyncio.CancelledError:
            if not self.close_code or self.main is None:
                raise
            self.main.uncancel()
        except DatabaseError as error:
            logger.warning("a socket is closed until its client comes back: %s", error)
            self.close_code = TRY_AGAIN
        finally:
            self.hub.leave(self)
            if self.writer:
                self.writer.cancel()
        if self.close_code:
            with contextlib.suppress(TimeoutError, OSError, RuntimeError):
                async with asyncio.timeout(LAST_WORDS):
                    await self._send({"type": "websocket.close", "code": self.close_code})

    def end(self, code: int) -> None:
        """From any task of the loop; whoever reads too slowly does not delay the caller."""
        if not self.close_code and self.main:
            self.close_code = code
            self.hub.leave(self)
            self.frames.clear()
            self.main.cancel()

    # --- from the client

    async def hear(self, content: dict[str, Any]) -> None:
        kind = content.get("type")
        if kind == "hello" and not self.is_greeted:
            await self.hello(content)
        elif kind == "topics" and self.is_greeted:
            await self.watch(content.get("topics"))
            self.push(frames.frame("watching", topics=self.numbers()))
            self.catch_up_with_topics()
        else:
            self.end(NOT_UNDERSTOOD)

    async def hello(self, content: dict[str, Any]) -> None:
        if content.get("user") != self.user_id:
            self.end(SIGNED_OUT)
            return
        self.is_greeted = True
        self.language = frames.language_of(content.get("language"))
        if self.user_id is not None:
            self.hub.belongs_to(self, self.user_id)
        await self.watch(content.get("topics"), rendered=content.get("rendered"))
        unread = 0
        if isinstance(self.user, User):
            # a client that has more than there is (a restored backup) begins anew
            there, unread = await in_database(frames.standing_of, self.user)
            self.last = min(whole(content.get("have")), there)
            if self.last < there:
                await self.send_missed()
        welcome = frames.frame("welcome", sequence=self.last, unread=unread, topics=self.numbers())
        await self._send({"type": "websocket.send", "text": welcome})
        self.writer = asyncio.create_task(self.write())
        self.writer.add_done_callback(self.be_without_writer)
        self.catch_up_with_topics()

    async def watch(self, wanted: object, *, rendered: object = None) -> None:
        """Exactly these topics, as far as they are permitted, each from the number that the client has."""
        numbers = wanted if isinstance(wanted, Mapping) else dict.fromkeys(names_in(wanted))
        allowed = await self.permitted(list(numbers))
        self.unwatch([topic for topic in self.have if topic not in allowed])
        before = dict(self.have)
        for topic in allowed:
            self.have[topic] = None  # what comes meanwhile is seen in the hub's numbers below
        await self.hub.watch(self, allowed)
        for topic in allowed:
            there = self.hub.standing.get(topic, 0)
            has = numbers.get(topic)
            if isinstance(has, int) and not isinstance(has, bool) and has >= 0:
                self.have[topic] = min(has, there)
            elif (known := before.get(topic)) is not None:
                self.have[topic] = known
            else:
                self.have[topic] = there - self.is_older(rendered, topic)

    def is_older(self, rendered: object, topic: str) -> bool:
        """Whether something changed between the rendering of the page and now, when it begins to listen."""
        if not isinstance(rendered, int | float) or not self.hub.standing.get(topic):
            return False
        return rendered - SLACK < self.hub.changed.get(topic, 0)

    async def permitted(self, names: list[object]) -> set[str]:
        own = set(topics.mine(self.user_id))
        wanted = [name for name in names[: topics.MOST] if isinstance(name, str) and name not in own]
        if all(topics.is_public(name) for name in wanted):
            return own | topics.permitted(AnonymousUser(), wanted)
        return own | await in_database(frames.permitted_now, self.user, wanted)

    def unwatch(self, names: list[str]) -> None:
        self.hub.unwatch(self, names)
        for topic in names:
            self.have.pop(topic, None)

    # --- from the hub: these never wait

    def offer(self, topic: str, first: int, last: int, frame: str) -> None:
        """Events `first` to `last` of a topic; `frame` says so and is the same for all who have what was before."""
        have = self.have.get(topic)
        if have is None or have >= last or self.writer is None:
            return  # not live yet: it will find them in the hub's numbers
        self.have[topic] = last
        if topic in topics.mine(self.user_id):
            self.is_unread_asked = True
            self.wake.set()
        self.push(frame if have == first - 1 else pulse_frame(topic, have + 1, last))

    def be_told(self, sequence: int) -> None:
        if sequence > self.last:
            self.has_missed = True
            self.wake.set()

    def ping(self) -> None:
        if self.is_greeted:
            self.push(frames.frame("ping", sequence=self.last, topics=self.numbers()))
        else:
            self.end(NOT_UNDERSTOOD)  # no hello by the first beat

    async def look_whether_permitted(self) -> None:
        """By the roles of this moment: the socket may have been open since before one was taken away."""
        private = [topic for topic in self.have if not topics.is_public(topic)]
        if private != topics.mine(self.user_id):
            allowed = await in_database(frames.permitted_now, self.user, private)
            self.unwatch([topic for topic in private if topic not in allowed])

    def catch_up_with_topics(self) -> None:
        for topic, have in list(self.have.items()):
            there = self.hub.standing.get(topic, 0)
            if have is not None and have < there:
                self.have[topic] = there
                self.push(pulse_frame(topic, have + 1, there))

    # --- to the client

    def numbers(self) -> dict[str, int]:
        return {topic: have for topic, have in self.have.items() if have is not None}

    def push(self, frame: str) -> None:
        if len(self.frames) >= MOST_WAITING:
            logger.info("a client that does not read is dropped; it will come back")
            self.end(TOO_SLOW)
            return
        self.frames.append(frame)
        self.wake.set()

    async def write(self) -> None:
        """The only one that sends once the client is welcome; it alone waits for a slow reader."""
        try:
            while True:
                await self.wake.wait()
                self.wake.clear()
                if self.has_missed:
                    self.has_missed = False
                    await self.send_missed()
                if self.is_unread_asked:
                    self.is_unread_asked = False
                    unread = await in_database(frames.unread_of, self.user)
                    self.push(frames.frame("unread", unread=unread))
                while self.frames:
                    await self._send({"type": "websocket.send", "text": self.frames.popleft()})
        except DatabaseError as error:
            logger.warning("a socket is closed until its client comes back: %s", error)
            self.end(TRY_AGAIN)
        except (OSError, RuntimeError):
            return  # the client has gone; the main task is told so

    def be_without_writer(self, writer: "asyncio.Task[None]") -> None:
        if not writer.cancelled() and (error := writer.exception()):
            logger.error("a socket failed", exc_info=error)
            self.end(TRY_AGAIN)

    async def send_missed(self) -> None:
        """Every message after the last number sent, in order. Only one task of a socket does this at a time."""
        while True:
            found = await in_database(frames.frames_after, self.user, self.last, self.language)
            for sequence, frame in found:
                await self._send({"type": "websocket.send", "text": frame})
                self.last = sequence
            if len(found) < frames.BATCH:
                return


def object_in(text: str | None) -> dict[str, Any]:
    """The JSON object in a frame; an empty one for anything else."""
    try:
        content = json.loads(text or "")
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def names_in(wanted: object) -> list[str]:
    return [name for name in wanted if isinstance(name, str)] if isinstance(wanted, list) else []


def whole(number: object) -> int:
    return max(number, 0) if isinstance(number, int) and not isinstance(number, bool) else 0
