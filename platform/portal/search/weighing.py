"""What is short of people comes up in the search, and what many have found already comes down.

After SmartSort (matching.engine.ranking): the factor is psi(connections of the last 7 days / places) x (1 + shortage),
where the shortage is the share of places that are still free, counted with a third of its weight beside the words.
"""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

from activities.models import Activity, Shift, SignUp
from matching.engine import EquityRanking
from matching.models import Offer, ServiceRequest
from portal.models import SearchEntry

WEEK = timedelta(days=7)
SHORTAGE = 1 / 3
BATCH = 1_000
Kind = SearchEntry.Kind


def weigh() -> int:
    """Sets the factor of every activity and need in the index; the number that changed. Safe to run again."""
    since = timezone.now() - WEEK
    return sum(
        _weigh(kind, rows) for kind, rows in ((Kind.ACTIVITY, _activities(since)), (Kind.NEED, _needs(since)))
    )


def _activities(since: Any) -> dict[int, tuple[int, int, int]]:
    """Activity -> places, places taken, sign-ups since."""
    places = (
        Shift.objects.filter(ends_at__gt=timezone.now(), activity__status=Activity.Status.RECRUITING)
        .values("activity_id")
        .annotate(all=Sum("places"), filled=Sum("taken"))
        .values_list("activity_id", "all", "filled")
    )
    lately = dict(
        SignUp.objects.standing()
        .filter(signed_up_at__gte=since)
        .values("shift__activity_id")
        .annotate(count=Count("pk"))
        .values_list("shift__activity_id", "count")
    )
    return {pk: (everything, filled, lately.get(pk, 0)) for pk, everything, filled in places}


def _needs(since: Any) -> dict[int, tuple[int, int, int]]:
    """Need -> people wanted, people found, acceptances since."""
    accepted = Count("offers", filter=Q(offers__status=Offer.Status.ACCEPTED, offers__answered_at__gte=since))
    live = ServiceRequest.objects.live().annotate(lately=accepted)
    rows = live.values_list("pk", "headcount", "filled", "lately")
    return {pk: (wanted, filled, lately) for pk, wanted, filled, lately in rows}


def _weigh(kind: SearchEntry.Kind, rows: dict[int, tuple[int, int, int]]) -> int:
    entries = list(SearchEntry.objects.filter(kind=kind, object_id__in=rows).only("pk", "object_id", "boost"))
    if not entries:
        return 0
    known = [rows[entry.object_id] for entry in entries]
    boosts = EquityRanking().score(
        [1.0] * len(known),
        [lately for _all, _filled, lately in known],
        [wanted for wanted, _filled, _lately in known],
        shortage=[SHORTAGE * max(wanted - filled, 0) / max(wanted, 1) for wanted, filled, _lately in known],
    )
    changed = []
    for entry, boost in zip(entries, boosts, strict=True):
        if abs(entry.boost - float(boost)) > 1e-6:
            entry.boost = float(boost)
            changed.append(entry)
    SearchEntry.objects.bulk_update(changed, ["boost"], batch_size=BATCH)
    return len(changed)
