"""What this app does by itself."""

from celery import shared_task

from activities import services


@shared_task
def finish_what_is_over() -> int:
    """Finish activities that ended a day ago. Safe to run twice: what is finished is no longer found."""
    return services.finish_what_is_over()


@shared_task
def move_waiting_lists() -> int:
    """Offer places on that were not taken in time, close the lines of shifts that have begun. Safe to run twice."""
    return services.move_lines()
