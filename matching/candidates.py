"""Which volunteers are read for a need.

What a row of the table shows is asked of the database, afresh each time: whoever was verified, suspended or moved a
moment ago counts as such, and nothing has to be kept in step in memory.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from django.db.models import F, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Abs
from django.db.models.lookups import Exact, LessThanOrEqual

from accounts.models import Volunteer, VolunteerSkill
from core.geo import REFERENCE_LAT
from matching.needs import Need

METRES_A_DEGREE = 110_000  # a little less than any: the square is never too small
MOST_SQUARES = 12  # more needs at once, as after an outage, are looked at over everybody


def candidates(needs: Sequence[Need]) -> QuerySet[Volunteer]:
    """Everybody who holds a skill that one of the needs asks for; all volunteers where a need asks for none."""
    if any(not need.request.skills for need in needs):
        return Volunteer.objects.exclude(status=Volunteer.Status.SUSPENDED)
    skills = {skill for need in needs for skill in need.request.skills}
    holders = VolunteerSkill.objects.filter(skill__in=skills).order_by().values("volunteer_id")
    return Volunteer.objects.exclude(status=Volunteer.Status.SUSPENDED).filter(pk__in=holders)


def within_reach(needs: Sequence[Need]) -> QuerySet[Volunteer]:
    """Of the candidates those who are verified, may be asked, free at the time and not too far for one of the needs.

    Never fewer than pass the limits (matching/checks.py), which are looked at afterwards. One query.
    """
    if not needs or len(needs) > MOST_SQUARES:
        return candidates(needs)
    could = Q()
    for need in needs:
        could |= _could_come(need)
    found = candidates(needs).filter(could, status=Volunteer.Status.VERIFIED, accepts_pushes=True)
    return these(found.values_list("pk", flat=True))


def _could_come(need: Need) -> Q:
    is_free = Q(Exact(F("slots").bitand(need.slots), Value(need.slots)))
    if need.request.is_remote:
        return is_free
    there = need.request.cell.centre
    north = Abs(F("lat") - Value(there.lat)) * Value(float(METRES_A_DEGREE))
    east = Abs(F("lon") - Value(there.lon)) * Value(METRES_A_DEGREE * math.cos(math.radians(REFERENCE_LAT)))
    return is_free & Q(LessThanOrEqual(north, F("radius_m"))) & Q(LessThanOrEqual(east, F("radius_m")))


def these(ids: Iterable[int]) -> QuerySet[Volunteer]:
    """Those of them who are not suspended."""
    # one array instead of thousands of parameters in each query that asks about these people
    listed = RawSQL("SELECT unnest(%s::bigint[])", (list(ids),))
    return Volunteer.objects.exclude(status=Volunteer.Status.SUSPENDED).filter(pk__in=listed)
