"""Tasks of the ground, and how work is handed to the queue."""

import logging
from typing import Any

from celery import Task, shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from core.models import Heartbeat

logger = logging.getLogger(__name__)


def queue_after_commit(task: "Task[Any, Any]", *args: Any) -> None:
    """Hand `task` to the queue once the transaction is committed. A queue that is gone is logged and never raises:
    what was to be done stands in the database, and a sweep of that app does it."""

    def hand_over() -> None:
        try:
            task.apply_async(args, retry=False)
        except OperationalError as error:
            logger.warning("%s%r was not queued (%s); the sweep will do it", task.name, args, error)

    transaction.on_commit(hand_over)


@shared_task
def beat() -> None:
    """Says that the worker is alive: beat asked, and a worker did it."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"seen_at": timezone.now()})
