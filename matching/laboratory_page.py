"""What the laboratory's page shows: one run with a row a policy or rule, and the runs before it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from matching.forms_laboratory import differences
from matching.model_words import POLICIES, word
from matching.models import Run
from matching.services.laboratory import means_of

SHOWN_RUNS = 10
RULES = {"now": _("The rule in force"), "changed": _("The changed rule")}


def laboratory_page(run_id: int | None) -> dict[str, Any]:
    """The run asked for, or the last one."""
    runs = list(Run.objects.filter(kind=Run.Kind.LABORATORY).select_related("asked_by")[:SHOWN_RUNS])
    run = next((run for run in runs if run.pk == run_id), runs[0] if runs else None)
    rows = means_of(run) if run else []
    rules = run.params.get("rules") if run else None
    return {
        "run": run,
        "runs": runs,
        "rows": [
            row | {"name": RULES[row["rule"]] if row["rule"] else word(POLICIES, row["policy"])}
            for row in rows
        ],
        "tried": differences(rules["now"], rules["changed"]) if rules else [],
        "may_take": bool(rules) and run is not None and run.status == Run.Status.DONE,
        "is_any_running": any(one.is_running for one in runs),
    }
