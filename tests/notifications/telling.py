"""Telling somebody something, and a socket to see it on."""

import asyncio
import itertools
import json
import os

from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction

from notifications import tasks
from notifications.models import Delivery
from notifications.routing import websocket_urlpatterns
from notifications.services import tell

PATIENCE = 5  # seconds that a frame may take on a busy machine
numbers = itertools.count(1)


def say(user, title="理发", *, key=None, kind="offer-taken", **options):
    """One committed message; returned with its number."""
    with transaction.atomic():
        told = tell(
            user=user,
            kind=kind,
            params=options.pop("params", {"title": title}),
            link=options.pop("link", "/inbox/"),
            dedupe_key=key or f"test:{next(numbers)}",
            **options,
        )
    if told:
        told.refresh_from_db()
    return told


def deliver_all():
    """What workers would do, here and now."""
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING)
    tasks.deliver(*waiting.values_list("notification", flat=True))


class Client:
    """What live.js does: remembers the last number, and says it in hello."""

    def __init__(self, user, *, have=0, topics=(), application=None, headers=()):
        self.user = user
        self.have = have
        self.topics = topics if isinstance(topics, dict) else list(topics)
        self.headers = list(headers)
        self.application = application or URLRouter(websocket_urlpatterns)

    async def __aenter__(self):
        scope = {"type": "websocket", "path": "/ws/", "headers": self.headers, "query_string": b""}
        if not self.headers:  # else the session in their cookie says who it is
            scope["user"] = self.user or AnonymousUser()
        self.line = ApplicationCommunicator(self.application, scope)
        await self.line.send_input({"type": "websocket.connect"})
        assert (await self.line.receive_output(3))["type"] == "websocket.accept"
        return self

    async def __aexit__(self, *_error):
        await self.line.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.line.wait(3)

    async def send(self, **content):
        await self.line.send_input({"type": "websocket.receive", "text": json.dumps(content)})

    async def hello(self, **more):
        """Greets, and returns the frames up to and with `welcome`."""
        content = {"user": self.user and self.user.pk, "have": self.have, "topics": self.topics} | more
        await self.send(type="hello", **content)
        frames = [await self.frame()]
        while frames[-1]["type"] != "welcome":
            frames.append(await self.frame())
        return frames

    async def frame(self):
        output = await self.line.receive_output(PATIENCE)
        assert output["type"] == "websocket.send", output
        return json.loads(output["text"])

    async def numbers(self, count):
        return [(await self.frame())["sequence"] for _ in range(count)]

    async def hears_nothing(self, within=0.3):
        return await self.line.receive_nothing(timeout=within)

    async def closed_with(self):
        async with asyncio.timeout(PATIENCE):  # the heartbeat alone would go on for ever
            while (output := await self.line.receive_output(PATIENCE))["type"] != "websocket.close":
                pass
        return output["code"]


in_database = database_sync_to_async


def database_url():
    """The address of the test's database, for another process."""
    values = connection.settings_dict
    host, port = values["HOST"], values["PORT"]
    place = f"{host}:{port}" if not host.startswith("/") else ""
    folder = f"?host={host}" if host.startswith("/") else ""
    return f"postgres://{values['USER']}:{values['PASSWORD']}@{place}/{values['NAME']}{folder}"


def environment_of_ours(**variables):
    """For a process of its own on the test's database and queue."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "CELERY_QUEUE": settings.CELERY_TASK_DEFAULT_QUEUE,
        "CHANNEL_PREFIX": settings.LIVE_CHANNEL.removesuffix("-live"),
        "PYTHONPATH": f"{settings.ROOT}:{settings.SITE}",
        **variables,
    }
