"""`python -m config.prepare`: what must be in place before the site starts. Safe to run again; then it is quick."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import django
from django.core.management import call_command, get_commands

PATIENCE = 2  # seconds after which a step says what it is


def step(doing: str, act: Callable[[], object]) -> None:
    """Runs `act`, and says what it is when it takes more than two seconds."""
    began = time.monotonic()
    telling = threading.Timer(PATIENCE, print, (f"{doing} ...",), {"flush": True})
    telling.start()
    try:
        act()
    finally:
        telling.cancel()
    if (took := time.monotonic() - began) > PATIENCE:
        print(f"{doing}: done in {took:.0f} s", flush=True)


def command(name: str, **options: Any) -> Callable[[], object]:
    return lambda: call_command(name, **options)


def load_demo() -> None:
    """The demo district, once: a database with people in it is left as it is."""
    from accounts.models import User

    if not User.objects.exists():
        call_command("demo")


def engine_being_compiled() -> "subprocess.Popen[bytes]":
    """The matching engine's machine code, made beside the other steps: workers then load it from the cache."""
    return subprocess.Popen(
        [sys.executable, "-c", "from matching.engine.warming import ready_for_pairs; ready_for_pairs()"]
    )


def wait_for(compiling: "subprocess.Popen[bytes]") -> None:
    """A planner without its cache is slow, not wrong: the site starts in any case."""
    if status := compiling.wait():
        print(
            f"The matching engine was not compiled (status {status}): the first plan will take longer.",
            flush=True,
        )


def main() -> None:
    compiling = engine_being_compiled()
    try:
        prepare_site()
    except BaseException:
        compiling.kill()
        raise
    step("Compiling the matching engine (only this once)", lambda: wait_for(compiling))


def prepare_site() -> None:
    django.setup()
    step("Compiling the words", command("messages", compile=True))
    step("Bringing the database up to date", command("migrate", interactive=False, verbosity=0))
    step("Collecting the static files", command("collectstatic", interactive=False, verbosity=0))
    if os.environ.get("LOAD_DEMO") == "1" and "demo" in get_commands():
        step("Loading the demo district (only this once)", load_demo)


if __name__ == "__main__":
    main()
