"""The one place that touches numba: a typed decorator and a cache that cannot go stale.

numba keeps compiled machine code beside the sources, but it only notices changes of the file that holds the
*calling* function. Kernels call each other across files, so the cache folder carries a digest of all kernel sources.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba


def _digest_of_kernels(folder: Path) -> str:
    digest = hashlib.sha256(f"numba {numba.__version__}".encode())
    for source in sorted(folder.rglob("*.py")):
        text = source.read_bytes()
        if b"@compiled" in text:
            digest.update(text)
    return digest.hexdigest()[:16]


def _use_own_cache_folder() -> None:
    settings: Any = numba.config
    if settings.CACHE_DIR:
        return
    folder = Path(__file__).parent
    cache = folder / "__pycache__" / f"kernels-{_digest_of_kernels(folder)}"
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError:
        return  # a read-only installation: numba falls back to the user's own cache folder
    settings.CACHE_DIR = str(cache)


_use_own_cache_folder()

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a function of arrays to machine code on first use (cached on disk, runs without the GIL)."""
    return cast("F", numba.njit(cache=True, nogil=True)(function))
