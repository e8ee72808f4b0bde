"""Calls for places in shifts: to those who wanted to hear of such a place, and to those whom nobody has asked for long.

A call is an ask: it is spent from the person's weekly budget, and matching sees it (accounts.AskLedger). Nobody is
called who is on holiday, does not want to be asked, has promised that time, or was asked enough this week.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import AskLedger, Commitment, RuleSet, SourceKind, Volunteer
from accounts.services import asks_since, budget_of, record_ask
from activities.models import Activity, Shift, SignUp, Waiting
from notifications.models import Notification, PlaceWatch
from notifications.particulars import address, of_activity, times_of
from notifications.services import tell

SOON = timedelta(hours=2)  # a shift that begins earlier is no use to call for
AHEAD = timedelta(days=7)
AHEAD_OF_SILENT = timedelta(days=14)
WEEK = timedelta(days=7)
WATCHED_FOR = timedelta(days=180)
AT_A_TIME = 200
SHIFTS_AT_A_TIME = 50


@transaction.atomic
def watch_places(*, volunteer: Volunteer, activity: Activity) -> list[PlaceWatch]:
    """Tell this person of free places like those of this activity: its kinds of service, in its subdistrict.

    Asking again makes it last longer.
    """
    ends_on = timezone.localdate() + WATCHED_FOR
    return [
        PlaceWatch.objects.update_or_create(
            volunteer=volunteer,
            category=category,
            division_code=activity.division_id[:9],
            defaults={"ends_on": ends_on},
        )[0]
        for category in activity.categories
    ]


def stop_watching(*, volunteer: Volunteer, pk: int) -> None:
    PlaceWatch.objects.filter(volunteer=volunteer, pk=pk).delete()


def call_watchers(now: datetime) -> int:
    """For each shift with a free place that nobody waits for: those who watch such places. How many were called."""
    called = 0
    for shift in shifts_to_fill(now, AHEAD)[:SHIFTS_AT_A_TIME]:
        activity = shift.activity
        watching = PlaceWatch.objects.filter(
            category__in=activity.categories,
            division_code=activity.division_id[:9],
            ends_on__gte=timezone.localdate(now),
        )
        people = callable_for(shift, now).filter(pk__in=watching.values("volunteer"))
        called += call(people, shift, "place-free", now)
    return called


def call_the_silent(now: datetime) -> int:
    """Willing people whom nobody has asked for the weeks of the rules hear of a free place near them."""
    rules = RuleSet.objects.in_force(timezone.localdate(now))
    silent_since = now - timedelta(weeks=rules.silence_weeks)
    called = 0
    for shift in shifts_to_fill(now, AHEAD_OF_SILENT)[:SHIFTS_AT_A_TIME]:
        people = (
            callable_for(shift, now)
            .filter(home_division__code__startswith=shift.activity.division_id[:9])
            .annotate(last_asked=last_ask())
            .filter(Q(last_asked__lt=silent_since) | Q(last_asked=None, verified_at__lt=silent_since))
            .order_by(F("last_asked").asc(nulls_first=True), "pk")
        )
        called += call(people, shift, "long-silence", now, most=2 * shift.free)
    return called


def shifts_to_fill(now: datetime, ahead: timedelta) -> QuerySet[Shift]:
    """With room, open for sign-up and without a waiting list, the nearest first."""
    waiting = Waiting.objects.filter(shift=OuterRef("pk"), status__in=Waiting.IN_LINE)
    found = Shift.objects.with_room().filter(
        ~Exists(waiting),
        activity__status=Activity.Status.RECRUITING,
        starts_at__gt=now + SOON,
        starts_at__lte=now + ahead,
    )
    return found.select_related("activity").order_by("starts_at", "pk")


def callable_for(shift: Shift, now: datetime) -> QuerySet[Volunteer]:
    """Who may be called about this shift at all; the budget is looked at last (`call`)."""
    promised = Commitment.objects.overlapping(shift.starts_at, shift.ends_at).filter(volunteer=OuterRef("pk"))
    had_place = SignUp.objects.filter(volunteer=OuterRef("pk"), shift__activity=shift.activity)
    told = Notification.objects.filter(
        user=OuterRef("user"), dedupe_key__in=(f"place-free:{shift.pk}", f"long-silence:{shift.pk}")
    )
    return (
        Volunteer.objects.verified()
        .filter(
            ~Exists(promised), ~Exists(had_place), ~Exists(told), accepts_pushes=True, user__is_active=True
        )
        .at_home(timezone.localdate(now))
        .exclude(weekly_asks=0)
        .select_related("user")
        .order_by("pk")
    )


def last_ask() -> Subquery:
    asked = AskLedger.objects.filter(volunteer=OuterRef("pk")).order_by()
    return Subquery(asked.values("volunteer").annotate(at=Max("asked_at")).values("at"))


def call(
    people: QuerySet[Volunteer], shift: Shift, kind: str, now: datetime, *, most: int = AT_A_TIME
) -> int:
    found = list(people[:AT_A_TIME])
    called = 0
    for volunteer in within_budget(found, now)[:most]:
        called += call_one(volunteer, shift, kind, now)
    return called


@transaction.atomic
def call_one(volunteer: Volunteer, shift: Shift, kind: str, now: datetime) -> bool:
    """The person's row is locked, so that two calls at once do not both spend the last ask of the week."""
    locked = (
        Volunteer.objects.select_for_update(no_key=True, of=("self",))
        .select_related("user")
        .get(pk=volunteer.pk)
    )
    if not within_budget([locked], now):
        return False
    told = tell(
        user=locked.user,
        kind=kind,
        params={"shift": shift.pk} | of_activity(shift.activity) | times_of(shift),
        link=address("activities:activity", shift.activity_id),
        dedupe_key=f"{kind}:{shift.pk}",
    )
    if told is None:
        return False
    record_ask(volunteer=locked, source_kind=SourceKind.CALL, source_id=told.pk, asked_at=now)
    return True


def within_budget(people: Iterable[Volunteer], now: datetime) -> list[Volunteer]:
    """Those who were not asked enough in the last seven days."""
    wanted = list(people)
    asked = asks_since([one.pk for one in wanted], now - WEEK)
    rules = RuleSet.objects.in_force(timezone.localdate(now))
    return [one for one in wanted if asked.get(one.pk, 0) < budget_of(one, rules)]
