"""Whether this machine has the wheels of the embedded services. Runs before anything is installed:

`python platform/config/embedded/machine.py` says what to set where one is missing, and fails.
"""

import os
import platform
import sys


def missing() -> list[tuple[str, str]]:
    """The services without a wheel for this machine, each with the variable that names another one."""
    has_glibc = platform.libc_ver()[0] == "glibc"
    machine = platform.machine().lower()
    found = []
    if not (sys.platform == "darwin" or (has_glibc and machine in {"x86_64", "aarch64"})):
        found.append(("PostgreSQL", "DATABASE_URL"))
    if not (has_glibc and machine == "x86_64"):
        found.append(("Redis", "REDIS_URL"))
    return [(name, variable) for name, variable in found if not os.environ.get(variable)]


if __name__ == "__main__":
    for name, variable in missing():
        sys.stderr.write(
            f"{name} does not come as a Python package for this kind of machine "
            f"({sys.platform}, {platform.machine()}). Install it, start it, and set {variable}: see .env.example.\n"
        )
    sys.exit(bool(missing()))
