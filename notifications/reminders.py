"""What the clock tells: before something begins, and when something was left undone.

Each reminder is a list of things that are due and were not told yet: the key of the message says for which thing and
which start, so running twice tells once, and after an outage only what is still ahead is told.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from accounts.models import RuleSet, User
from accounts.working_days import working_days_after, working_days_before
from activities.models import Activity, SignUp
from matching.models import Assignment, Offer
from notifications.models import Notification, Preferences
from notifications.particulars import address, asked_of, of_activity, of_assignment, of_offer, times_of
from notifications.services import tell

AT_A_TIME = 300  # of one kind and run; the next run comes in two minutes
MINUTE = timedelta(minutes=1)
LATE = timedelta(minutes=20)  # how long after the end somebody may still be signing out
FORGET = timedelta(hours=18)  # when nobody is reminded of a sign-out any more
SETTLED = timedelta(hours=3)  # who promised so recently knows it
LAST_PART = 4  # the last quarter of an offer's time
LONG_OFFER = timedelta(hours=1)  # a shorter one needs no second message
WARNED_BEFORE = 3  # working days before the record must be complete
DEFAULT_LEAD = Preferences._meta.get_field("lead_minutes").get_default()


def remind(now: datetime) -> int:
    """Everything that is due; how many messages were written."""
    told = 0
    told += _tell_places(places_soon(now), "reminder")
    told += _tell_visits(visits_soon(now), "reminder-visit")
    if is_time_to_ask(now):
        told += _tell_places(places_tomorrow(now), "still-coming")
        told += _tell_visits(visits_tomorrow(now), "still-going")
    told += _tell_places(not_signed_out(now), "not-signed-out")
    told += _tell_offers(offers_ending(now))
    told += _tell_of_records(now)
    return told


def places_soon(now: datetime) -> QuerySet[SignUp]:
    rows = SignUp.objects.filter(
        status=SignUp.Status.SIGNED_UP,
        shift__starts_at__gt=now,
        shift__starts_at__lte=now + _lead("volunteer__user"),
        signed_up_at__lt=F("shift__starts_at") - _lead("volunteer__user"),
    )
    return untold(rows, "reminder", "volunteer__user", "shift__starts_at")


def visits_soon(now: datetime) -> QuerySet[Assignment]:
    rows = Assignment.objects.filter(
        status=Assignment.Status.ACCEPTED,
        request__starts_at__gt=now,
        request__starts_at__lte=now + _lead("volunteer__user"),
        accepted_at__lt=F("request__starts_at") - _lead("volunteer__user"),
    )
    return untold(rows, "reminder-visit", "volunteer__user", "request__starts_at")


def is_time_to_ask(now: datetime) -> bool:
    """On the evening before, between the hours of the rules; after an outage until they end, and never at night."""
    rules = RuleSet.objects.in_force(timezone.localdate(now))
    return rules.still_coming_from <= timezone.localtime(now).time() <= rules.still_coming_until


def places_tomorrow(now: datetime) -> QuerySet[SignUp]:
    rows = SignUp.objects.filter(
        status=SignUp.Status.SIGNED_UP,
        confirmed_at__isnull=True,
        shift__starts_at__date=timezone.localdate(now) + timedelta(days=1),
        signed_up_at__lt=now - SETTLED,
    )
    return untold(rows, "still-coming", "volunteer__user", "shift__starts_at")


def visits_tomorrow(now: datetime) -> QuerySet[Assignment]:
    rows = Assignment.objects.filter(
        status=Assignment.Status.ACCEPTED,
        confirmed_at__isnull=True,
        request__starts_at__date=timezone.localdate(now) + timedelta(days=1),
        accepted_at__lt=now - SETTLED,
    )
    return untold(rows, "still-going", "volunteer__user", "request__starts_at")


def not_signed_out(now: datetime) -> QuerySet[SignUp]:
    rows = SignUp.objects.filter(
        status=SignUp.Status.CHECKED_IN,
        shift__ends_at__lt=now - LATE,
        shift__ends_at__gt=now - FORGET,
    )
    return untold(rows, "not-signed-out", "volunteer__user", "shift__starts_at")


def offers_ending(now: datetime) -> QuerySet[Offer]:
    """In the last quarter of their time; a studio's lead is not reminded, as a lead has a desk to look at."""
    whole = ExpressionWrapper(F("answer_by") - F("sent_at"), output_field=DurationField())
    rows = (
        Offer.objects.open()
        .filter(volunteer__isnull=False, answer_by__gt=now)
        .annotate(whole=whole)
        .filter(whole__gte=LONG_OFFER, answer_by__lte=now + F("whole") / LAST_PART)
    )
    return untold(rows, "offer-ends", "volunteer__user", "sent_at")


