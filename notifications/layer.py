"""The channel layer: Redis publish/subscribe, one subscription a process and topic.

It differs from the stock layer in three ways. A new socket asks nothing of Redis before it joins a topic. Redis going
away is noticed at once and every socket of the process is told (`layer.lost`), so that it can close and its client
comes back and catches up: what was published in between is nowhere. And tasks publish from synchronous code over a
connection that is kept, with a limit on how long they wait.
"""

import asyncio
import logging
import uuid
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import redis
from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer, RedisSingleShardConnection
from channels_redis.utils import _close_redis, _wrap_close, create_pool, decode_hosts
from redis import asyncio as aioredis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.retry import Retry as SyncRetry

logger = logging.getLogger(__name__)

PUBLISH_WITHIN = 0.5  # seconds
LOST = {"type": "layer.lost"}


class Connection(RedisSingleShardConnection):
    _redis: "aioredis.Redis | None"
    _pubsub: "PubSub | None"
    _subscribed_to: set[str]

    def _ensure_redis(self) -> None:
        """Never reconnects by itself: subscribers would not learn what they missed."""
        if self._redis is None:
            pool = create_pool(self.host | {"retry": Retry(NoBackoff(), 0)})
            self._redis = aioredis.Redis(connection_pool=pool)
            self._pubsub = self._redis.pubsub()

    async def publish(self, channel: str, message: bytes) -> None:
        try:
            await super().publish(channel, message)
        except redis.RedisError:
            await self._forget()
            raise

    async def subscribe(self, channel: str) -> None:
        try:
            await super().subscribe(channel)
        except redis.RedisError:
            await self._forget()
            raise

    async def _do_receiving(self) -> None:
        pubsub = self._pubsub
        while pubsub is not None and self._pubsub is pubsub:
            try:
                if pubsub.subscribed:
                    message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=1)
                    self._receive_message(message)
                else:
                    await asyncio.sleep(0.05)
            except (redis.RedisError, OSError) as error:
                if self._pubsub is pubsub:  # else somebody else noticed first
                    logger.warning("Redis is gone, live updates wait for it: %s", error)
                    await self._forget()

    async def _forget(self) -> None:
        """Back to the state before the first use, and every socket of this process is told."""
        async with self._lock:
            gone, self._redis, self._pubsub = self._redis, None, None
            self._receive_task = None  # it ends by itself: `_pubsub` is another one now
            self._subscribed_to = set()
        self.channel_layer.tell_everybody(LOST)
        if gone is not None:
            try:
                await _close_redis(gone)
            except (redis.RedisError, OSError):
                logger.debug("a lost connection could not be closed", exc_info=True)


class LoopLayer(RedisPubSubLoopLayer):
    """One for each event loop, so one a web process."""

    def __init__(self, hosts: Any = None, **options: Any) -> None:
        super().__init__(hosts=hosts, **options)
        self._shards = [Connection(host, self) for host in decode_hosts(hosts)]

    async def new_channel(self, prefix: str = "specific.") -> str:
        """A queue in this process; nobody publishes to a single socket, only to topics."""
        channel = f"{self.prefix}{prefix}{uuid.uuid4().hex}"
        self.channels[channel] = asyncio.Queue()
        return channel

    def tell_everybody(self, message: dict[str, Any]) -> None:
        raw = self.channel_layer.serialize(message)
        for queue in list(self.channels.values()):
            queue.put_nowait(raw)


class LiveLayer(RedisPubSubChannelLayer):
    """`CHANNEL_LAYERS["default"]["BACKEND"]`; takes the options of the stock layer, with one host."""

    def _get_layer(self) -> LoopLayer:
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            self._layers[loop] = LoopLayer(*self._args, **self._kwargs, channel_layer=self)
            _wrap_close(self, loop)
        layer: LoopLayer = self._layers[loop]
        return layer

    @cached_property
    def _publisher(self) -> "redis.Redis":
        (host,) = decode_hosts(self._kwargs.get("hosts"))
        limits = {"socket_timeout": PUBLISH_WITHIN, "socket_connect_timeout": PUBLISH_WITHIN}
        options = {name: value for name, value in host.items() if name != "address"} | limits
        return redis.Redis.from_url(host["address"], retry=SyncRetry(NoBackoff(), 0), **options)

    def publish(self, groups: Iterable[str], message: dict[str, Any]) -> None:
        """Send `message` to everybody in `groups`, from synchronous code.

        Raises redis.RedisError, within a second, when Redis does not take it.
        """
        prefix = self._kwargs.get("prefix", "asgi")
        raw = self.serialize(message)
        with self._publisher.pipeline(transaction=False) as pipe:
            for group in groups:
                pipe.publish(f"{prefix}__group__{group}", raw)
            pipe.execute()
