"""How far long work is, for whoever looks at its page, and its end; pages that are open look again."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from core.events import publish
from matching.events import RunMoved
from matching.models import AcceptanceVersion, Run


@transaction.atomic
def tell(run: Run, percent: int) -> None:
    if Run.objects.filter(pk=run.pk, status=Run.Status.RUNNING).update(percent=percent):
        publish(RunMoved(run.pk))


@transaction.atomic
def finish(run: Run, outcome: str, result: dict[str, Any], version: AcceptanceVersion | None = None) -> None:
    """Nothing changes when another worker finished it meanwhile."""
    Run.objects.filter(pk=run.pk, status=Run.Status.RUNNING).update(
        status=Run.Status.DONE,
        percent=100,
        outcome=outcome,
        result=result,
        version=version,
        finished_at=timezone.now(),
    )
    publish(RunMoved(run.pk))
