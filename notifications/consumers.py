"""One socket a person.

The client says `hello` with the last number that it has and the topics of its page. The socket first joins the groups
and then reads what was missed from the database, so nothing falls between; from then on each signal makes it read
again from the last number that it sent. Redis carries no content, the database is the only source: in order, complete,
nothing twice. What is not a topic, or not for this person, is left out without a word.

    client: {"type": "hello", "user": 5 or null, "have": 12, "language": "en", "rendered": 1764.5, "topics": [...]}
            {"type": "topics", "topics": [...]}        the page has changed
    server: {"type": "notification", "sequence": 13, "kind", "text", "link", "quiet", "unread"}
            {"type": "welcome", "sequence": 13, "unread": 2}     caught up; live from here
            {"type": "pulse", "topics": [...], "unread"}         look again
            {"type": "ping"}                                     every 25 s
    closed with 4401: the session is no longer this person's (asked at hello and with every ping), do not come back
                1012: Redis is gone, come back

Database connections are used for a query and given back; an open socket holds none.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import redis
from channels.auth import get_user
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_supported_language_variant

from accounts.models import User
from notifications import topics
from notifications.catalogue import message_of, true_ones
from notifications.models import Notification, Pulse, RecipientSequence

logger = logging.getLogger(__name__)

BEAT = 25  # seconds
BATCH = 100
SIGNED_OUT, TRY_AGAIN, NOT_UNDERSTOOD = 4401, 1012, 4400
SLACK = timedelta(seconds=0.5)  # between reading a page's rows and noting when it was rendered


class PersonConsumer(AsyncJsonWebsocketConsumer):
    user: User | AnonymousUser
    heart: "asyncio.Task[None] | None" = None

    async def connect(self) -> None:
        self.user = self.scope["user"]
        self.language = settings.LANGUAGE_CODE
        self.last = 0
        self.greeted = False
        self.watched: set[str] = set()
        self.choosing = asyncio.Lock()  # of topics: the client's wish and the heartbeat's second look
        await self.accept()
        self.heart = asyncio.create_task(self.beat())

    async def disconnect(self, _code: int) -> None:
        if self.heart:
            self.heart.cancel()
        await self.watch(set())

    async def beat(self) -> None:
        """So that the client notices a dead line, and the line a dead session.

        Who has not said hello by the first beat is let go. A database that is out of reach is asked at the next beat:
        nothing can be read from it meanwhile either.
        """
        while True:
            await asyncio.sleep(BEAT)
            if not self.greeted:
                await self.close(NOT_UNDERSTOOD)
                return
            with contextlib.suppress(DatabaseError):
                if not await self.is_still_signed_in():
                    await self.close(SIGNED_OUT)
                    return
                async with self.choosing:
                    others = self.watched - set(topics.mine(self.user.pk))
                    await self.watch(await self.wanted(sorted(others)))
            await self.send_json({"type": "ping"})

    async def is_still_signed_in(self) -> bool:
        """By the session as it is stored now: not ended, not of an earlier password, the account not shut."""
        if not self.user.is_authenticated:
            return True
        session = self.scope.get("session")
        if session is None or not session.session_key:
            return False
        stored = import_module(settings.SESSION_ENGINE).SessionStore(session.session_key)
        return bool(await get_user({"session": stored}) == self.user)

    async def dispatch(self, message: dict[str, Any]) -> None:
        try:
            await super().dispatch(message)
        except (redis.RedisError, OSError, DatabaseError) as error:
            logger.warning("a socket is closed until its client comes back: %s", error)
            await self.close(TRY_AGAIN)

    # --- from the client

    async def receive(self, text_data: str | None = None, **_binary: Any) -> None:
        content = object_in(text_data)
        kind = content.get("type")
        if kind == "hello" and not self.greeted:
            await self.hello(content)
        elif kind == "topics" and self.greeted:
            async with self.choosing:
                await self.watch(await self.wanted(content.get("topics")))
        else:
            await self.close(NOT_UNDERSTOOD)

    async def hello(self, content: dict[str, Any]) -> None:
        if content.get("user") != self.user.pk:
            await self.close(SIGNED_OUT)
            return
        self.greeted = True
        self.language = language_of(content.get("language"))
        async with self.choosing:
            await self.watch(await self.wanted(content.get("topics")))
        unread = 0
        if self.user.is_authenticated:
            # a client that has more than there is (a restored backup) begins anew
            self.last = min(whole(content.get("have")), await database_sync_to_async(last_of)(self.user))
            await self.catch_up()
            unread = await database_sync_to_async(unread_of)(self.user)
        await self.send_json({"type": "welcome", "sequence": self.last, "unread": unread})
        if changed := await database_sync_to_async(changed_since)(self.watched, content.get("rendered")):
            await self.send_json({"type": "pulse", "topics": changed, "unread": unread})

    async def wanted(self, names: object) -> set[str]:
        own = {topics.me(self.user.pk)} if self.user.is_authenticated else set()
        if not isinstance(names, list) or not names:
            return own
        allowed: set[str] = await database_sync_to_async(permitted_now)(self.user, names)
        return own | allowed

    async def watch(self, wanted: set[str]) -> None:
        for topic in self.watched - wanted:
            with contextlib.suppress(redis.RedisError, OSError):
                await self.channel_layer.group_discard(topics.group_of(topic), self.channel_name)
            self.watched.discard(topic)
        for topic in sorted(wanted - self.watched):
            self.watched.add(topic)
            await self.channel_layer.group_add(topics.group_of(topic), self.channel_name)

    # --- from the channel layer

    async def notification_told(self, event: dict[str, Any]) -> None:
        if event["sequence"] > self.last:
            await self.catch_up()

    async def topic_pulse(self, event: dict[str, Any]) -> None:
        frame: dict[str, Any] = {"type": "pulse", "topics": [event["topic"]]}
        if self.user.is_authenticated and event["topic"] == topics.me(self.user.pk):
            frame["unread"] = await database_sync_to_async(unread_of)(self.user)
        await self.send_json(frame)

    async def layer_lost(self, _event: dict[str, Any]) -> None:
        await self.close(TRY_AGAIN)

    async def catch_up(self) -> None:
        """Send everything after the last number sent, in order. Only one runs at a time: handlers of one socket do."""
        while True:
            frames = await database_sync_to_async(frames_after)(self.user, self.last, self.language)
            for frame in frames:
                await self.send_json(frame)
                self.last = frame["sequence"]
            if len(frames) < BATCH:
                return

    async def send_json(self, content: Any, close: bool = False) -> None:
        with contextlib.suppress(RuntimeError):  # the client has gone meanwhile; `disconnect` follows
            await super().send_json(content, close)


def object_in(text: str | None) -> dict[str, Any]:
    """The JSON object in a frame; an empty one for anything else."""
    try:
        content = json.loads(text or "")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def language_of(wanted: object) -> str:
    """The language of the page, else the site's."""
    try:
        return get_supported_language_variant(str(wanted))
    except LookupError:
        return settings.LANGUAGE_CODE


