"""What the list of activities and the page of one show, read with a constant number of queries."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from accounts.models import RuleSet, User, Volunteer
from activities.checks.sign_up import why_not
from activities.checks.wishes import roles_of, wishes_for
from activities.models import Activity, Series, Shift, ShiftRole, SignUp, StandingSignUp, Waiting
from core.errors import DomainError


def with_places(rows: "QuerySet[Activity, Activity]") -> "QuerySet[Activity, Activity]":
    """Each with the period of its next shift and the places of the shifts that are still to come."""
    ahead = Shift.objects.filter(activity=OuterRef("pk"), ends_at__gte=timezone.now()).order_by("starts_at")
    total = ahead.order_by().values("activity")
    return rows.select_related("organisation", "studio", "division__parent").annotate(
        next_starts_at=Subquery(ahead.values("starts_at")[:1]),
        next_ends_at=Subquery(ahead.values("ends_at")[:1]),
        places=Subquery(total.annotate(sum=Sum("places")).values("sum")),
        taken=Subquery(total.annotate(sum=Sum(F("taken") + F("held"))).values("sum")),
        free_places=F("places") - F("taken"),
    )


def listed(
    user: User | AnonymousUser, *, subdistrict: str = "", category: str = "", day: date | None = None
) -> "QuerySet[Activity, Activity]":
    """Activities that take people now, the next first."""
    rows = Activity.objects.visible_to(user).upcoming().filter(status=Activity.Status.RECRUITING)
    if subdistrict:
        rows = rows.filter(division__code__startswith=subdistrict)
    if category:
        rows = rows.filter(categories__contains=[category])
    if day:
        that_day = Shift.objects.filter(activity=OuterRef("pk"), starts_at__date=day)
        rows = rows.filter(Exists(that_day))
    return with_places(rows).order_by(F("next_starts_at"), "id")


def run_by(user: User, *, awaiting_review: bool = False) -> "QuerySet[Activity, Activity]":
    """What this person runs, newest first; or what waits for the centre, the soonest first."""
    if awaiting_review:
        rows = Activity.objects.run_by(user).filter(status=Activity.Status.REVIEW)
        return with_places(rows).order_by("starts_at", "id")
    return with_places(Activity.objects.run_by(user)).order_by("-starts_at", "-id")


# refusals that are about the activity or the person, and so the same for every shift
SAME_FOR_ALL = frozenset({"not_recruiting", "not_a_volunteer", "not_verified", "suspended"})


@dataclass(frozen=True)
class ShiftLine:
    """A shift as one person sees it: the own sign-up or place in the line, or whether it can be taken, or why not."""

    shift: Shift
    sign_up: SignUp | None
    refusal: DomainError | None
    is_over: bool
    waiting: Waiting | None = None  # the own place in the line, with `position`
    may_wait: bool = False  # full, and nothing else is in the way
    roles: tuple[ShiftRole, ...] = ()
    own_roles: tuple[ShiftRole, ...] = ()  # those that the person may fill
    is_first: bool = False  # the first that can be taken: the page's one primary button


def shift_lines(activity: Activity, volunteer: Volunteer | None, *, now: datetime) -> list[ShiftLine]:
    """All shifts of an activity. Twelve queries at most, however many shifts there are."""
    in_line = Count("waiting", filter=Q(waiting__status__in=Waiting.IN_LINE))
    shifts = list(activity.shifts.annotate(line_length=in_line).order_by("starts_at", "id"))
    for shift in shifts:
        shift.activity = activity
    rules = RuleSet.objects.in_force(timezone.localdate(activity.starts_at), activity.division_id)
    own: dict[int, SignUp] = {}
    waits: dict[int, Waiting] = {}
    if volunteer is not None:
        standing = SignUp.objects.standing().filter(volunteer=volunteer, shift__activity=activity)
        own = {sign_up.shift_id: sign_up for sign_up in standing}
        turns = Waiting.objects.in_line().filter(volunteer=volunteer, shift__activity=activity)
        waits = {waiting.shift_id: waiting for waiting in turns.with_position()}
    lines, roles = [], roles_of(shifts)
    for wish in wishes_for(shifts, volunteer, rules=rules, now=now):
        refusal, pk = why_not(wish), wish.shift.pk
        may_wait = refusal is not None and refusal.code == "full"
        is_over = wish.shift.ends_at <= now
        shown = roles.get(pk, ())
        line = ShiftLine(wish.shift, own.get(pk), refusal, is_over, waits.get(pk), may_wait, shown)
        lines.append(replace(line, own_roles=tuple(wish.own_roles)))
    open_ones = (line for line in lines if line.refusal is None and line.waiting is None)
    first = next(open_ones, None)
    return [replace(line, is_first=line is first) for line in lines]


def shared_refusal(lines: list[ShiftLine]) -> DomainError | None:
    """What keeps this person from every shift alike: said once above them instead of beside each."""
    refusals = [line.refusal for line in lines]
    first = refusals[0] if refusals else None
    if first is None or first.code not in SAME_FOR_ALL:
        return None
    return first if all(refusal is not None and refusal.code == first.code for refusal in refusals) else None


MOST_SHIFTS = 60
SUBDISTRICT_DIGITS = 9


def shifts_for(volunteer: Volunteer, *, everywhere: bool, now: datetime) -> list[ShiftLine]:
    """The next shifts of the subdistrict, or of the whole district, as this person sees them; those where the person
    is coming or waits already are left out. A constant number of queries."""
    home = volunteer.home_division_id
    rows = (
        Shift.objects.filter(
            activity__status=Activity.Status.RECRUITING,
            activity__division__code__startswith=home[:6] if everywhere else home[:SUBDISTRICT_DIGITS],
            starts_at__gt=now,
        )
        .exclude(pk__in=SignUp.objects.standing().filter(volunteer=volunteer).values("shift"))
        .exclude(pk__in=Waiting.objects.in_line().filter(volunteer=volunteer).values("shift"))
        .select_related("activity__division", "activity__organisation", "activity__studio")
        .order_by("starts_at", "id")
    )
    rules = RuleSet.objects.in_force(timezone.localdate(now), home)
    lines = []
    for wish in wishes_for(list(rows[:MOST_SHIFTS]), volunteer, rules=rules, now=now):
        refusal = why_not(wish)
        may_wait = refusal is not None and refusal.code == "full"
        lines.append(ShiftLine(wish.shift, None, refusal, is_over=False, may_wait=may_wait))
    return lines


def always_of(activity: Activity, volunteer: Volunteer | None) -> list[tuple[Series, bool]]:
    """The series that go on, and whether this person has a place in each shift of it. Two queries."""
    if volunteer is None:
        return []
    mine = set(
        StandingSignUp.objects.filter(volunteer=volunteer, series__activity=activity).values_list(
            "series", flat=True
        )
    )
    today = timezone.localdate()
    return [(one, one.pk in mine) for one in activity.series.all() if not one.is_over(today)]
