"""Working days in China: holidays, make-up days, and years that nobody has announced yet."""

from datetime import date

import pytest

from accounts.models import CalendarDay
from accounts.working_days import (
    is_working_day,
    working_days_after,
    working_days_before,
    working_days_between,
    years_to_enter,
)

pytestmark = pytest.mark.django_db


def test_holidays_do_not_count_and_made_up_days_do():
    assert not is_working_day(date(2025, 10, 1))
    assert is_working_day(date(2025, 9, 28))  # a Sunday, worked for the holidays
    assert working_days_after(date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert working_days_before(date(2025, 10, 9), 1) == date(2025, 9, 30)


def test_what_lies_between_is_counted_as_it_is_walked():
    first = date(2025, 9, 25)
    assert working_days_between(first, working_days_after(first, 10)) == 10
    assert working_days_between(first, first) == 0


def test_a_year_that_the_library_does_not_know_is_weekdays_until_somebody_enters_it():
    assert is_working_day(date(2093, 10, 1))  # a Thursday
    assert years_to_enter(date(2093, 6, 1)) == [2093]
    CalendarDay.objects.create(day=date(2093, 10, 1), name="国庆节")
    assert not is_working_day(date(2093, 10, 1))
    assert working_days_after(date(2093, 9, 30), 1) == date(2093, 10, 2)
    assert years_to_enter(date(2093, 6, 1)) == []


def test_the_next_year_is_asked_for_only_when_it_is_near():
    assert years_to_enter(date(2026, 6, 1)) == []
    assert years_to_enter(date(2026, 12, 1)) in ([], [2027])


def test_an_entered_day_goes_before_the_library():
    CalendarDay.objects.create(day=date(2025, 10, 9), is_working=False, name="停水")
    assert working_days_after(date(2025, 9, 30), 1) == date(2025, 10, 10)
