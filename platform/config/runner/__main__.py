"""`python -m config.runner`, which `make run` starts."""

import asyncio
import contextlib
import os
import signal
import sys

from config.embedded import Unavailable
from config.runner.console import Console
from config.runner.site import Refused, Site

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def main() -> int:
    console = Console()
    site = Site(console)
    running = asyncio.create_task(site.run())
    loop = asyncio.get_running_loop()
    asked: list[signal.Signals] = []

    def stop(sent: signal.Signals) -> None:
        if asked:
            site.kill()
        else:
            console.say("Stopping; the data is kept. (Once more: at once.)")
            running.cancel()
        asked.append(sent)

    for sent in STOPPING:
        loop.add_signal_handler(sent, stop, sent)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await running
    except (Refused, Unavailable) as refusal:
        console.say(str(refusal))
        return 1
    finally:
        await site.stop()
    console.say("Stopped.")
    return 0 if not asked or asked[0] == signal.SIGINT else 128 + asked[0]


if __name__ == "__main__":
    status = asyncio.run(main())
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    os._exit(status)  # a thread that still waits for a server is not waited for
