"""Background work; every task takes ids or nothing and may run twice, late, or at the same time as another."""

from collections.abc import Iterable

from celery import shared_task

from matching.services import planning, sweeping


@shared_task
def plan_requests(request_ids: Iterable[int]) -> None:
    """Ask people about these needs, together with every need that was not planned yet."""
    planning.plan(request_ids)


@shared_task
def sweep() -> None:
    """Offers past their deadline end; needs that nobody thinks about are planned."""
    sweeping.expire_due_offers()
    if stranded := sweeping.stranded_requests():
        planning.plan(stranded)
