"""PostgreSQL and Redis for one machine, from two wheels, when `DATABASE_URL` or `REDIS_URL` is not set.

A plain user's services live in `.data/` of the checkout. PostgreSQL refuses to run as root, so root's services run
as SERVICE_USER out of `/var/lib/ningju-<hash of the checkout's path>`: the checkout, its virtual environment and
every folder above them may be closed to that user, and none of them is ours to open. Only sockets are listened on,
in a folder that nobody else can enter, so two checkouts cannot meet and no password is needed.

The addresses follow from the checkout's path alone. That is how settings know them before anything runs, and how
`manage.py`, typed in a second terminal, finds the services of a running `make run`.
"""

from config.embedded.home import Home, Unavailable
from config.embedded.servers import PostgreSQL, Redis, Server, at_hand, running, started

__all__ = [
    "Home",
    "PostgreSQL",
    "Redis",
    "Server",
    "Unavailable",
    "at_hand",
    "celery_url",
    "database_url",
    "redis_url",
    "running",
    "secret",
    "started",
]


def database_url() -> str:
    """The address of this checkout's PostgreSQL, running or not."""
    return Home.of().database_url


def redis_url() -> str:
    """The address of this checkout's Redis, running or not."""
    return Home.of().redis_url


def celery_url(url: str) -> str:
    """Celery's spelling of a redis-py address: `unix:///path?db=0` is `redis+socket:///path?virtual_host=0` to it."""
    if not url.startswith("unix://"):
        return url
    return url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)


def secret(name: str, size: int = 32) -> str:
    """A secret of this checkout, kept beside the embedded data. Any process may ask; all get the same."""
    return Home.of().secret(name, size)
