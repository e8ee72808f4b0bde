"""Times, hours and distances in the reader's words, in the active language.

`{{ shift|when }}` or `{% when start end %}`; `{{ moment|ago }}`; `{{ minutes|hours }}`; `{{ metres|distance }}`.
Every moment is shown in the site's time zone; `now` is a parameter for the tests only.
"""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext

register = template.Library()


def weekday_word(day: date) -> str:
    return (
        pgettext("weekday", "Mon"),
        pgettext("weekday", "Tue"),
        pgettext("weekday", "Wed"),
        pgettext("weekday", "Thu"),
        pgettext("weekday", "Fri"),
        pgettext("weekday", "Sat"),
        pgettext("weekday", "Sun"),
    )[day.weekday()]


def month_word(day: date) -> str:
    return (
        pgettext("month", "Jan"),
        pgettext("month", "Feb"),
        pgettext("month", "Mar"),
        pgettext("month", "Apr"),
        pgettext("month", "May"),
        pgettext("month", "Jun"),
        pgettext("month", "Jul"),
        pgettext("month", "Aug"),
        pgettext("month", "Sep"),
        pgettext("month", "Oct"),
        pgettext("month", "Nov"),
        pgettext("month", "Dec"),
    )[day.month - 1]


def day_word(day: date, today: date) -> str:
    """ "today", "Wed" within this week, "Wed 3 Dec" beyond it, with the year when it is another one."""
    near = {-1: gettext("Yesterday"), 0: gettext("Today"), 1: gettext("Tomorrow")}
    away = (day - today).days
    if away in near:
        return near[away]
    if day.isocalendar()[:2] == today.isocalendar()[:2]:
        return weekday_word(day)
    parts = {"weekday": weekday_word(day), "month": month_word(day), "day": day.day, "year": day.year}
    if day.year == today.year:
        return gettext("%(weekday)s %(day)d %(month)s") % parts
    return gettext("%(weekday)s %(day)d %(month)s %(year)d") % parts


def period(starts_at: datetime, ends_at: datetime | None = None, *, now: datetime | None = None) -> str:
    """ "Wed 14:00–16:00"; both ends carry their day when they fall on different ones."""
    today = timezone.localtime(now).date()
    start = timezone.localtime(starts_at)
    first = f"{day_word(start.date(), today)} {start:%H:%M}"
    if ends_at is None:
        return first
    end = timezone.localtime(ends_at)
    if end.date() == start.date():
        return f"{first}–{end:%H:%M}"
    return f"{first} – {day_word(end.date(), today)} {end:%H:%M}"


@register.simple_tag(name="when")
def when_tag(starts_at: datetime | None, ends_at: datetime | None = None) -> str:
    return period(starts_at, ends_at) if starts_at else ""


@register.filter(name="when")
def when_filter(value: Any) -> str:
    """A moment, or anything with `starts_at` and `ends_at`; empty for nothing."""
    if not value:
        return ""
    if isinstance(value, datetime):
        return period(value)
    return period(value.starts_at, getattr(value, "ends_at", None))


@register.filter(name="day")
def day_filter(value: date | datetime | None) -> str:
    """A day without a time: "Tomorrow", "Wed 3 Dec"."""
    if not value:
        return ""
    day = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return day_word(day, timezone.localdate())


@register.filter(name="ago")
def ago(value: datetime | None, now: datetime | None = None) -> str:
    """How long since a moment, rounded down; from two days on the day itself."""
    if not value:
        return ""
    current = now or timezone.now()
    minutes = int((current - value) / timedelta(minutes=1))
    if minutes < 1:
        return gettext("just now")
    if minutes < 60:
        return ngettext("%(count)d minute ago", "%(count)d minutes ago", minutes) % {"count": minutes}
    if minutes < 24 * 60:
        whole = minutes // 60
        return ngettext("%(count)d hour ago", "%(count)d hours ago", whole) % {"count": whole}
    return period(value, now=current)


def in_hours(minutes: int, step: int = 30) -> Decimal:
    """Minutes as hours in steps of `step` minutes, half a step up; negative for reversals."""
    steps = (Decimal(minutes) / step).quantize(Decimal(1), ROUND_HALF_UP)
    return (steps * step / 60).quantize(Decimal("0.01")).normalize()


@register.filter
def hours_figure(minutes: int | None, step: int = 30) -> str:
    """The number alone: "1.5"."""
    return f"{in_hours(minutes or 0, step):f}"


@register.filter
def hours(minutes: int | None, step: int = 30) -> str:
    """ "1.5 hours". `step` is the rounding of the rules in force (RuleSet.rounding_minutes)."""
    value = in_hours(minutes or 0, step)
    plural = 1 if abs(value) == 1 else 2
    return ngettext("%(figure)s hour", "%(figure)s hours", plural) % {"figure": f"{value:f}"}


@register.filter
def exact_time(minutes: int | None) -> str:
    """ "3 h 25 min": nothing rounded, for papers that have to add up."""
    whole, rest = divmod(minutes or 0, 60)
    return gettext("%(hours)d h %(minutes)02d min") % {"hours": whole, "minutes": rest}


@register.filter
def distance(metres: float | None) -> str:
    """ "about 1.5 km", "about 500 m". For a household pass only steps of 500 m (core.geo.distance_step)."""
    if metres is None:
        return ""
    if metres < 1000:
        return gettext("about %(metres)d m") % {"metres": max(round(metres / 100) * 100, 100)}
    return gettext("about %(kilometres)s km") % {"kilometres": f"{metres / 1000:.1f}".removesuffix(".0")}
