"""The processes of the site and the order in which they start and stop."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from config.embedded import Home, PostgreSQL, Redis, Server
from config.embedded.home import CHECKOUT
from config.embedded.processes import die_with_parent
from config.runner.child import Child
from config.runner.console import Console
from config.serve import listen

WEB_PROCESSES, WEB_THREADS = 2, 8
WORKERS = 2
READY_WITHIN = 120  # seconds


def loads_demo(environment: Mapping[str, str]) -> str:
    """LOAD_DEMO as it is set; else "1" only on a machine of one's own: embedded database, no https."""
    is_public = environment.get("HTTPS", "").strip().lower() in {"1", "true", "yes", "on"}
    return environment.get("LOAD_DEMO", "0" if environment.get("DATABASE_URL") or is_public else "1")


class Refused(Exception):
    """The site cannot start; the text says why and what would help."""


class Site:
    """Starts everything, keeps it alive, and stops it in the opposite order."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.home = Home.of()
        self.host = os.environ.get("HOST", "127.0.0.1")
        self.port = int(os.environ.get("PORT", "8000"))
        self.servers: list[Child] = []
        self.children: list[Child] = []
        self.preparing: Child | None = None
        self.held = contextlib.ExitStack()
        self.listening: socket.socket | None = None

    async def run(self) -> None:
        """Until cancelled. Raises Refused, or Unavailable, when the site cannot start."""
        began = time.monotonic()
        self.listening = self._listen()
        await self._start_servers()
        await self._prepare()
        for child in self._processes():
            self.children.append(child)
            await child.start()
        async with self.console.step("Waiting until the site answers"):
            await self._until_ready()
        await self._welcome(time.monotonic() - began)
        await self.console.gone.wait()

    async def stop(self) -> None:
        """Requests and tasks first, while the database is still there; then the servers."""
        preparing = [self.preparing] if self.preparing else []
        await asyncio.gather(*(child.stop() for child in [*preparing, *self.children]))
        await asyncio.gather(*(child.stop() for child in self.servers))
        self.held.close()

    def kill(self) -> None:
        """At once. The servers recover at the next start."""
        for child in [*self.children, *self.servers, *([self.preparing] if self.preparing else [])]:
            child.kill()

    def _listen(self) -> socket.socket:
        try:
            return self.held.enter_context(listen(self.host, self.port))
        except OSError as error:
            raise Refused(
                f"Port {self.port} on {self.host} cannot be used ({error.strerror}). "
                f"Another one: make run PORT={self.port + 1}"
            ) from None

    async def _start_servers(self) -> None:
        servers: list[Server] = [PostgreSQL(self.home), Redis(self.home)]
        ours = [server for server in servers if not os.environ.get(server.variable)]
        if ours:
            self.held.enter_context(self.home.locked())
            self.home.remember_checkout()
        async with self.console.step("Starting " + " and ".join(server.name for server in servers)):
            await asyncio.gather(*(self._start_server(server) for server in ours))

    async def _start_server(self, server: Server) -> None:
        await asyncio.to_thread(server.prepare)
        child = Child(
            "postgres" if isinstance(server, PostgreSQL) else "redis",
            server.command(),
            self.console,
            options=server.spawn_options(),
            before=server.prepare,
            stop_signal=server.stop_signal,
            stops_within=15,
        )
        self.servers.append(child)
        await child.start()
        deadline = time.monotonic() + READY_WITHIN
        while not await asyncio.to_thread(server.is_ready):
            if time.monotonic() > deadline:
                raise Refused(f"{server.name} does not answer after {READY_WITHIN} s; its words stand above.")
            await asyncio.sleep(0.05)

    async def _prepare(self) -> None:
        self.preparing = self._python("site", "-m", "config.prepare", LOAD_DEMO=loads_demo(os.environ))
        if status := await self.preparing.run_once():
            raise Refused(f"The site could not be prepared (status {status}); why stands above.")

    def _processes(self) -> list[Child]:
        """Web processes keep one connection a thread, and two for the sockets; the others open one when they work."""
        celery = ("-m", "celery", "--quiet", "-A", "config")
        work = ("worker", "--without-gossip", "--without-mingle")
        queue = os.environ.get("CELERY_QUEUE", "ningju")
        state = Path(os.environ.get("SITE_STATE", CHECKOUT / ".data"))
        state.mkdir(exist_ok=True)
        threads = int(os.environ.get("WEB_THREADS", WEB_THREADS))
        web = {"WEB_THREADS": str(threads), "DATABASE_POOL": str(threads + 2)}
        return [
            *(
                self._python(f"web.{number}", "-m", "config.serve", str(self._socket()), **web)
                for number in range(1, int(os.environ.get("WEB_PROCESSES", WEB_PROCESSES)) + 1)
            ),
            self._python(
                "worker", *celery, *work, "-n", "worker@%h", "--concurrency", str(WORKERS), "--queues", queue
            ),
            *(
                self._python(
                    name,
                    *celery,
                    *work,
                    "-n",
                    f"{name}@%h",
                    "--concurrency",
                    "1",
                    "--queues",
                    f"{queue}-{kind}",
                    WARM_ENGINE="0",
                )
                for name, kind in (("messenger", "live"), ("postman", "mail"))
            ),
            self._python("beat", *celery, "beat", "--schedule", str(state / "celerybeat-schedule")),
        ]

    def _socket(self) -> int:
        if self.listening is None:
            raise Refused("There is no listening socket.")
        return self.listening.fileno()

    def _python(self, name: str, *arguments: str, **environment: str) -> Child:
        own = {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONUNBUFFERED": "1",
            "STATIC_MANIFEST": "1",
            "PORT": str(self.port),
        }
        passed = {"pass_fds": [self._socket()]} if name.startswith("web") else {}
        return Child(
            name, [sys.executable, *arguments], self.console, environment=own | environment, options=passed
        )

    async def _until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        answer: dict[str, bool] = {}
        while not answer.get("ready"):
            if time.monotonic() > deadline:
                missing = ", ".join(name for name, is_there in answer.items() if not is_there) or "no answer"
                self.console.say(f"Not ready after {READY_WITHIN} s ({missing}); still trying. See /readyz.")
                return
            await asyncio.sleep(0.2)
            with contextlib.suppress(OSError, ValueError, TimeoutError):
                answer = await asyncio.wait_for(self._ask_readyz(), 5)

    async def _personas(self) -> str:
        """Who can sign in to the demo district, as `manage.py personas` lists them."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "manage.py", "personas"),
            stdout=asyncio.subprocess.PIPE,
            cwd=CHECKOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        try:
            listed, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        return listed.decode(errors="replace")

    async def _ask_readyz(self) -> dict[str, bool]:
        # an address for all interfaces is answered on this machine's own, too
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            writer.write(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            _, _, body = (await reader.read()).partition(b"\r\n\r\n")
            return dict(json.loads(body))
        finally:
            writer.close()

    async def _welcome(self, took: float) -> None:
        personas = await self._personas()
        self.console.show(
            f"\n{personas}"
            f"\n  Ningju is ready after {took:.0f} s:  http://{self.host}:{self.port}/\n"
            f"  Passkeys need http://localhost:{self.port}/ (browsers refuse them on an IP address).\n"
            "  Ctrl-C stops it and keeps the data.\n\n"
        )
