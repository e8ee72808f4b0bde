"""The contact budget: each time somebody is asked is one line, whoever asks."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count

from accounts.models import AskLedger, RuleSet, SourceKind, Volunteer


def record_ask(
    *,
    volunteer: Volunteer,
    source_kind: SourceKind,
    source_id: int,
    asked_at: datetime,
    exceeds_budget: bool = False,
) -> None:
    """Write that this volunteer was asked; the same source again is the same ask."""
    AskLedger.objects.bulk_create(
        [
            AskLedger(
                volunteer=volunteer,
                source_kind=source_kind,
                source_id=source_id,
                asked_at=asked_at,
                exceeds_budget=exceeds_budget,
            )
        ],
        ignore_conflicts=True,
    )


def asks_since(volunteer_ids: Iterable[int], since: datetime) -> dict[int, int]:
    """How often each was asked from `since` on; who was not asked is not in the answer."""
    counted = (
        AskLedger.objects.filter(volunteer_id__in=list(volunteer_ids), asked_at__gte=since)
        .values_list("volunteer_id")
        .annotate(times=Count("id"))
    )
    return dict(counted)


def budget_of(volunteer: Volunteer, rules: RuleSet) -> int:
    """Asks a week at most: the rule, or what the person wants, up to what the rule lets them want."""
    if volunteer.weekly_asks is None:
        return rules.weekly_asks
    return min(volunteer.weekly_asks, rules.most_weekly_asks)
