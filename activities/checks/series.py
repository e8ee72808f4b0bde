"""Shifts that come again."""

from datetime import date, datetime, time

from dateutil.rrule import rrulestr
from django.utils.translation import gettext_lazy as _

from activities.models import Series, Shift
from core.errors import DomainError


def days_of(series: Series, first: date, last: date) -> list[date]:
    """The days of a series from `first` to `last`, both included, without its exceptions. The rule is counted on the
    clock of the place, so no day is lost or moved where a clock is put forward."""
    until = last if series.last_on is None else min(last, series.last_on)
    start = datetime.combine(series.first_on, series.starts)
    rule = rrulestr(series.rule, dtstart=start)
    found = rule.between(datetime.combine(first, time.min), datetime.combine(until, time.max), inc=True)
    left_out = set(series.exceptions)
    return [moment.date() for moment in found if moment.date() not in left_out]


def check_rule_is_sound(series: Series) -> None:
    """A rule of RFC 5545 that names days, at most one a day."""
    parts = dict(part.partition("=")[::2] for part in series.rule.split(";"))
    try:
        rrulestr(series.rule, dtstart=datetime.combine(series.first_on, series.starts))
        is_sound = parts.get("FREQ") in {"DAILY", "WEEKLY", "MONTHLY"} and not any(
            name in parts for name in ("BYHOUR", "BYMINUTE", "BYSECOND")
        )
    except (ValueError, TypeError):
        is_sound = False
    if not is_sound:
        raise DomainError(
            "no_rule",
            _("These days cannot be reckoned."),
            help=_("Choose the weekdays and every how many weeks."),
        )
    if series.ends <= series.starts or (series.last_on is not None and series.last_on < series.first_on):
        raise DomainError(
            "period_is_empty", _("The end lies before the start."), help=_("Look at the two times again.")
        )


def check_is_a_day_of(series: Series, day: date) -> Shift:
    shift = Shift.objects.select_for_update().filter(series=series, occurs_on=day).first()
    if shift is None:
        raise DomainError(
            "not_a_day", _("The series has no shift on this day."), help=_("Choose one of its days.")
        )
    return shift
