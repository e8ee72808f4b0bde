"""Working days under the rules of a day: weekends and public holidays do not count, make-up working days do."""

from datetime import date, timedelta

from accounts.models import RuleSet


def is_working_day(day: date, rules: RuleSet) -> bool:
    return day in rules.made_up_working_days or (day.weekday() < 5 and day not in rules.holidays)


def working_days_after(day: date, count: int, rules: RuleSet) -> date:
    """The last of `count` working days that begin on the day after `day`; `day` itself for none."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day, rules)
    return day
