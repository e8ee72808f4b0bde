"""Pages under WSGI behind the one port that also takes the sockets.

Django's own ASGI handler costs several times the CPU of its WSGI handler for views that are plain functions
(bench/serving measures it). So the ASGI server keeps the connections and this bridge hands each complete request to
the WSGI application in one of a few threads. A slow reader or a slow upload holds no thread, a rush waits in line,
and a thread's database connection comes from a pool that is as large as the threads are many.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication

from core.outage import WAITED

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

BODY_IN_MEMORY = 2**20  # bytes; a larger request body goes to a temporary file
BODY_AT_MOST = 32 * 2**20
ANSWER_IN_MEMORY = 2**20  # bytes; a larger answer is sent while the view still makes it


class Pages:
    """An ASGI application for `http` that runs a WSGI application in `threads` threads."""

    def __init__(self, application: WSGIApplication, *, threads: int) -> None:
        self.application = application
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="page")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        with tempfile.SpooledTemporaryFile(BODY_IN_MEMORY) as body:
            size = await _read_body(receive, body)
            if size is None:
                return  # the reader has gone
            if size > BODY_AT_MOST:
                await _refuse_body(send)
                return
            body.seek(0)
            loop = asyncio.get_running_loop()
            answer = _Answer(send, loop)
            variables = environ(scope, body, size)
            await loop.run_in_executor(self.threads, self._serve, variables, answer, time.monotonic())
            await answer.finish()

    def _serve(self, variables: dict[str, Any], answer: "_Answer", asked_at: float) -> None:
        """In a thread. Everything that touches the database happens here: a connection stays in its thread."""
        variables[WAITED] = time.monotonic() - asked_at
        chunks: Iterable[bytes] = self.application(variables, answer.start)
        try:
            for chunk in chunks:
                answer.write(chunk)
        finally:
            if close := getattr(chunks, "close", None):
                close()  # Django gives the database connection back to the pool here


class _Answer:
    """What the application answers: kept until complete while it is small, sent in parts when it is not."""

    def __init__(self, send: Send, loop: asyncio.AbstractEventLoop) -> None:
        self._send = send
        self._loop = loop
        self._start: Message = {}
        self._kept: list[bytes] = []
        self._size = 0
        self._started = False

    def start(
        self, status: str, headers: list[tuple[str, str]], _error: object = None
    ) -> Callable[[bytes], None]:
        self._start = {
            "type": "http.response.start",
            "status": int(status[:3]),
            # Django writes a space before each cookie
            "headers": [
                (name.lower().encode("latin1"), value.strip().encode("latin1")) for name, value in headers
            ],
        }
        return self.write

    def write(self, chunk: bytes) -> None:
        """In the thread."""
        self._kept.append(chunk)
        self._size += len(chunk)
        if self._size > ANSWER_IN_MEMORY:
            # waits for the reader, so that a long answer never fills the memory
            asyncio.run_coroutine_threadsafe(self._flush(more=True), self._loop).result()

    async def finish(self) -> None:
        await self._flush(more=False)

    async def _flush(self, *, more: bool) -> None:
        if not self._started:
            self._started = True
            await self._send(self._start)
        body = b"".join(self._kept)
        self._kept, self._size = [], 0
        await self._send({"type": "http.response.body", "body": body, "more_body": more})


async def _read_body(receive: Receive, body: IO[bytes]) -> int | None:
    """Reads the whole body, or a little more than is allowed. Returns its size, None if the reader has gone."""
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size > BODY_AT_MOST:
            return size
        body.write(part)
        if not message.get("more_body"):
            return size


async def _refuse_body(send: Send) -> None:
    headers: Headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": f"More than {BODY_AT_MOST // 2**20} MiB.\n".encode()})


def environ(scope: Message, body: IO[bytes], size: int) -> dict[str, Any]:
    """The WSGI variables (PEP 3333) of an ASGI `http` scope."""
    host, port = scope.get("server") or ("localhost", 80)
    variables: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin1"),
        "QUERY_STRING": scope["query_string"].decode("latin1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0] if scope.get("client") else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.errors": _Silent(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:
            continue  # `X_Forwarded_For` would read like `X-Forwarded-For` below
        name = "HTTP_" + raw_name.decode("latin1").upper().replace("-", "_")
        value = raw_value.decode("latin1")
        separator = "; " if name == "HTTP_COOKIE" else ","
        variables[name] = f"{variables[name]}{separator}{value}" if name in variables else value
    variables.pop("HTTP_CONTENT_LENGTH", None)
    variables["CONTENT_LENGTH"] = str(size)  # the body is complete, also when it came in chunks
    variables["CONTENT_TYPE"] = variables.pop("HTTP_CONTENT_TYPE", "")
    return variables


class _Silent:
    """`wsgi.errors`: Django logs instead."""

    def write(self, text: str) -> int:
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        pass

    def flush(self) -> None:
        pass