def untold(rows: QuerySet[Any], kind: str, user: str, moment: str) -> QuerySet[Any]:
    """Those of whom nobody was told yet, the nearest first."""
    clock = Func(F(moment), Value("YYYYMMDDHH24MI"), function="to_char", output_field=CharField())
    key = Concat(Value(f"{kind}:"), Cast("pk", CharField()), Value(":"), clock, output_field=CharField())
    told = Notification.objects.filter(user=OuterRef(user), dedupe_key=OuterRef("key"))
    found: QuerySet[Any] = rows.annotate(key=key).filter(~Exists(told)).order_by(moment, "pk")[:AT_A_TIME]
    return found


def _lead(user: str) -> "ExpressionWrapper[CombinedExpression]":
    """How long before the start this person wants to be reminded."""
    chosen = Preferences.objects.filter(user=OuterRef(user)).values("lead_minutes")
    minutes = Coalesce(Subquery(chosen), Value(DEFAULT_LEAD), output_field=BigIntegerField())
    return ExpressionWrapper(minutes * Value(MINUTE), output_field=DurationField())


def _tell_places(rows: QuerySet[SignUp], kind: str) -> int:
    found = list(rows.select_related("shift__activity", "volunteer__user"))
    return _tell_each(
        (
            row.volunteer.user,
            kind,
            {"sign_up": row.pk} | of_activity(row.shift.activity) | times_of(row.shift),
            address("activities:activity", row.shift.activity_id),
            row.key,  # type: ignore[attr-defined]
        )
        for row in found
    )


def _tell_visits(rows: QuerySet[Assignment], kind: str) -> int:
    found = list(rows.select_related("request", "volunteer__user"))
    return _tell_each(
        (
            row.volunteer.user,
            kind,
            of_assignment(row),
            address("matching:assignment", row.pk),
            row.key,  # type: ignore[attr-defined]
        )
        for row in found
    )


def _tell_offers(rows: QuerySet[Offer]) -> int:
    found = list(rows.select_related("request", "volunteer__user", "studio__lead"))
    return _tell_each(
        (
            asked_of(row),
            "offer-ends",
            of_offer(row),
            address("matching:offer", row.pk),
            row.key,  # type: ignore[attr-defined]
        )
        for row in found
    )


def _tell_of_records(now: datetime) -> int:
    """To the organiser, some working days before the record must be complete (Order 67, Art 11)."""
    today = timezone.localdate(now)
    days = RuleSet.objects.in_force(today).record_working_days
    ended_by = working_days_before(today, max(days - WARNED_BEFORE, 0))
    unfinished = (
        SignUp.objects.filter(
            status=SignUp.Status.CHECKED_IN,
            shift__ends_at__date__lte=ended_by,
            shift__ends_at__date__gt=working_days_before(today, days),
        )
        .values("shift__activity")
        .annotate(people=Count("pk"), since=Min("shift__ends_at"))
        .order_by("since")[:AT_A_TIME]
    )
    waiting = {row["shift__activity"]: row for row in unfinished}
    activities = Activity.objects.filter(pk__in=waiting).select_related("posted_by")
    return _tell_each(
        (
            activity.posted_by,
            "record-due",
            of_activity(activity)
            | {
                "answer_by": timezone.make_aware(
                    datetime.combine(
                        working_days_after(timezone.localdate(waiting[activity.pk]["since"]), days),
                        datetime.max.time().replace(second=0, microsecond=0),
                    )
                ).isoformat(),
                "count": waiting[activity.pk]["people"],
            },
            address("activities:activity", activity.pk),
            f"record-due:{activity.pk}:{waiting[activity.pk]['since'].astimezone(UTC):%Y%m%d}",
        )
        for activity in activities
    )


def _tell_each(messages: Iterable[tuple[User, str, dict[str, Any], str, str]]) -> int:
    """Each in a transaction of its own: what goes wrong with one does not stop the others."""
    told = 0
    for user, kind, params, link, key in messages:
        with transaction.atomic():
            told += tell(user=user, kind=kind, params=params, link=link, dedupe_key=key) is not None
    return told
