"""How evenly people are asked: the spread of the contact budget in a district, for the staff of its centre."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Max, Q, QuerySet

from accounts.models import Volunteer

STEPS = (0, 1, 2, 3, 5, 8)  # lower ends of the bars; the last one is open

SPREAD = """
WITH willing AS (
    SELECT v.id FROM accounts_volunteer v JOIN accounts_user u ON u.id = v.user_id
    WHERE v.status = 'verified' AND v.accepts_pushes AND u.is_active
      AND coalesce(v.weekly_asks, 1) > 0 AND v.home_division_id LIKE %(code)s
), asked AS (
    SELECT w.id,
           count(a.id) FILTER (WHERE a.asked_at >= %(since)s) AS asks,
           count(a.id) FILTER (WHERE a.asked_at >= %(since)s AND a.exceeds_budget) AS beyond,
           max(a.asked_at) AS last_at
    FROM willing w LEFT JOIN accounts_askledger a ON a.volunteer_id = w.id
    GROUP BY w.id
), ranked AS (
    SELECT asks, beyond, last_at, row_number() OVER (ORDER BY asks, id) AS place, count(*) OVER () AS people
    FROM asked
)
SELECT count(*), coalesce(sum(asks), 0), coalesce(sum(beyond), 0), count(*) FILTER (WHERE last_at IS NULL),
       count(*) FILTER (WHERE last_at < %(silent)s), min(last_at), coalesce(max(asks), 0),
       sum((2 * place - people - 1) * asks)::float / nullif(max(people) * sum(asks), 0),
       array_agg(asks ORDER BY asks)
FROM ranked
"""


@dataclass(frozen=True)
class Bar:
    """So many people were asked from `low` to `high` times; `high` is None for the open end."""

    low: int
    high: int | None
    people: int


@dataclass(frozen=True)
class Spread:
    """Of the willing people of a district: asks of the last weeks, who hears nothing, and how uneven it is.

    `gini` is 0 when everybody is asked equally often and near 1 when one is asked all the time; None without asks.
    """

    people: int
    asks: int
    beyond: int
    never: int
    silent: int
    longest_silence: datetime | None
    most: int
    gini: float | None
    bars: tuple[Bar, ...]

    @property
    def share_never(self) -> float:
        return self.never / self.people if self.people else 0.0

    @property
    def a_person(self) -> float:
        return self.asks / self.people if self.people else 0.0

    @property
    def longest_bar(self) -> int:
        return max((bar.people for bar in self.bars), default=0)


def spread_of_asks(code: str, *, now: datetime, days: int, silence: timedelta) -> Spread:
    """One query, whatever the district's size."""
    given: dict[str, Any] = {
        "code": f"{code}%",
        "since": now - timedelta(days=days),
        "silent": now - silence,
    }
    with connection.cursor() as cursor:
        cursor.execute(SPREAD, given)
        people, asks, beyond, never, silent, longest, most, gini, counts = cursor.fetchone()
    return Spread(people, int(asks), int(beyond), never, silent, longest, most, gini, _bars(counts or []))


def _bars(counts: list[int]) -> tuple[Bar, ...]:
    ends = [*[low - 1 for low in STEPS[1:]], None]
    return tuple(
        Bar(low, high, sum(low <= count and (high is None or count <= high) for count in counts))
        for low, high in zip(STEPS, ends, strict=True)
    )


def longest_silent(code: str, *, before: datetime, limit: int = 20) -> QuerySet[Volunteer]:
    """Willing people who have not been asked since `before`, those never asked first."""
    found = (
        Volunteer.objects.verified()
        .filter(home_division__code__startswith=code, accepts_pushes=True, user__is_active=True)
        .exclude(weekly_asks=0)
        .annotate(last_asked_at=Max("asks__asked_at"))
        .filter(Q(last_asked_at__lt=before) | Q(last_asked_at=None, verified_at__lt=before))
    )
    return found.select_related("user", "home_division").order_by(
        F("last_asked_at").asc(nulls_first=True), "verified_at", "pk"
    )[:limit]
