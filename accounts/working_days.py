"""The Chinese working calendar: weekends and public holidays do not count, make-up working days do.

The State Council announces each year in the autumn before. `chinesecalendar` knows the announced years; a day entered
by the centre (CalendarDay) goes before it, and for a year that neither knows Monday to Friday are working days and the
staff are warned (`years_to_enter`). So a count of working days is never a failure.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import chinese_calendar
from chinese_calendar.constants import holidays

from accounts.models import CalendarDay

AHEAD = timedelta(days=60)  # how long before a new year its holidays should be known
DAY = timedelta(days=1)
ANNOUNCED = range(min(holidays).year, max(holidays).year + 1)  # the years that the library knows


class WorkingDays:
    """The calendar with the entered days of one stretch read at once. One query."""

    def __init__(self, first: date, last: date) -> None:
        rows = CalendarDay.objects.filter(day__range=(first, last)).values_list("day", "is_working")
        self.entered = dict(rows)

    def is_working(self, day: date) -> bool:
        if day in self.entered:
            return self.entered[day]
        return bool(chinese_calendar.is_workday(day)) if day.year in ANNOUNCED else day.weekday() < 5

    def walk(self, day: date, days: int, step: timedelta) -> date:
        while days > 0:
            day += step
            days -= self.is_working(day)
        return day


def working_days_after(day: date, days: int) -> date:
    """The working day that is `days` working days after `day`; `day` itself is not counted."""
    return WorkingDays(day, day + _reach(days)).walk(day, days, DAY)


def working_days_before(day: date, days: int) -> date:
    return WorkingDays(day - _reach(days), day).walk(day, days, -DAY)


def working_days_between(first: date, last: date) -> int:
    """Working days after `first` up to and with `last`; nothing when `last` is not later."""
    calendar = WorkingDays(first, last)
    return sum(calendar.is_working(first + DAY * number) for number in range(1, (last - first).days + 1))


def is_working_day(day: date) -> bool:
    return WorkingDays(day, day).is_working(day)


def _reach(days: int) -> timedelta:
    """Far enough: even in the longest holidays a third of the days are working days."""
    return timedelta(days=days * 3 + 20)


def _years(first: date, last: date) -> Iterator[int]:
    return iter(range(first.year, last.year + 1))


def years_to_enter(today: date) -> list[int]:
    """This year, and the next when it is near, if nobody has told the site their public holidays yet."""
    return [
        year
        for year in _years(today, today + AHEAD)
        if year not in ANNOUNCED and not CalendarDay.objects.filter(day__year=year).exists()
    ]
