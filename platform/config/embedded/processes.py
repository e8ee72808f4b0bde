"""Starting a process so that it cannot outlive the one that started it, and finding one that did."""

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(sent: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends `sent` to the new process when the thread that started it is gone.

    So a runner that was killed with -9 leaves nothing behind. Only Linux has this; elsewhere it does nothing.
    """
    parent = os.getpid()

    def arrange() -> None:
        tie_to_parent(sent)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return arrange


def tie_to_parent(sent: signal.Signals) -> None:
    """For a process that runs already: `sent` reaches it when its parent is gone."""
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_PDEATHSIG, int(sent), 0, 0, 0)


def processes_in(folder: Path) -> list[int]:
    """The processes whose working directory is `folder`: a server's, and all that it forked."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cwd").readlink() == folder:
                found.append(int(entry.name))
    return found


def end_leftovers(folder: Path, gently: signal.Signals, patience: float = 10) -> int:
    """Ends what an earlier, killed runner left behind in `folder`; returns how many processes that were.

    First `gently` to those that started the others, after `patience` seconds with SIGKILL. Call it only while
    holding the home's lock: then whatever still runs in its folder has no owner.
    """
    first = processes_in(folder)
    _send([one for one in first if _parent(one) not in first], gently)
    deadline = time.monotonic() + patience
    while processes_in(folder):
        if time.monotonic() > deadline:
            _send(processes_in(folder), signal.SIGKILL)
        time.sleep(0.05)
    return len(first)


def _parent(process: int) -> int | None:
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def _send(processes: list[int], sent: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, sent)
