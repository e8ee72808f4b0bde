"""Who came and who left, however it was seen: the one place where pairs of check-in and check-out are written.

The ways in are services of their own (codes, scanning, positions, roster, kiosks, slips, offline); each ends in
`observe_arrival` or `observe_leaving`. A check-in without check-out stays open and counts nothing until somebody
decides. What counts is the approved time, see services/timesheets.py.

Lock order: volunteer (so that pairs of a day are counted one after another), sign-up, device, timesheet, record,
tallies.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Volunteer
from activities.checks.attendance import (
    check_check_in_is_open,
    check_check_out_is_open,
    check_comes_after_leaving,
    check_left_after_coming,
    check_pairs_left,
    check_takes_place,
)
from activities.checks.hours import check_not_own_hours
from activities.checks.posting import check_reason_is_given
from activities.events import VolunteerCheckedIn, VolunteerCheckedOut
from activities.models import Attendance, RecordCheck, Shift, ShiftDevice, SignUp, Way
from activities.services.doubts import settle_check
from activities.services.oddities import about_check_in
from activities.services.sign_up import SIGN_UP_MOVES, rules_of
from activities.services.timesheets import locked_sign_up, reckon
from core import states
from core.errors import DomainError
from core.events import publish


@dataclass(frozen=True)
class Device:
    """The phone that asks: its digest for this shift, and the step of the scan that it shows (0 for typed digits)."""

    digest: str
    step: int = 0


def open_pair_of(sign_up: SignUp) -> Attendance | None:
    return Attendance.objects.filter(sign_up=sign_up, checked_out_at__isnull=True).first()


@transaction.atomic
def observe_arrival(
    *,
    sign_up: SignUp,
    way: str,
    by: User | None,
    at: datetime | None = None,
    seen_by: User | None = None,
    device: Device | None = None,
) -> SignUp:
    """Begin a pair at `at` (now, if not given). A second arrival while one is open changes nothing.

    Raises DomainError `cancelled`, `too_early`, `too_late`, `no_pairs_left`, `was_there`, `device_taken`,
    `scan_used`, `not_in_this_state`.
    """
    locked = locked_sign_up(sign_up)
    if locked.status == SignUp.Status.CHECKED_IN:
        return locked
    at, shift = at or timezone.now(), locked.shift
    rules = rules_of(shift)
    check_takes_place(shift.activity)
    check_check_in_is_open(shift, rules=rules, now=at)
    check_pairs_left(locked, rules=rules, now=at)
    last = locked.attendances.order_by("-checked_in_at").first()
    if last is not None and last.checked_out_at is not None:
        check_comes_after_leaving(last.checked_out_at, at)
    _use_device(shift, locked.volunteer, device)
    states.move(locked, SignUp.Status.CHECKED_IN, moves=SIGN_UP_MOVES, by=by)
    Attendance.objects.create(sign_up=locked, checked_in_at=at, way_in=way, seen_in_by=seen_by)
    publish(VolunteerCheckedIn(sign_up_id=locked.pk, volunteer_id=locked.volunteer_id, shift_id=shift.pk))
    return locked


@transaction.atomic
def observe_leaving(
    *,
    sign_up: SignUp,
    way: str,
    by: User | None,
    at: datetime | None = None,
    seen_by: User | None = None,
    device: Device | None = None,
) -> SignUp:
    """End the open pair. Without one, after a check-out, nothing changes.

    Raises DomainError `not_checked_in`, `too_late`, `impossible_time`, `device_taken`, `scan_used`.
    """
    locked = locked_sign_up(sign_up)
    if locked.status == SignUp.Status.CHECKED_OUT:
        return locked
    pair = open_pair_of(locked)
    if pair is None:
        raise not_checked_in()
    at = at or timezone.now()
    check_check_out_is_open(locked.shift, rules=rules_of(locked.shift), now=at)
    check_left_after_coming(pair.checked_in_at, at)
    _use_device(locked.shift, locked.volunteer, device)
    _close(locked, pair, way=way, at=at, by=by, seen_by=seen_by)
    reckon(locked, by=by)
    return locked


def begin_earlier(*, sign_up: SignUp, at: datetime, way: str, seen_by: User) -> bool:
    """Of a locked sign-up: somebody saw the person before the open pair began. Whether anything changed.

    Raises DomainError `too_early`, `was_there`.
    """
    pair = open_pair_of(sign_up)
    if pair is None or at >= pair.checked_in_at:
        return False
    check_check_in_is_open(sign_up.shift, rules=rules_of(sign_up.shift), now=at)
    before = sign_up.attendances.exclude(pk=pair.pk).order_by("-checked_out_at").first()
    if before is not None and before.checked_out_at is not None:
        check_comes_after_leaving(before.checked_out_at, at)
    pair.checked_in_at, pair.way_in, pair.seen_in_by = at, way, seen_by
    pair.save(update_fields=["checked_in_at", "way_in", "seen_in_by"])
    return True


def not_checked_in() -> DomainError:
    return DomainError(
        "not_checked_in",
        _("You have not checked in yet."),
        help=_("Check in first, with the code that the organiser shows."),
    )


def _close(
    locked: SignUp,
    pair: Attendance,
    *,
    way: str,
    at: datetime,
    by: User | None,
    seen_by: User | None,
    reason: str = "",
) -> None:
    pair.checked_out_at, pair.way_out, pair.seen_out_by = at, way, seen_by
    pair.save(update_fields=["checked_out_at", "way_out", "seen_out_by"])
    states.move(locked, SignUp.Status.CHECKED_OUT, moves=SIGN_UP_MOVES, by=by, reason=reason)
    publish(
        VolunteerCheckedOut(sign_up_id=locked.pk, volunteer_id=locked.volunteer_id, shift_id=locked.shift_id)
    )


def _use_device(shift: Shift, volunteer: Volunteer, device: Device | None) -> None:
    """One device is one person for a shift, and one scan is one act. The unique row is the last word."""
    if device is None:
        return
    row, _is_new = ShiftDevice.objects.get_or_create(
        shift=shift, digest=device.digest, defaults={"volunteer": volunteer}
    )
    if row.volunteer_id != volunteer.pk:
        raise DomainError(
            "device_taken",
            _("This phone has already been used by somebody else for this shift."),
            help=_("Use your own phone, or ask the organiser to tick you on the roster."),
        )
    if device.step:
        if device.step <= row.last_step:
            raise DomainError(
                "scan_used",
                _("This scan has been used already."),
                help=_("Scan the code that the organiser shows now."),
            )
        ShiftDevice.objects.filter(pk=row.pk).update(last_step=device.step)


@transaction.atomic
def decide_open_check_in(*, sign_up: SignUp, left_at: datetime, reason: str, by: User) -> SignUp:
    """End a pair that was left open: `left_at` is when the person really went, `reason` how that is known.

    The minutes are entered ones (荣誉时). Nobody decides about their own hours. Raises DomainError `own_hours`,
    `no_reason`, `nothing_open`, `impossible_time`.
    """
    check_reason_is_given(reason)
    locked = locked_sign_up(sign_up)
    check_not_own_hours(locked.volunteer, by)
    pair = open_pair_of(locked)
    if pair is None or locked.status != SignUp.Status.CHECKED_IN:
        raise DomainError("nothing_open", _("This person has no open check-in."))
    check_left_after_coming(pair.checked_in_at, left_at)
    _close(locked, pair, way=Way.TEAM, at=left_at, by=by, seen_by=by, reason=reason)
    reckon(locked, by=by, decided_by=by, reason=reason)
    settle_check(kind=RecordCheck.Kind.OPEN, about=about_check_in(pair.pk), by=by)
    return locked