def whole(number: object) -> int:
    return max(number, 0) if isinstance(number, int) and not isinstance(number, bool) else 0


def last_of(user: User) -> int:
    """The last number given to this person."""
    return RecipientSequence.objects.filter(user=user).values_list("last", flat=True).first() or 0


def unread_of(user: User) -> int:
    return Notification.objects.visible_to(user).unread().count()


def permitted_now(user: User | AnonymousUser, names: list[object]) -> set[str]:
    """By the roles of this moment: a socket may have been open since before one was taken away."""
    now = User.objects.filter(pk=user.pk, is_active=True).first() if user.is_authenticated else None
    return topics.permitted(now or AnonymousUser(), names)


def frames_after(user: User, sequence: int, language: str) -> list[dict[str, Any]]:
    """At most BATCH frames of what this person has not, in order. `quiet`: read already, or no longer true."""
    missed = list(Notification.objects.visible_to(user).after(sequence)[:BATCH])
    if not missed:
        return []
    held = true_ones(missed)
    unread = unread_of(user)
    with translation.override(language):
        return [
            {
                "type": "notification",
                "sequence": row.sequence,
                "kind": row.kind,
                "text": message_of(row).subject,
                "link": reverse("notifications:open", args=[row.pk]),
                "quiet": row.read_at is not None or row.pk not in held,
                "unread": unread,
            }
            for row in missed
        ]


def changed_since(watched: Iterable[str], rendered: object) -> list[str]:
    """Topics on which something changed between the rendering of the page and now, when it began to listen.

    A pulse that is not sent yet counts: it may be going out at this moment. Looking again once too often is harmless.
    """
    if not isinstance(rendered, int | float) or not watched:
        return []
    try:
        since = datetime.fromtimestamp(rendered, UTC) - SLACK
    except (OverflowError, ValueError, OSError):
        return []
    names = set(watched)
    rows = Pulse.objects.filter(Q(sent_at__isnull=True) | Q(sent_at__gt=since), topics__overlap=sorted(names))
    return sorted(
        names.intersection(*[[t for changed in rows.values_list("topics", flat=True) for t in changed]])
    )
