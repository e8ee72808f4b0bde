"""The two servers: how each is prepared, started, asked whether it is ready, and stopped.

The wheels' own Python classes are not used: they leave servers behind and open folders that are not ours.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from config.embedded.home import DATABASE, ROLE, Home, Unavailable
from config.embedded.processes import die_with_parent, end_leftovers
from config.embedded.programs import postgres_programs, redis_program

READY_WITHIN = 60  # seconds; recovery after a crash replays what was not yet written to the tables
MAX_CONNECTIONS = 100
NEEDS_NO_SERVICES = {
    "help",
    "version",
    "--help",
    "--version",
    "check",
    "collectstatic",
    "diffsettings",
    "messages",
}
SECRETS = {"SECRET_KEY", "FIELD_KEYS", "SIGNING_KEY", "DATABASE_URL", "REDIS_URL"}


class Server(ABC):
    """One server of a home."""

    name: ClassVar[str]
    variable: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]

    def __init__(self, home: Home) -> None:
        self.home = home

    @property
    @abstractmethod
    def folder(self) -> Path:
        """Its working directory, which no other process has."""

    @abstractmethod
    def prepare(self) -> None:
        """Makes its folders and data if they are not there, and ends what a crash left behind. Blocks for seconds."""

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def ping(self) -> None:
        """Returns when the server answers, raises otherwise; within two seconds."""

    def is_ready(self) -> bool:
        try:
            self.ping()
        except Exception:  # noqa: BLE001 (whatever the client library says: not yet)
            return False
        return True

    def spawn_options(self) -> dict[str, Any]:
        """For `subprocess.Popen`: as the owner, in a session of its own (Ctrl-C is the runner's), tied to its life."""
        options: dict[str, Any] = {
            "cwd": self.folder,
            "env": _environment(),
            "stdin": subprocess.DEVNULL,
            "start_new_session": True,
            "preexec_fn": die_with_parent(self.stop_signal),
        }
        if owner := self.home.owner:
            options |= {"user": owner.uid, "group": owner.gid, "extra_groups": []}
        return options


class PostgreSQL(Server):
    name = "PostgreSQL"
    variable = "DATABASE_URL"
    stop_signal = signal.SIGINT  # "fast": ends the sessions, writes a checkpoint

    @property
    def folder(self) -> Path:
        return self.home.root / "postgres" / "18"

    @property
    def programs(self) -> Path:
        return postgres_programs(copied=self.home.owner is not None)

    def prepare(self) -> None:
        home = self.home
        home.make()
        end_leftovers(self.folder, self.stop_signal)
        if not (self.folder / "PG_VERSION").exists():
            self._make_cluster()
        # We hold the lock and nothing runs in the folder: a lock file is a crash's, even if its process number
        # has been given to somebody else since.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        for stale in home.run.glob(".s.PGSQL.5432*"):
            stale.unlink(missing_ok=True)

    def _make_cluster(self) -> None:
        """initdb into a folder beside, then rename: a start that was cut short leaves nothing half made."""
        making = self.folder.with_name("18.new")
        shutil.rmtree(making, ignore_errors=True)
        # Under plain C, pg_trgm sees no letters in Chinese, and a search finds nothing.
        locale = ["-E", "UTF8", "--locale=C.UTF-8"]
        haste = [] if self.home.durable else ["--no-sync"]
        self._run("initdb", "-D", making, "-U", ROLE, "--auth=trust", "--no-instructions", *locale, *haste)
        self._run("postgres", "--single", "-D", making, "postgres", typed=f"CREATE DATABASE {DATABASE}\n")
        making.rename(self.folder)

    def _run(self, program: str, *arguments: str | Path, typed: str | None = None) -> None:
        options = self.spawn_options() | {
            "cwd": self.home.root,
            "preexec_fn": die_with_parent(signal.SIGKILL),
        }
        del options["stdin"]
        command = [str(self.programs / program), *map(str, arguments)]
        done = subprocess.run(
            command,
            check=False,
            input=typed or "",
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **options,
        )
        if done.returncode:
            raise Unavailable(f"{program} failed:\n{done.stdout}")

    def command(self) -> list[str]:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20  # MiB
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.home.run,
            "max_connections": MAX_CONNECTIONS,
            "shared_buffers": f"{max(64, min(memory // 4, 512))}MB",
            "effective_cache_size": f"{max(128, memory // 2)}MB",
            "work_mem": "8MB",
            "maintenance_work_mem": "128MB",
            "max_wal_size": "2GB",
            "random_page_cost": "1.1",
            "jit": "off",
            # parallel queries need more of /dev/shm than a container has, and two cores have no use for them
            "max_parallel_workers_per_gather": "0",
            "idle_in_transaction_session_timeout": "60s",
            "log_min_duration_statement": "2s",
            "log_checkpoints": "off",
            "log_timezone": "Asia/Shanghai",
            "log_line_prefix": "%t [%p] ",
        }
        if not self.home.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.folder), *options]

    def ping(self) -> None:
        import psycopg

        with psycopg.connect(self.home.database_url, connect_timeout=2) as connection:
            connection.execute("SELECT 1")


