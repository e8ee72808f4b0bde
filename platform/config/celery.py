"""The Celery application: `celery -A config`.

The queue is a shortcut: it carries only ids, and whatever is lost there a sweep finds in the database. So a page waits
for it half a second at most, and does not fail because of it.
"""

import functools
import logging
import os
import signal
import time
import warnings
from typing import Any

from celery import Celery, signals
from celery.contrib.django.task import DjangoTask
from django.db import transaction
from kombu.exceptions import OperationalError

from config.embedded.processes import tie_to_parent

# Root starts the site on a machine of its own; the queue carries JSON only, which cannot run code.
warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")

logger = logging.getLogger(__name__)

PUBLISHING_LIMIT = 0.5  # seconds that a page waits for the queue
BREAK = 5.0  # seconds in which nobody tries a queue that has just failed

# For whoever publishes from a page: one try, and not for long.
HASTY = {
    "socket_timeout": PUBLISHING_LIMIT,
    "socket_connect_timeout": PUBLISHING_LIMIT,
    "max_retries": 0,
    "visibility_timeout": 600,
}
# For workers and beat, which have nothing else to do than to wait for it.
PATIENT = {
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 20,
    "visibility_timeout": 600,
}


class Breaker:
    """Remembers that the queue failed, so that not every request pays for finding out."""

    def __init__(self) -> None:
        self._until = 0.0

    def has_tripped(self) -> bool:
        return time.monotonic() < self._until

    def trip(self) -> None:
        self._until = time.monotonic() + BREAK

    def reset(self) -> None:
        self._until = 0.0


breaker = Breaker()


class Task(DjangoTask[Any, Any]):
    """A task that is queued quickly or not at all."""

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:  # type: ignore[override]
        """Raises kombu's OperationalError when the queue is gone: within the limit, and at once in the break after."""
        if breaker.has_tripped():
            raise OperationalError("the queue failed a moment ago")
        options.setdefault("retry", False)
        try:
            return super().apply_async(args, kwargs, **options)
        except OperationalError:
            breaker.trip()
            raise

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        self.apply_async_on_commit(args, kwargs)

    def apply_async_on_commit(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Queues it once the transaction is committed. A queue that is gone is logged; the sweep does it then."""
        transaction.on_commit(functools.partial(self._queue_if_possible, *args, **kwargs))

    def _queue_if_possible(self, *args: Any, **kwargs: Any) -> None:
        try:
            self.apply_async(*args, **kwargs)
        except OperationalError as error:
            logger.warning("%s%r was not queued (%s); the sweep will do it", self.name, args, error)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("ningju", task_cls=Task)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.broker_transport_options = HASTY
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="clock")  # tasks that beat starts and that themselves tell people


POST = {"notifications.tasks.deliver", "notifications.tasks.sweep"}  # those that wait for servers of others


def live_queue() -> str:
    """What open pages show has a queue and a worker of its own: it waits neither for a plan of a district nor for the
    mail of ten thousand people."""
    return f"{app.conf.task_default_queue}-live"


def mail_queue() -> str:
    """Whatever is brought to a server of somebody else (mail, push, text messages), which may be slow or hang."""
    return f"{app.conf.task_default_queue}-mail"


def route(name: str, *_: Any, **__: Any) -> dict[str, str] | None:
    if name in POST:
        return {"queue": mail_queue()}
    return {"queue": live_queue()} if name.startswith("notifications.tasks.") else None


app.conf.task_routes = (route,)


@signals.celeryd_init.connect
def wait_patiently(conf: Any, **_: Any) -> None:
    conf.broker_transport_options = PATIENT


@signals.beat_init.connect
def wait_patiently_in_beat(**_: Any) -> None:
    app.conf.broker_transport_options = PATIENT


@signals.worker_process_init.connect
def leave_with_the_worker(**_: Any) -> None:
    """A worker that was killed leaves no children waiting for work."""
    tie_to_parent(signal.SIGKILL)


@signals.worker_ready.connect
def beat_at_once(**_: Any) -> None:
    """The first pulse: `/readyz` need not wait for beat's next one."""
    app.tasks["core.tasks.beat"].delay()
