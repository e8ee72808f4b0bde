"""What this app does by itself."""

from celery import shared_task

from activities import bands, chain, services


@shared_task
def finish_what_is_over() -> int:
    """Finish activities that ended a day ago. Safe to run twice: what is finished is no longer found."""
    return services.finish_what_is_over()


@shared_task
def move_waiting_lists() -> int:
    """Offer places on that were not taken in time, close the lines of shifts that have begun. Safe to run twice."""
    return services.move_lines()


@shared_task
def close_ledger() -> int:
    """Close the batches of the chain, fold the ranks, publish the heads of months that are over. Safe to run twice."""
    while bands.fold_moves():
        pass
    batches = chain.close_ledger()
    chain.publish_heads()
    return batches
