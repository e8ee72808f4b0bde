"""What the terminal shows: one line a message, with the name of who said it."""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator

PATIENCE = 2  # seconds after which a step says what it is
REMINDER = 15  # seconds between further signs of life
COLOURS = {"site": "36", "postgres": "34", "redis": "31", "web": "32", "worker": "33", "beat": "35"}
LONGEST_LINE = 2**20


class Console:
    """Lines with a prefix, in colour on a terminal."""

    def __init__(self) -> None:
        self.in_colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self.gone = asyncio.Event()

    def say(self, text: str, *, who: str = "site") -> None:
        prefix = f"{who:<8} | "
        if self.in_colour:
            prefix = f"\x1b[{COLOURS.get(who.rstrip('.0123456789'), '0')}m{prefix}\x1b[0m"
        self.show("".join(f"{prefix}{line}\n" for line in text.splitlines()))

    def show(self, text: str) -> None:
        """As it is. A terminal that has gone away is no reason to fail."""
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except OSError:
            self.gone.set()

    async def relay(self, stream: asyncio.StreamReader, who: str) -> None:
        """Shows the lines of a process until it closes its output."""
        while True:
            try:
                line = await stream.readline()
            except ValueError:  # a line beyond the reader's limit: it has been thrown away
                continue
            if not line:
                return
            self.say(line.decode(errors="replace").rstrip(), who=who)

    @contextlib.asynccontextmanager
    async def step(self, doing: str) -> AsyncIterator[None]:
        """Says what is being done when it takes more than two seconds, and how long it took."""
        began = time.monotonic()
        reminding = asyncio.create_task(self._remind(doing, began))
        try:
            yield
        finally:
            reminding.cancel()
        if (took := time.monotonic() - began) > PATIENCE:
            self.say(f"{doing}: done in {took:.0f} s")

    async def _remind(self, doing: str, began: float) -> None:
        await asyncio.sleep(PATIENCE)
        self.say(f"{doing} ...")
        while True:
            await asyncio.sleep(REMINDER)
            self.say(f"{doing} ... ({time.monotonic() - began:.0f} s so far)")
