"""Thousands of WebSocket clients in one process, each no more than a protocol: cheap enough for two cores."""

import asyncio
import base64
import json
import os
import time
from collections.abc import Callable, Iterable
from typing import Any

MASK = b"\0\0\0\0"  # a mask that changes nothing: servers only ask that there is one
OPENING_AT_ONCE = 100


def text_frame(content: dict[str, Any]) -> bytes:
    """A client's text frame of less than 64 KB."""
    raw = json.dumps(content).encode()
    length = bytes([0x80 | len(raw)]) if len(raw) < 126 else b"\xfe" + len(raw).to_bytes(2, "big")
    return b"\x81" + length + MASK + raw


class Client(asyncio.Protocol):
    """`heard` gets each text frame with the moment of its arrival; `is_open` is set when the server has agreed."""

    def __init__(
        self, heard: "Callable[[Client, bytes, float], None]", cookie: str = "", host: str = "127.0.0.1"
    ) -> None:
        self.heard, self.cookie, self.host = heard, cookie, host
        self.is_open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.received = b""
        self.is_lost = False
        self.lost = asyncio.Event()
        self.welcome: dict[str, Any] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        cookie = f"Cookie: {self.cookie}\r\n" if self.cookie else ""
        transport.write(
            f"GET /ws/ HTTP/1.1\r\nHost: {self.host}\r\nOrigin: http://{self.host}\r\n{cookie}Upgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def say(self, content: dict[str, Any]) -> None:
        self.transport.write(text_frame(content))

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self.received += data
        if not self.is_open.done():
            head, found, rest = self.received.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                self.is_open.set_exception(ConnectionError(head.decode()))
                return
            self.received = rest
            self.is_open.set_result(None)
        while self.take(now):
            pass

    def take(self, now: float) -> bool:
        """One whole frame from what was received."""
        raw = self.received
        if len(raw) < 2:
            return False
        length, start = raw[1], 2
        if length == 126:
            length, start = int.from_bytes(raw[2:4], "big"), 4
        if len(raw) < start + length:
            return False
        body, self.received = raw[start : start + length], raw[start + length :]
        kind = raw[0] & 0x0F
        if kind == 1:
            self.heard(self, body, now)
        elif kind == 9:
            self.transport.write(b"\x8a" + bytes([0x80 | length]) + MASK + body)
        elif kind == 8:
            self.transport.close()
        return True

    def connection_lost(self, _error: Exception | None) -> None:
        self.is_lost = True
        self.lost.set()
        if not self.is_open.done():
            self.is_open.set_exception(ConnectionError("closed before it was open"))
            self.is_open.exception()


async def open_clients(
    port: int, count: int, heard: "Callable[[Client, bytes, float], None]", cookies: Iterable[str] = ()
) -> list[Client]:
    """`count` open clients, opened some at a time."""
    loop = asyncio.get_running_loop()
    wanted = [*cookies, *[""] * count][:count]
    clients: list[Client] = []
    for start in range(0, count, OPENING_AT_ONCE):
        some = wanted[start : start + OPENING_AT_ONCE]
        made = await asyncio.gather(
            *[
                loop.create_connection(lambda cookie=cookie: Client(heard, cookie), "127.0.0.1", port)
                for cookie in some
            ]
        )
        await asyncio.wait_for(asyncio.gather(*[client.is_open for _, client in made]), 60)
        clients += [client for _, client in made]
    return clients
