"""What the rules of the day let count, and for whom, before a record is appended."""

from datetime import datetime, time, timedelta

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from accounts.models import Membership, Organisation, RuleSet, Volunteer
from activities.models import ServiceRecord, Tally
from activities.rankings import tally_minutes

HOURS_LOCK = 4101  # the class of the advisory lock of one person's hours


def lock_hours_of(volunteer_id: int) -> None:
    """One record after another for a person until the transaction ends: caps and overlaps are looked at under it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [HOURS_LOCK, volunteer_id % 2**31])


def minutes_left(*, volunteer_id: int, starts_at: datetime, rules: RuleSet) -> int | None:
    """Minutes that the caps of the day and the year still let count for this person; None without a cap.

    The caller holds the lock of the person's hours.
    """
    day, left = timezone.localdate(starts_at), []
    if rules.daily_cap_minutes:
        begins = datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
        given = ServiceRecord.objects.filter(
            volunteer=volunteer_id, starts_at__gte=begins, starts_at__lt=begins + timedelta(days=1)
        ).aggregate(minutes=Sum("minutes"))["minutes"]
        left.append(rules.daily_cap_minutes - (given or 0))
    if rules.yearly_cap_minutes:
        year = tally_minutes(
            subject_kind=Tally.Subject.VOLUNTEER, subject_id=volunteer_id, period=Tally.Period.YEAR, day=day
        )
        left.append(rules.yearly_cap_minutes - year)
    return max(min(left), 0) if left else None


def unit_of(volunteer: Volunteer) -> Organisation | None:
    """The workplace unit where the person is registered besides the neighbourhood (双报到); the first, of several."""
    membership = (
        Membership.objects.filter(
            user=volunteer.user_id,
            status=Membership.Status.MEMBER,
            organisation__kind__in=(Organisation.Kind.UNIT, Organisation.Kind.PUBLIC_BODY),
        )
        .select_related("organisation")
        .order_by("id")
        .first()
    )
    return membership.organisation if membership else None


def rules_on(starts_at: datetime, division_code: str) -> RuleSet:
    return RuleSet.objects.in_force(timezone.localdate(starts_at), division_code)
