"""Days that the library of public holidays does not know are entered by the centre."""

from datetime import date

from django.utils import timezone

from accounts.models import CalendarDay, User


def enter_calendar_day(*, day: date, is_working: bool, name: str, by: User) -> CalendarDay:
    """Say that a day is a public holiday, or a working day at a weekend. Entered again, the last word holds."""
    row, _is_new = CalendarDay.objects.update_or_create(
        day=day,
        defaults={
            "is_working": is_working,
            "name": name.strip()[:40],
            "entered_by": by,
            "entered_at": timezone.now(),
        },
    )
    return row


def remove_calendar_day(*, day: date) -> None:
    """The day is again what the library says, or its weekday."""
    CalendarDay.objects.filter(day=day).delete()
