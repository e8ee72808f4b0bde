"""When a message goes out: quiet hours, a holiday, and the mail that collects what can wait. Pure: no queries."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.models import User
from notifications.catalogue import Channel, Kind
from notifications.models import Preferences

RINGING = frozenset({Channel.PUSH, Channel.SMS, Channel.WECHAT})  # what makes a telephone sound
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Wait:
    """Not now: at `until`, alone or together with the others of this person."""

    until: datetime
    in_digest: bool = False


def wait_of(
    kind: Kind, channel: Channel, user: User, preferences: Preferences, *, now: datetime
) -> Wait | None:
    """None when the message may go out now. What is about somebody's safety never waits, nor does the inbox."""
    if channel == Channel.SOCKET or kind.is_safety:
        return None
    if user.is_away(timezone.localdate(now)) and user.away_until is not None:
        back = at(user.away_until + DAY, time(min(preferences.digest_hour, 9)))
        return Wait(back, in_digest=channel == Channel.EMAIL)
    if channel == Channel.EMAIL and not kind.is_urgent and preferences.rhythm != Preferences.Rhythm.NOW:
        return Wait(next_digest(preferences, now), in_digest=True)
    if channel in RINGING or preferences.is_mail_quiet:
        quiet_until = end_of_quiet(preferences, now)
        return Wait(quiet_until) if quiet_until else None
    return None


def end_of_quiet(preferences: Preferences, now: datetime) -> datetime | None:
    """When the running quiet hours end; None outside of them. They may go past midnight."""
    start, end = preferences.quiet_from, preferences.quiet_until
    if start is None or end is None or start == end:
        return None
    here = timezone.localtime(now)
    clock, today = here.time(), here.date()
    if start < end:
        return at(today, end) if start <= clock < end else None
    if clock >= start:
        return at(today + DAY, end)
    return at(today, end) if clock < end else None


def next_digest(preferences: Preferences, now: datetime) -> datetime:
    """The next moment at which the collected mail goes out, later than `now`."""
    moment = at(timezone.localdate(now), time(preferences.digest_hour))
    if preferences.rhythm == Preferences.Rhythm.WEEKLY:
        moment += DAY * ((preferences.digest_weekday - moment.weekday()) % 7)
        return moment if moment > now else moment + 7 * DAY
    return moment if moment > now else moment + DAY


def at(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))
