"""Who could come instead: eligible people, the least recently asked first."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import Exists, F, Max, OuterRef, Q
from django.utils import timezone

from accounts.models import Commitment, RuleSet, Volunteer
from accounts.services.asks import asks_since, budget_of
from activities.checks.sign_up import WAITING_CHECKS, why_not
from activities.checks.wishes import Wish, roles_of
from activities.models import Shift, ShiftRole, SignUp
from activities.qualifications import Papers

SUBDISTRICT_DIGITS = 9
WEEK = timedelta(days=7)
MOST_LOOKED_AT = 300  # of the least recently asked; further ones are looked at when these are used up


def who_could_come(
    shift: Shift,
    *,
    rules: RuleSet,
    now: datetime,
    limit: int,
    role: ShiftRole | None = None,
    without: Iterable[int] = (),
) -> list[Volunteer]:
    """At most `limit` people who could take a place in this shift (in this role), the least recently asked first.

    Looked for among the people of the subdistrict and those who have been with this organiser before. Nobody is asked
    who wants no pushes, has a promise at that time (with the rest of the rules around it), has a place already or was
    asked as often as the contact budget allows. `without` are ids of volunteers. Six queries.
    """
    activity = shift.activity
    rest = timedelta(minutes=rules.rest_minutes)
    busy = Commitment.objects.filter(volunteer=OuterRef("pk")).overlapping(
        shift.starts_at - rest, shift.ends_at + rest
    )
    coming = SignUp.objects.standing().filter(volunteer=OuterRef("pk"), shift=shift)
    near = Q(home_division__code__startswith=activity.division_id[:SUBDISTRICT_DIGITS])
    if activity.organisation_id is not None:
        known = SignUp.objects.standing().filter(shift__activity__organisation=activity.organisation_id)
        near |= Q(pk__in=known.values("volunteer"))
    rows = (
        Volunteer.objects.verified()
        .filter(near, ~Exists(busy), ~Exists(coming), accepts_pushes=True, user__is_active=True)
        .exclude(pk__in=list(without))
        .at_home(timezone.localdate(now))
        .annotate(last_asked_at=Max("asks__asked_at"))
        .order_by(F("last_asked_at").asc(nulls_first=True), "id")
        .select_related("user")
    )
    found = list(rows[:MOST_LOOKED_AT])
    papers, roles = Papers.of(volunteer.pk for volunteer in found), roles_of([shift]).get(shift.pk, ())
    asked = asks_since([volunteer.pk for volunteer in found], now - WEEK)
    wishes = (
        (volunteer, Wish(shift, volunteer, rules, now, papers=papers, roles=roles))
        for volunteer in found
        if asked.get(volunteer.pk, 0) < budget_of(volunteer, rules)
    )
    could = (
        volunteer
        for volunteer, wish in wishes
        if (role is None or role in wish.own_roles) and why_not(wish, WAITING_CHECKS) is None
    )
    return list(islice(could, limit))
