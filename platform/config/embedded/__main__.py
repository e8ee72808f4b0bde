"""`python -m config.embedded COMMAND`: runs a command of Python beside services that are thrown away afterwards.

`--forget` instead deletes this checkout's own services with all their data.
"""

import os
import shutil
import subprocess
import sys

from config.embedded import Home, Unavailable, running


def main() -> int:
    if sys.argv[1:] == ["--forget"]:
        return forget()
    with Home.thrown_away() as home, running(home):
        addresses = {"DATABASE_URL": home.database_url, "REDIS_URL": home.redis_url}
        return subprocess.run(
            [sys.executable, *sys.argv[1:]], env=os.environ | addresses, check=False
        ).returncode


def forget() -> int:
    home = Home.of()
    with home.locked():
        shutil.rmtree(home.root)
        shutil.rmtree(home.run, ignore_errors=True)
    sys.stdout.write(f"Deleted {home.root}.\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Unavailable as refusal:
        sys.exit(str(refusal))
