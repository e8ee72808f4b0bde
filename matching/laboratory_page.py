"""What the laboratory's page shows: one run with a row a policy, and the runs before it."""

from typing import Any

from matching.model_words import POLICIES, word
from matching.models import Run
from matching.services.laboratory import means_of

SHOWN_RUNS = 10


def laboratory_page(run_id: int | None) -> dict[str, Any]:
    """The run asked for, or the last one."""
    runs = list(Run.objects.filter(kind=Run.Kind.LABORATORY).select_related("asked_by")[:SHOWN_RUNS])
    run = next((run for run in runs if run.pk == run_id), runs[0] if runs else None)
    rows = means_of(run) if run else []
    return {
        "run": run,
        "runs": runs,
        "rows": [row | {"name": word(POLICIES, row["policy"])} for row in rows],
        "is_any_running": any(one.is_running for one in runs),
    }
