"""Numbers of a district, counted by the database from the rows themselves. What each counts is said here once.

A need counts in the period in which it was posted. *Met* means that everybody it asked for was found at some time.
*Time to the first acceptance* runs from posting to the first yes; needs without a yes are not in the median and are
counted beside it. *Fill rate* is people found for people asked for, of needs that were not cancelled. *Hours* are those
of the ledger, reversals included, by the local day on which the service began.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

NEEDS = """
WITH needs AS (
    SELECT request.id, left(request.division_id, 9) AS place, request.status, request.headcount, request.filled,
           request.staffed_at, request.posted_at,
           (SELECT min(offer.answered_at) FROM matching_offer offer
             WHERE offer.request_id = request.id AND offer.answered_at IS NOT NULL
               AND EXISTS (SELECT FROM matching_assignment yes WHERE yes.offer_id = offer.id)) AS first_yes
      FROM matching_servicerequest request
     WHERE request.division_id LIKE %(prefix)s AND request.posted_at >= %(starts)s AND request.posted_at < %(ends)s
)
SELECT place, count(*), count(*) FILTER (WHERE staffed_at IS NOT NULL),
       count(*) FILTER (WHERE status = 'returned'), count(*) FILTER (WHERE status = 'cancelled'),
       count(*) FILTER (WHERE first_yes IS NULL),
       coalesce(sum(headcount) FILTER (WHERE status <> 'cancelled'), 0),
       coalesce(sum(filled) FILTER (WHERE status <> 'cancelled'), 0),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first_yes - posted_at))
  FROM needs GROUP BY ROLLUP (place)
"""

HOURS = """
SELECT left(division_id, 9) AS place, coalesce(sum(minutes), 0), count(DISTINCT volunteer_id)
  FROM activities_servicerecord
 WHERE division_id LIKE %(prefix)s AND starts_at >= %(starts)s AND starts_at < %(ends)s
 GROUP BY ROLLUP (left(division_id, 9))
"""


@dataclass(frozen=True)
class PlaceNumbers:
    """One subdistrict, or the whole (`code` is empty). Rates are None where there is nothing to divide by."""

    code: str
    name: str
    posted: int = 0
    met: int = 0
    returned: int = 0
    cancelled: int = 0
    without_yes: int = 0
    people_asked_for: int = 0
    people_found: int = 0
    median_first_yes: timedelta | None = None
    minutes: int = 0
    volunteers: int = 0

    @property
    def fill_rate(self) -> int | None:
        """Percent."""
        return round(100 * self.people_found / self.people_asked_for) if self.people_asked_for else None

    @property
    def met_rate(self) -> int | None:
        """Percent of the needs that were not cancelled."""
        standing = self.posted - self.cancelled
        return round(100 * self.met / standing) if standing > 0 else None


@dataclass(frozen=True)
class Span:
    """Local days, the last one included."""

    first: date
    last: date

    @classmethod
    def of_days(cls, days: int) -> "Span":
        today = timezone.localdate()
        return cls(today - timedelta(days=days - 1), today)

    def as_parameters(self, code: str) -> dict[str, Any]:
        zone = timezone.get_current_timezone()
        return {
            "prefix": f"{code}%",
            "starts": datetime.combine(self.first, time.min, tzinfo=zone),
            "ends": datetime.combine(self.last + timedelta(days=1), time.min, tzinfo=zone),
        }


def numbers_by_place(code: str, span: Span, names: dict[str, str]) -> list[PlaceNumbers]:
    """The whole first (its code is empty), then each place of `names` in its order. Two queries."""
    parameters = span.as_parameters(code)
    with connection.cursor() as cursor:
        cursor.execute(NEEDS, parameters)
        needs = {row[0] or "": row[1:] for row in cursor.fetchall()}
        cursor.execute(HOURS, parameters)
        hours = {row[0] or "": row[1:] for row in cursor.fetchall()}
    return [
        _place(place, name, needs.get(place), hours.get(place)) for place, name in {"": "", **names}.items()
    ]


def _place(
    code: str, name: str, needs: tuple[Any, ...] | None, hours: tuple[Any, ...] | None
) -> PlaceNumbers:
    posted, met, returned, cancelled, without_yes, asked_for, found, median = needs or (
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        None,
    )
    minutes, volunteers = hours or (0, 0)
    return PlaceNumbers(
        code=code,
        name=name,
        posted=posted,
        met=met,
        returned=returned,
        cancelled=cancelled,
        without_yes=without_yes,
        people_asked_for=asked_for,
        people_found=found,
        median_first_yes=None if median is None else timedelta(seconds=float(median)),
        minutes=minutes,
        volunteers=volunteers,
    )
