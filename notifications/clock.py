"""Tasks of the clock: reminders and calls. They tell, so they stand above the tasks that deliver."""

from celery import shared_task
from django.utils import timezone

from notifications import calling, reminders


@shared_task
def remind() -> None:
    """Reminders that are due. A second time tells nobody twice."""
    reminders.remind(timezone.now())


@shared_task
def call_for_places() -> None:
    """Free places are told to those who wanted to hear of them."""
    calling.call_watchers(timezone.now())


@shared_task
def call_the_silent() -> None:
    """Willing people whom nobody has asked for long hear of a free place near them."""
    calling.call_the_silent(timezone.now())
