"""Check-in and check-out by the code shown on site.

What counts is the observed time: the sum of the pairs of check-in and check-out, not cut to the plan, because whoever
stays to tidy up gave that time too; the windows of the RuleSet bound it. One record counts for a sign-up: the first
check-out appends it, a later pair reverses it and appends the longer one. A check-in without check-out stays open and
counts nothing until somebody decides.

Lock order: volunteer (so that pairs of a day are counted one after another), sign-up, record, tallies.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Volunteer
from activities.checks.attendance import (
    check_check_in_is_open,
    check_check_out_is_open,
    check_pairs_left,
    check_takes_place,
)
from activities.checks.hours import check_not_own_hours
from activities.checks.posting import check_reason_is_given
from activities.events import VolunteerCheckedIn
from activities.models import Attendance, ServiceRecord, SignUp
from activities.rules import is_code_of, minutes_of
from activities.services.hours import record_hours, record_of, reverse_record
from activities.services.sign_up import SIGN_UP_MOVES, rules_of
from core import states
from core.codes import Grade
from core.errors import DomainError
from core.events import publish

# A guess has two chances in a million; five wrong ones in a row and this person waits.
WRONG_CODES = 5
WRONG_CODES_WAIT = timedelta(minutes=5)


def check_in(*, sign_up: SignUp, code: str, by: User) -> SignUp:
    """Begin a pair. A second check-in while one is open changes nothing, so a double click is one check-in.

    The guess is counted in a transaction of its own, because a refusal must not undo the count. Raises DomainError
    `wrong_code`, `too_many_codes`, `too_early`, `too_late`, `no_pairs_left`, `cancelled`, `not_in_this_state`.
    """
    if _has_open_pair(sign_up):
        return SignUp.objects.get(pk=sign_up.pk)
    check_code_is_taken_now(sign_up)
    _spend_guess(sign_up=sign_up, code=code)
    return _check_in(sign_up=sign_up, by=by)


def check_out(*, sign_up: SignUp, code: str, by: User) -> SignUp:
    """End the open pair and record the minutes observed. Without an open pair after a check-out nothing changes.

    Raises DomainError `not_checked_in`, `wrong_code`, `too_many_codes`, `too_late`.
    """
    fresh = SignUp.objects.get(pk=sign_up.pk)
    if fresh.status == SignUp.Status.CHECKED_OUT:
        return fresh
    if fresh.status != SignUp.Status.CHECKED_IN:
        raise _not_checked_in()
    check_code_is_taken_now(sign_up)
    _spend_guess(sign_up=sign_up, code=code)
    return _check_out(sign_up=sign_up, by=by)


def check_code_is_taken_now(sign_up: SignUp) -> None:
    """The window of the rules for what comes next, in or out. Asked before a guess is spent, and by the page.

    Raises DomainError `cancelled`, `too_early`, `too_late`.
    """
    fresh = SignUp.objects.select_related("shift__activity").get(pk=sign_up.pk)
    now, rules = timezone.now(), rules_of(fresh.shift)
    if fresh.status == SignUp.Status.CHECKED_IN:
        check_check_out_is_open(fresh.shift, rules=rules, now=now)
        return
    check_takes_place(fresh.shift.activity)
    check_check_in_is_open(fresh.shift, rules=rules, now=now)


def _has_open_pair(sign_up: SignUp) -> bool:
    return Attendance.objects.filter(sign_up=sign_up, checked_out_at__isnull=True).exists()


def _not_checked_in() -> DomainError:
    return DomainError(
        "not_checked_in",
        _("You have not checked in yet."),
        help=_("Check in first, with the code that the organiser shows."),
    )


def _spend_guess(*, sign_up: SignUp, code: str) -> None:
    """Raises DomainError `wrong_code` or `too_many_codes`; the count is committed either way."""
    refusal = _guess(sign_up=sign_up, code=code, now=timezone.now())
    if refusal is not None:
        raise refusal


@transaction.atomic
def _guess(*, sign_up: SignUp, code: str, now: datetime) -> DomainError | None:
    """Counted over all sign-ups of this person for this shift, so giving the place back buys no guesses."""
    same = SignUp.objects.filter(shift=sign_up.shift_id, volunteer=sign_up.volunteer_id)
    rows = list(same.select_for_update().order_by("id"))
    is_recent = any(row.wrong_code_at and now - row.wrong_code_at < WRONG_CODES_WAIT for row in rows)
    wrong = sum(row.wrong_codes for row in rows) if is_recent else 0
    if wrong >= WRONG_CODES:
        return DomainError(
            "too_many_codes",
            _("Too many wrong codes in a row."),
            help=_("Wait five minutes, then type the code that the organiser shows now."),
        )
    same.update(wrong_codes=0)
    if is_code_of(sign_up.shift.code_secret, code, now):
        return None
    same.filter(pk=sign_up.pk).update(wrong_codes=wrong + 1, wrong_code_at=now)
    return DomainError(
        "wrong_code",
        _("This is not the code that is shown now."),
        help=_("The code changes every 30 seconds: look at the organiser's screen and type the new one."),
    )


def _locked(sign_up: SignUp) -> SignUp:
    Volunteer.objects.select_for_update(no_key=True).get(pk=sign_up.volunteer_id)
    return (
        SignUp.objects.select_for_update(of=("self",))
        .select_related("shift__activity__studio__lead", "shift__activity__posted_by", "volunteer__user")
        .get(pk=sign_up.pk)
    )


@transaction.atomic
def _check_in(*, sign_up: SignUp, by: User) -> SignUp:
    locked = _locked(sign_up)
    if locked.status == SignUp.Status.CHECKED_IN:
        return locked
    now, shift = timezone.now(), locked.shift
    rules = rules_of(shift)
    check_takes_place(shift.activity)
    check_check_in_is_open(shift, rules=rules, now=now)
    check_pairs_left(locked, rules=rules, now=now)
    states.move(locked, SignUp.Status.CHECKED_IN, moves=SIGN_UP_MOVES, by=by)
    Attendance.objects.create(sign_up=locked, checked_in_at=now)
    publish(VolunteerCheckedIn(sign_up_id=locked.pk, volunteer_id=locked.volunteer_id, shift_id=shift.pk))
    return locked


@transaction.atomic
def _check_out(*, sign_up: SignUp, by: User) -> SignUp:
    locked = _locked(sign_up)
    if locked.status == SignUp.Status.CHECKED_OUT:
        return locked
    if locked.status != SignUp.Status.CHECKED_IN:
        raise _not_checked_in()
    now = timezone.now()
    check_check_out_is_open(locked.shift, rules=rules_of(locked.shift), now=now)
    Attendance.objects.filter(sign_up=locked, checked_out_at__isnull=True).update(checked_out_at=now)
    states.move(locked, SignUp.Status.CHECKED_OUT, moves=SIGN_UP_MOVES, by=by)
    record_attendance(locked, by=by)
    return locked


@transaction.atomic
def decide_open_check_in(*, sign_up: SignUp, left_at: datetime, reason: str, by: User) -> SignUp:
    """End a pair that was left open: `left_at` is when the person really went, `reason` how that is known.

    The minutes are entered ones (荣誉时). Nobody decides about their own hours. Raises DomainError `own_hours`,
    `no_reason`, `nothing_open`, `impossible_time`.
    """
    check_reason_is_given(reason)
    locked = _locked(sign_up)
    check_not_own_hours(locked.volunteer, by)
    pair = locked.attendances.filter(checked_out_at__isnull=True).first()
    if pair is None or locked.status != SignUp.Status.CHECKED_IN:
        raise DomainError("nothing_open", _("This person has no open check-in."))
    if not pair.checked_in_at <= left_at <= timezone.now():
        raise DomainError(
            "impossible_time",
            _("The time lies before the check-in or in the future."),
            help=_("Look at the time of the check-in and type when the person left."),
        )
    pair.checked_out_at = left_at
    pair.save(update_fields=["checked_out_at"])
    states.move(locked, SignUp.Status.CHECKED_OUT, moves=SIGN_UP_MOVES, by=by, reason=reason)
    record_attendance(locked, by=by, entered=True, reason=reason)
    return locked


def record_attendance(
    sign_up: SignUp, *, by: User, entered: bool = False, reason: str = ""
) -> ServiceRecord | None:
    """Bring the ledger in line with the closed pairs of a locked sign-up; None for less than a minute."""
    pairs = list(sign_up.attendances.order_by("checked_in_at").values_list("checked_in_at", "checked_out_at"))
    minutes = minutes_of(pairs)
    ends = [out for _into, out in pairs if out is not None]
    known = record_of(ServiceRecord.Source.SHIFT, sign_up.pk)
    if known is not None:
        if known.minutes == minutes or ServiceRecord.objects.filter(reverses=known).exists():
            return known
        return reverse_record(
            record=known,
            reason=reason or str(_("Checked in again and out later")),
            by=by,
            instead_minutes=minutes,
            instead_ends_at=ends[-1],
            entered=entered,
        )
    if not minutes:
        return None
    activity = sign_up.shift.activity
    lead = activity.studio.lead if activity.studio else activity.posted_by
    return record_hours(
        volunteer=sign_up.volunteer,
        division=activity.division,
        category=activity.categories[0],
        name=activity.title,
        place=activity.place,
        content=activity.about,
        in_charge=lead.name,
        starts_at=pairs[0][0],
        ends_at=ends[-1],
        minutes=minutes,
        source_kind=ServiceRecord.Source.SHIFT,
        source_id=sign_up.pk,
        studio=activity.studio,
        organisation=activity.organisation,
        grade=Grade.HONOUR if entered else Grade.CREDIT,
        how_observed=ServiceRecord.HowObserved.TEAM if entered else ServiceRecord.HowObserved.QUICK,
        by=by,
    )
