"""The site looks at each record that is appended and raises what seems odd; nothing is refused because of it."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Division, RuleSet, User, Volunteer
from activities.models import RecordCheck, ServiceRecord, SignUp
from core import states
from core.geo import Point, distance_m

Kind, Status = RecordCheck.Kind, RecordCheck.Status
CHECK_MOVES: states.Moves = {Status.WAITING: frozenset({Status.RIGHT, Status.CORRECTED, Status.SETTLED})}
# The point of a neighbourhood may be the middle of its subdistrict: so much of a way may be no way at all.
VAGUE_M = 1500
NEAR = timedelta(hours=12)


def raise_check(
    *,
    kind: str,
    about: str,
    volunteer: Volunteer,
    division: Division,
    facts: Mapping[str, int | str] | None = None,
    record: ServiceRecord | None = None,
) -> RecordCheck:
    """Put a doubt into the queue of the division's staff. The same `kind` and `about` again is the first one."""
    check, _is_new = RecordCheck.objects.get_or_create(
        kind=kind,
        about=about,
        defaults={"volunteer": volunteer, "division": division, "record": record, "facts": dict(facts or {})},
    )
    return check


@transaction.atomic
def settle_check(*, kind: str, about: str, by: User | None = None) -> None:
    """The doubt is gone because what it was about has been dealt with; nothing happens when there is none."""
    check = (
        RecordCheck.objects.select_for_update().filter(kind=kind, about=about, status=Status.WAITING).first()
    )
    if check is not None:
        states.move(check, Status.SETTLED, moves=CHECK_MOVES, by=by, decided_by=by, decided_at=timezone.now())


def look_at(record: ServiceRecord, *, rules: RuleSet, observed: int) -> None:
    """Raise what is odd about an appended record: less counted than observed, an overlap, an impossible way.

    Called under the lock of the person's hours, so of two records that overlap the later one sees the earlier.
    """
    about = f"record:{record.pk}"
    if observed > record.minutes:
        _raise(record, Kind.CAP, about, {"observed": observed, "counted": record.minutes})
    if not record.minutes:
        return
    near = list(_near(record))
    for other in near:
        begins, ends = max(record.starts_at, other.starts_at), min(record.ends_at, other.ends_at)
        minutes = (ends - begins) // timedelta(minutes=1)
        if minutes > 0:
            _raise(record, Kind.OVERLAP, about, {"other": other.name, "minutes": minutes})
            return
    if rules.travel_km_an_hour:
        _look_at_the_way(record, near, about, rules.travel_km_an_hour)


def _raise(record: ServiceRecord, kind: str, about: str, facts: dict[str, int | str]) -> None:
    raise_check(
        kind=kind,
        about=about,
        volunteer=record.volunteer,
        division=record.division,
        facts=facts,
        record=record,
    )


def _near(record: ServiceRecord) -> "list[ServiceRecord]":
    """The person's other records that count and begin within half a day of this one."""
    return list(
        ServiceRecord.objects.filter(
            volunteer=record.volunteer_id,
            starts_at__range=(record.starts_at - NEAR, record.ends_at + NEAR),
            reverses__isnull=True,
            reversed_by__isnull=True,
            minutes__gt=0,
        )
        .exclude(pk=record.pk)
        .select_related("division__parent")
    )


def _look_at_the_way(record: ServiceRecord, near: "list[ServiceRecord]", about: str, km_an_hour: int) -> None:
    if not near:
        return
    here = _point(record)
    for other in near:
        there = _point(other)
        gap = max(record.starts_at - other.ends_at, other.starts_at - record.ends_at)
        if here is None or there is None or gap < timedelta():
            continue
        metres = distance_m(here, there)
        needed = timedelta(hours=max(metres - VAGUE_M, 0) / 1000 / km_an_hour)
        if needed > gap:
            facts: dict[str, int | str] = {
                "other": other.name,
                "km": round(metres / 1000),
                "minutes": gap // timedelta(minutes=1),
            }
            _raise(record, Kind.TRAVEL, about, facts)
            return


def _point(record: ServiceRecord) -> Point | None:
    """Where the activity was; a service for a household only as near as its neighbourhood."""
    if record.source_kind == ServiceRecord.Source.SHIFT:
        found = SignUp.objects.filter(pk=record.source_id).values_list(
            "shift__activity__lon", "shift__activity__lat"
        )
        if point := found.first():
            return Point(*point)
    return record.division.point
