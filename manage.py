#!/usr/bin/env python
"""Django's commands, with `platform/` on the path and PostgreSQL and Redis at hand."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def main() -> None:
    sys.path.insert(1, str(ROOT / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from config import embedded

    with embedded.at_hand(command=sys.argv[1] if sys.argv[1:] else "help"):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
