"""The 24 slots of availability: (Monday to Sunday, public holiday) x (morning, afternoon, evening).

Slot 1 is Monday morning, slot 24 is holiday evening (DOMAIN, code tables). A set of slots is one integer, slot 1 in
bit 0. When morning and afternoon end is a rule of the day and comes from the caller.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

DAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
    _("Public holiday"),
)
PARTS = (_("morning"), _("afternoon"), _("evening"))
ALL_SLOTS = (1 << 24) - 1


def to_mask(slots: Iterable[int]) -> int:
    """Slots 1..24 as bits. Raises ValueError for any other number."""
    mask = 0
    for slot in slots:
        if not 1 <= slot <= 24:
            raise ValueError(slot)
        mask |= 1 << (slot - 1)
    return mask


def from_mask(mask: int) -> list[int]:
    return [slot for slot in range(1, 25) if mask >> (slot - 1) & 1]


def slots_of(
    starts_at: datetime,
    ends_at: datetime,
    *,
    holidays: frozenset[date],
    morning_ends: time,
    afternoon_ends: time,
) -> int:
    """The mask of every slot that the period [starts_at, ends_at) touches; a public holiday counts as one."""
    start, end = timezone.localtime(starts_at), timezone.localtime(ends_at)
    mask = 0
    day = start.date()
    while day <= end.date():
        row = 7 if day in holidays else day.weekday()
        edges = (time.min, morning_ends, afternoon_ends, None)
        for part in range(3):
            begins = datetime.combine(day, edges[part] or time.min, tzinfo=start.tzinfo)
            last = edges[part + 1]
            finishes = (
                datetime.combine(day, last, tzinfo=start.tzinfo)
                if last
                else datetime.combine(day + timedelta(days=1), time.min, tzinfo=start.tzinfo)
            )
            if begins < end and start < finishes:
                mask |= 1 << (row * 3 + part)
        day += timedelta(days=1)
    return mask
