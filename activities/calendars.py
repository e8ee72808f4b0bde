"""Shifts as a calendar of RFC 5545: UIDs that stay, SEQUENCE that counts changes, times in UTC, alarms."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from icalendar import Alarm, Calendar, Event

from accounts.models import Commitment, SourceKind, User
from activities.models import SignUp

KEPT = timedelta(days=60)  # how long what is over stays in the calendar


def calendar_of(user: User, *, alarm_minutes: int, now: datetime | None = None) -> bytes:
    """All shifts of a person from `KEPT` ago on; cancelled ones that lie ahead say so, that phones take them away.
    Of a promise to a household only the time is told. Two queries."""
    moment = now or timezone.now()
    rows = SignUp.objects.filter(volunteer__user=user, shift__ends_at__gt=moment - KEPT).exclude(
        status=SignUp.Status.CANCELLED, shift__ends_at__lte=moment
    )
    sign_ups = rows.select_related("shift__activity", "role").order_by("shift__starts_at", "id")
    events = [event_of(sign_up, alarm_minutes=alarm_minutes) for sign_up in sign_ups]
    promises = Commitment.objects.filter(
        volunteer__user=user, source_kind=SourceKind.ASSIGNMENT, period__endswith__gt=moment - KEPT
    )
    events += [_event_of_promise(promise, moment, alarm_minutes) for promise in promises.order_by("period")]
    calendar = _calendar(events)
    calendar.add("x-wr-calname", gettext("Ningju: my shifts"))
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    return bytes(calendar.to_ical())


def calendar_of_one(sign_up: SignUp, *, alarm_minutes: int) -> bytes:
    return bytes(_calendar([event_of(sign_up, alarm_minutes=alarm_minutes)]).to_ical())


def event_of(sign_up: SignUp, *, alarm_minutes: int) -> Event:
    shift = sign_up.shift
    activity = shift.activity
    is_cancelled = sign_up.status == SignUp.Status.CANCELLED
    role = f" ({sign_up.role.name})" if sign_up.role else ""
    event = _event(
        uid=f"sign-up-{sign_up.pk}",
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        stamped_at=sign_up.cancelled_at or sign_up.signed_up_at,
        summary=activity.title + role,
        sequence=shift.sequence + int(is_cancelled),
    )
    event.add("location", activity.place)
    event.add("description", activity.about)
    event.add("url", settings.SITE_URL + reverse("activities:activity", args=[activity.pk]))
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    if alarm_minutes and not is_cancelled:
        event.add_component(_alarm(alarm_minutes, activity.title))
    return event


def _event_of_promise(promise: Commitment, now: datetime, alarm_minutes: int) -> Event:
    title = gettext("Helping a household")
    event = _event(
        uid=f"assignment-{promise.source_id}",
        starts_at=promise.period.lower,
        ends_at=promise.period.upper,
        stamped_at=now,
        summary=title,
        sequence=0,
    )
    event.add("status", "CONFIRMED")
    if alarm_minutes:
        event.add_component(_alarm(alarm_minutes, title))
    return event


def _event(
    *, uid: str, starts_at: datetime, ends_at: datetime, stamped_at: datetime, summary: str, sequence: int
) -> Event:
    event = Event()
    event.add("uid", f"{uid}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("dtstamp", stamped_at.astimezone(UTC))
    event.add("dtstart", starts_at.astimezone(UTC))
    event.add("dtend", ends_at.astimezone(UTC))
    event.add("summary", summary)
    event.add("sequence", sequence)
    return event


def _alarm(minutes: int, words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", timedelta(minutes=-minutes))
    return alarm


def _calendar(events: Iterable[Event]) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", f"-//Ningju//{get_language() or 'zh-hans'}//")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for event in events:
        calendar.add_component(event)
    return calendar
