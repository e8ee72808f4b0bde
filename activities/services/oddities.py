"""What attendance looks odd by itself: check-ins that were never ended, and the same few who approve each other.

Each goes into the queue of doubts once (services/doubts.py), where a person decides. Safe to run twice.
"""

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from accounts.models import RuleSet, Volunteer
from activities.circles import Circle, Edge, circles
from activities.models import Attendance, RecordCheck, Timesheet
from activities.services.doubts import raise_check
from activities.services.sign_up import rules_of

Kind = RecordCheck.Kind


def about_check_in(pair_id: int) -> str:
    return f"check-in:{pair_id}"


def raise_open_check_ins() -> int:
    """Check-ins whose check-out has closed; how many are new."""
    now = timezone.now()
    known = set(RecordCheck.objects.waiting().filter(kind=Kind.OPEN).values_list("about", flat=True))
    open_pairs = Attendance.objects.filter(checked_out_at__isnull=True, sign_up__shift__ends_at__lt=now)
    raised = 0
    for pair in open_pairs.select_related("sign_up__shift__activity__division", "sign_up__volunteer"):
        shift = pair.sign_up.shift
        closes_at = shift.ends_at + timedelta(minutes=rules_of(shift).check_out_closes_minutes)
        if closes_at < now and about_check_in(pair.pk) not in known:
            raise_check(
                kind=Kind.OPEN,
                about=about_check_in(pair.pk),
                volunteer=pair.sign_up.volunteer,
                division=shift.activity.division,
            )
            raised += 1
    return raised


def raise_circles() -> int:
    """Small groups that mostly vouch for each other, once a month for each member; how many members were found."""
    now = timezone.now()
    rules = RuleSet.objects.in_force(timezone.localdate(now))
    found = circles(
        vouched_since(now - timedelta(days=rules.circle_days)),
        people=rules.circle_people,
        times=rules.circle_times,
        percent=rules.circle_percent,
    )
    for circle in found:
        _raise(circle, month=f"{timezone.localdate(now):%Y-%m}")
    return sum(len(circle.members) for circle in found)


@transaction.atomic
def _raise(circle: Circle, *, month: str) -> None:
    members = Volunteer.objects.filter(user__in=circle.members).select_related("home_division")
    for volunteer in members:
        raise_check(
            kind=Kind.CIRCLE,
            about=f"circle:{volunteer.pk}:{month}",
            volunteer=volunteer,
            division=volunteer.home_division,
            facts={
                "count": circle.inside[volunteer.user_id],
                "total": circle.total[volunteer.user_id],
                "people": len(circle.members),
            },
        )


def vouched_since(since: datetime) -> Counter[Edge]:
    """How often one person approved another's time or ticked them on a roster, by the ids of their users.

    Only those for whom somebody vouched who is a volunteer too: a circle needs both roles in one person.
    """
    sheets = Timesheet.objects.filter(approved_by__isnull=False, approved_at__gte=since)
    ticks = Attendance.objects.filter(seen_in_by__isnull=False, checked_in_at__gte=since)
    edges = Counter[Edge]()
    for by, whom, count in sheets.values_list("approved_by", "sign_up__volunteer__user").annotate(
        Count("id")
    ):
        edges[by, whom] += count
    for by, whom, count in ticks.values_list("seen_in_by", "sign_up__volunteer__user").annotate(Count("id")):
        edges[by, whom] += count
    vouched_for = {whom for _by, whom in edges}
    in_both_roles = {whom for by, whom in edges if by in vouched_for}
    return Counter({edge: count for edge, count in edges.items() if edge[1] in in_both_roles})
