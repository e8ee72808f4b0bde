"""One process that the runner keeps alive."""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from typing import Any

from config.embedded.processes import die_with_parent
from config.runner.console import LONGEST_LINE, Console

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before a process that ended is started again
STEADY_AFTER = 30  # seconds after which an end counts as the first one again


class Child:
    """A process in a session of its own: Ctrl-C in the terminal reaches the runner alone, which stops in order."""

    def __init__(
        self,
        name: str,
        command: list[str],
        console: Console,
        *,
        environment: Mapping[str, str] | None = None,
        options: Mapping[str, Any] | None = None,
        before: Callable[[], None] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        stops_within: float = 8,
    ) -> None:
        self.name = name
        self.command = command
        self.console = console
        self.environment = environment or {}
        self.options = options or {}
        self.before = before
        self.stop_signal = stop_signal
        self.stops_within = stops_within
        self.process: asyncio.subprocess.Process | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._relaying: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Starts the process once and keeps it alive from here on."""
        await self._spawn()
        self._keeping = asyncio.create_task(self._keep())

    async def run_once(self) -> int:
        """Runs the process to its end and returns its exit status."""
        await self._spawn()
        return await self._ended()

    async def stop(self) -> None:
        """Asks it to stop, insists after `stops_within` seconds, and leaves nothing of its group behind."""
        if self._keeping:
            self._keeping.cancel()
        if self.process is None:
            return
        if self.process.returncode is None:
            self.process.send_signal(self.stop_signal)
            try:
                await asyncio.wait_for(self.process.wait(), self.stops_within)
            except TimeoutError:
                self.console.say(f"{self.name} does not stop; killed", who=self.name)
        self.kill()
        await self._ended()

    def kill(self) -> None:
        """Ends whatever is left of the process and of those that it started."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    async def _spawn(self) -> None:
        options = {
            "stdin": subprocess.DEVNULL,
            "start_new_session": True,
            "preexec_fn": die_with_parent(signal.SIGKILL),
            "env": os.environ | dict(self.environment),
            **self.options,
        }
        self.process = await asyncio.create_subprocess_exec(
            *self.command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            limit=LONGEST_LINE,
            **options,
        )
        if self.process.stdout:
            self._relaying = asyncio.create_task(self.console.relay(self.process.stdout, self.name))

    async def _ended(self) -> int:
        if self.process is None:
            return 0
        status = await self.process.wait()
        if self._relaying:
            # a grandchild may hold the output open: its last words are not waited for
            await asyncio.wait([self._relaying], timeout=1)
            self._relaying.cancel()
        return status

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            status = await self._ended()
            self.kill()
            if time.monotonic() - began > STEADY_AFTER:
                pause = FIRST_PAUSE
            self.console.say(f"{_explained(status)}; starting it again in {pause:g} s", who=self.name)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            try:
                if self.before:
                    await asyncio.to_thread(self.before)
                await self._spawn()
            except Exception as error:  # noqa: BLE001 (whatever it is: say it, and try again)
                self.console.say(f"could not be started: {error}", who=self.name)


def _explained(status: int) -> str:
    if status >= 0:
        return f"ended with status {status}"
    return f"was ended by {signal.Signals(-status).name}"
