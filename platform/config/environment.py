"""The variables of `.env`, for whoever would rather keep them in a file than in the shell."""

import os
from pathlib import Path

ENV_FILE = Path(os.environ.get("ENV_FILE", Path(__file__).resolve().parents[2] / ".env"))


def read(file: Path = ENV_FILE) -> None:
    """Sets what `file` says and the environment does not. Lines of `NAME=value`; `#` begins a comment line."""
    if not file.is_file():
        return
    for line in file.read_text().splitlines():
        name, found, value = line.partition("=")
        if found and not line.lstrip().startswith("#"):
            os.environ.setdefault(name.strip(), value.strip().strip("'\""))
