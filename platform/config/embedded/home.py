"""Where the services of one checkout live, who owns them, and what their addresses are."""

import base64
import contextlib
import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO
from urllib.parse import quote

CHECKOUT = Path(__file__).resolve().parents[3]
TEST_PREFIX = "ningju-test-"
ROOTS_HOME = Path("/var/lib")
DATABASE = ROLE = "ningju"
SOCKET_PATH_LIMIT = 100  # sun_path has room for 107 bytes; a name and a lock file's ending must fit as well


class Unavailable(Exception):
    """The embedded services cannot run here; the text says which variable to set instead."""


@dataclass(frozen=True)
class Owner:
    """The unprivileged user that root's services run as."""

    uid: int
    gid: int

    @classmethod
    def for_services(cls) -> "Owner | None":
        """SERVICE_USER (`nobody` unless set) when we are root, None when we are nobody special.

        PostgreSQL looks its own user up by name, so a number without an entry would not do.
        """
        if os.geteuid() != 0:
            return None
        name = os.environ.get("SERVICE_USER", "nobody")
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            raise Unavailable(
                f"There is no user {name!r}: set SERVICE_USER, or DATABASE_URL and REDIS_URL."
            ) from None
        if entry.pw_uid == 0:
            raise Unavailable("SERVICE_USER must not be root: PostgreSQL refuses to run as root.")
        return cls(entry.pw_uid, entry.pw_gid)


@dataclass(frozen=True)
class Use:
    file: IO[str]

    def wait_for_others(self) -> None:
        """Returns when no other command uses the services."""
        fcntl.flock(self.file, fcntl.LOCK_EX)


@dataclass(frozen=True)
class Home:
    """The folder that holds one checkout's services: `programs`, `run` (sockets), `postgres`, `redis`, `secrets`."""

    root: Path
    durable: bool = True

    @classmethod
    def of(cls, checkout: Path = CHECKOUT) -> "Home":
        """The home that follows from the checkout's path and from who asks."""
        if os.geteuid() == 0:
            return cls(ROOTS_HOME / f"ningju-{_digest(checkout)}")
        return cls(checkout / ".data")

    @cached_property
    def owner(self) -> Owner | None:
        return Owner.for_services()

    @property
    def run(self) -> Path:
        """Where the sockets are: a short path under /tmp when the checkout lies too deep for a socket's name."""
        run = self.root / "run"
        if len(os.fsencode(run / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT:
            return run
        return Path("/tmp") / f"ningju-{os.geteuid()}-{_digest(self.root)}"  # noqa: S108 (checked by folder())

    @property
    def database_url(self) -> str:
        return f"postgres://{ROLE}@/{DATABASE}?host={quote(str(self.run), safe='/')}"

    @property
    def redis_url(self) -> str:
        return f"unix://{quote(str(self.run / 'redis.sock'), safe='/')}?db=0"

    @classmethod
    @contextlib.contextmanager
    def thrown_away(cls) -> Iterator["Home"]:
        """A home for tests: in haste rather than safe against a power cut, and gone at the end.

        Under /tmp itself: TMPDIR may lie in a folder that the owner cannot enter. What a killed run left is removed.
        """
        for left in Path("/tmp").glob(f"{TEST_PREFIX}*"):  # noqa: S108
            with contextlib.suppress(OSError, Unavailable):
                found = left.lstat()
                if found.st_uid == os.geteuid() and found.st_mtime < time.time() - 600:
                    with cls(left).locked():
                        shutil.rmtree(left)
        root = Path(tempfile.mkdtemp(prefix=TEST_PREFIX, dir="/tmp"))
        root.chmod(0o755)
        try:
            yield cls(root, durable=False)
        finally:
            shutil.rmtree(root, ignore_errors=True)

    def make(self) -> None:
        """Makes the folders. Only those that the services write to belong to their owner."""
        self.folder(self.root, mode=0o755)
        for path in (self.run, self.root / "postgres", self.root / "redis"):
            self.folder(path, owner=self.owner)

    def remember_checkout(self) -> None:
        """Writes down whose home this is, and removes root's homes of clones in /tmp that are gone.

        Others keep their data: a checkout that is not there today may lie on a disk that is not mounted.
        """
        self.folder(self.root, mode=0o755)
        (self.root / "checkout").write_text(str(CHECKOUT))
        for other in ROOTS_HOME.glob("ningju-*"):
            with contextlib.suppress(OSError, Unavailable):
                checkout = Path((other / "checkout").read_text())
                if checkout.is_relative_to("/tmp") and not checkout.exists():  # noqa: S108
                    with Home(other).locked():
                        shutil.rmtree(other)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Held by the one process that runs the services here; the kernel lets go when it dies, however it dies.

        Raises Unavailable when another process holds it.
        """
        self.folder(self.root, mode=0o755)
        with (self.root / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.seek(0)
                owner = lock.read().strip()
                raise Unavailable(
                    f"PostgreSQL and Redis of this checkout are run by process {owner} (`make run`, or a command). "
                    "Wait until it ends, or stop it."
                ) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    @contextlib.contextmanager
    def in_use(self) -> Iterator["Use"]:
        """Held by every command that uses the services, whoever runs them."""
        self.folder(self.root, mode=0o755)
        with (self.root / "in-use").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            yield Use(file)

    def folder(self, path: Path, *, owner: Owner | None = None, mode: int = 0o700) -> Path:
        """Makes `path` as a folder of ours, or takes the one that is there if it is ours. Raises Unavailable."""
        with contextlib.suppress(FileExistsError):
            path.mkdir(parents=True, mode=mode)
            path.chmod(mode)
            if owner:
                os.chown(path, owner.uid, owner.gid)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), owner.uid if owner else -1}:
            raise Unavailable(f"{path} is in the way: it is not a folder of ours.")
        return path

    def secret(self, name: str, size: int) -> str:
        """A random text of `size` bytes in URL-safe base64, made at the first asking and kept beside the data."""
        self.folder(self.root, mode=0o755)
        path = self.folder(self.root / "secrets") / name
        if not path.exists():
            made = path.with_name(f".{name}.{secrets.token_hex(8)}")
            made.touch(mode=0o600)
            made.write_bytes(base64.urlsafe_b64encode(secrets.token_bytes(size)))
            with contextlib.suppress(FileExistsError):  # two processes at once: the first one's stays
                os.link(made, path)
            made.unlink()
        return path.read_text()


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