class Redis(Server):
    """Without persistence: what is lost here is swept from the database."""

    name = "Redis"
    variable = "REDIS_URL"
    stop_signal = signal.SIGTERM

    @property
    def folder(self) -> Path:
        return self.home.root / "redis"

    @property
    def log(self) -> Path:
        """Kept out of the terminal: it begins each time with warnings for those who store data in it."""
        return self.folder / "redis.log"

    def prepare(self) -> None:
        self.home.make()
        end_leftovers(self.folder, self.stop_signal)
        (self.home.run / "redis.sock").unlink(missing_ok=True)

    def command(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.home.run / "redis.sock"),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "save": "",
            "appendonly": "no",
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
            "logfile": str(self.log),
        }
        return [
            str(redis_program(copied=self.home.owner is not None)),
            *(part for name, value in settings.items() for part in (f"--{name}", value)),
        ]

    def ping(self) -> None:
        import redis

        with redis.Redis.from_url(self.home.redis_url, socket_timeout=2) as client:
            client.ping()


def _environment() -> dict[str, str]:
    """Ours, less our secrets and whatever would change a server's ways."""
    ours = {name: value for name, value in os.environ.items() if name not in SECRETS}
    kept = {name: value for name, value in ours.items() if not name.startswith(("PG", "LC_"))}
    return kept | {"LANG": "C.UTF-8"}


@contextlib.contextmanager
def running(home: Home) -> Iterator[None]:
    """Both servers of `home`, from here to the end of the block. For tests and single commands, not for `make run`.

    Raises Unavailable where they cannot run, or where somebody else runs them.
    """
    with home.locked(), contextlib.ExitStack() as entered:
        servers: list[Server] = [PostgreSQL(home), Redis(home)]
        for server in servers:
            entered.enter_context(started(server))
        yield


@contextlib.contextmanager
def started(server: Server) -> Iterator[subprocess.Popen[bytes]]:
    """One server, prepared and ready. Whoever calls holds the home's lock."""
    server.prepare()
    log = server.home.root / f"{server.name.lower()}.log"
    with log.open("w") as output:
        process = subprocess.Popen(server.command(), stdout=output, stderr=output, **server.spawn_options())
    try:
        deadline = time.monotonic() + READY_WITHIN
        while not server.is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise Unavailable(f"{server.name} did not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.05)
        yield process
    finally:
        process.send_signal(server.stop_signal)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def at_hand(*, command: str) -> Iterator[None]:
    """For a command typed by hand: the services that run already, or this checkout's own for the command's time.

    Exits with a sentence where neither can be had.
    """
    home = Home.of()
    servers = [server for server in (PostgreSQL(home), Redis(home)) if not os.environ.get(server.variable)]
    if not servers or command in NEEDS_NO_SERVICES:
        yield
        return
    try:
        with home.in_use() as use, contextlib.ExitStack() as entered:
            if not all(server.is_ready() for server in servers):
                entered.enter_context(home.locked())
                for server in servers:
                    entered.enter_context(started(server))
                entered.callback(use.wait_for_others)
            yield
    except Unavailable as refusal:
        sys.exit(str(refusal))
