"""The wire between processes: one Redis channel for the whole site, one subscription a web process.

What goes over it is a hint that can be lost without harm: the database has the numbers, and who listens looks there
when the wire was cut. A message is

    {"topics": {"board": 18}, "tallies": {"ranking:310105": {...}}, "told": {"5": 12}}

the last number of topics and of persons' messages, and the present tallies of public rankings.
"""

import json
from collections.abc import AsyncIterator, Mapping
from functools import cache
from typing import Any

import redis
from django.conf import settings
from redis import asyncio as aioredis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.retry import Retry as SyncRetry

PUBLISH_WITHIN = 0.5  # seconds
ANSWERS_WITHIN = 1  # second
SILENCE = 5  # seconds after which the line is tried


@cache
def _publisher(address: str) -> "redis.Redis":
    limits = {"socket_timeout": PUBLISH_WITHIN, "socket_connect_timeout": PUBLISH_WITHIN}
    return redis.Redis.from_url(address, retry=SyncRetry(NoBackoff(), 0), **limits)


def publish(message: Mapping[str, Any]) -> None:
    """To every web process. Raises redis.RedisError, within a second, when Redis does not take it."""
    raw = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    _publisher(settings.REDIS_URL).publish(settings.LIVE_CHANNEL, raw)


async def messages() -> AsyncIterator[dict[str, Any] | None]:
    """What is published from now on. The first item, None, says that the line is open; None comes again when it has
    been silent and was found alive. Raises redis.RedisError or OSError when the line is cut, and never mends it by
    itself: whoever listens must know, since what was published meanwhile is nowhere."""
    client = aioredis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=ANSWERS_WITHIN, retry=Retry(NoBackoff(), 0)
    )
    async with client, client.pubsub() as line:
        await line.subscribe(settings.LIVE_CHANNEL)
        await line.get_message(timeout=ANSWERS_WITHIN)  # the confirmation
        yield None
        is_asked = False
        while True:
            found = await line.get_message(timeout=SILENCE)
            if found is None:
                if is_asked:
                    raise redis.ConnectionError("the line is dead")
                await line.ping()
                is_asked = True
            elif found["type"] == "message":
                is_asked = False
                yield json.loads(found["data"])
            elif found["type"] == "pong":
                is_asked = False
                yield None
