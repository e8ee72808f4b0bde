"""A closed loop of keep-alive connections, each asking again as soon as it is answered. Cheap enough for two cores."""

import asyncio
import time
from dataclasses import dataclass, field


@dataclass
class Result:
    latencies: list[float] = field(default_factory=list)
    failures: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        return sorted(self.latencies)[int(share * (len(self.latencies) - 1))] * 1000


class Reader(asyncio.Protocol):
    def __init__(self, request: bytes, until: float, result: Result, done: asyncio.Future[None]) -> None:
        self.request, self.until, self.result, self.done = request, until, result, done
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        self.asked_at = time.perf_counter()
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        self.received = body[length:]
        self.result.latencies.append(time.perf_counter() - self.asked_at)
        self.result.failures += head[9:12] != b"200"
        if time.perf_counter() < self.until:
            self.ask()
        else:
            self.transport.close()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def _load(port: int, path: str, connections: int, seconds: float) -> Result:
    loop = asyncio.get_running_loop()
    result = Result()
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    began = time.perf_counter()
    dones = [loop.create_future() for _ in range(connections)]
    for done in dones:
        reader = Reader(request, began + seconds, result, done)
        await loop.create_connection(lambda reader=reader: reader, "127.0.0.1", port)
    await asyncio.gather(*dones)
    result.seconds = time.perf_counter() - began
    return result


def load(port: int, path: str, *, connections: int, seconds: float) -> Result:
    return asyncio.run(_load(port, path, connections, seconds))
