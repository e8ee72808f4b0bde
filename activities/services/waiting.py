"""A volunteer waits for a place in a full shift; a place that becomes free is kept for the first in line for a while,
then it moves on.

Lock order: shift, volunteer, then the entries of the line.
"""

from django.db import transaction
from django.utils import timezone

from accounts.models import User, Volunteer
from activities.checks.posting import check_reason_is_given, check_runs
from activities.checks.sign_up import (
    WAITING_CHECKS,
    check_acts_for_oneself,
    check_awaits_confirmation,
    check_is_full,
    check_place_is_kept,
    check_sign_up,
)
from activities.checks.wishes import wishes_for
from activities.events import SignUpRefused, WaitingListJoined
from activities.models import Activity, Shift, SignUp, Waiting
from activities.services.line import close_line, give_up_kept_place, offer_free_places
from activities.services.sign_up import rules_of, take_place
from core.events import publish


@transaction.atomic
def join_waiting_list(*, shift: Shift, volunteer: Volunteer, by: User) -> Waiting:
    """Stand at the end of the line. Twice is once. Raises DomainError `has_room`, `not_oneself`, or one of
    WAITING_CHECKS: who could not take the place does not wait for it."""
    check_acts_for_oneself(volunteer, by)
    locked = Shift.objects.select_for_update(of=("self",)).select_related("activity").get(pk=shift.pk)
    stands = locked.waiting.in_line().filter(volunteer=volunteer).first()
    if stands is not None:
        return stands
    person = Volunteer.objects.get(pk=volunteer.pk)
    (wish,) = wishes_for([locked], person, rules=rules_of(locked), now=timezone.now())
    check_sign_up(wish, WAITING_CHECKS)
    if not locked.activity.confirms_sign_ups:
        check_is_full(wish)
    waiting = Waiting.objects.create(shift=locked, volunteer=person)
    publish(WaitingListJoined(waiting_id=waiting.pk, volunteer_id=person.pk, shift_id=locked.pk))
    return waiting


@transaction.atomic
def take_kept_place(*, waiting: Waiting, by: User) -> SignUp:
    """Say yes to the place that is kept. Twice is one place. Raises DomainError `not_kept`, `not_oneself`, or one of
    WAITING_CHECKS, for instance `clash` when another promise was made meanwhile."""
    shift, locked = _locked(waiting)
    check_acts_for_oneself(locked.volunteer, by)
    if locked.sign_up is not None:
        return locked.sign_up
    now = timezone.now()
    check_place_is_kept(locked, now)
    (wish,) = wishes_for([shift], locked.volunteer, rules=rules_of(shift), now=now)
    check_sign_up(wish, WAITING_CHECKS)
    return take_place(wish=wish)


@transaction.atomic
def leave_waiting_list(*, waiting: Waiting, by: User) -> Waiting:
    """Wait no longer; a kept place goes to the next at once. Again changes nothing. Raises DomainError
    `not_oneself`."""
    shift, locked = _locked(waiting)
    check_acts_for_oneself(locked.volunteer, by)
    if locked.status == Waiting.Status.WAITING:
        locked.status = Waiting.Status.LEFT
        locked.save(update_fields=["status"])
    elif locked.status == Waiting.Status.OFFERED:
        give_up_kept_place(locked, after=Waiting.Status.LEFT, was_in_time=True)
        offer_free_places(shift=shift, rules=rules_of(shift), now=timezone.now())
    return locked


@transaction.atomic
def confirm_sign_up(*, waiting: Waiting, by: User) -> SignUp:
    """The organiser says yes to somebody who asked for a place. Twice is one place. Raises DomainError
    `not_the_organiser`, `answered_already`, or one of SIGN_UP_CHECKS: the person may have promised something else."""
    shift, locked = _locked(waiting)
    check_runs(shift.activity, by)
    if locked.sign_up is not None:
        return locked.sign_up
    check_awaits_confirmation(locked)
    (wish,) = wishes_for([shift], locked.volunteer, rules=rules_of(shift), now=timezone.now())
    check_sign_up(wish)
    return take_place(wish=wish)


@transaction.atomic
def refuse_sign_up(*, waiting: Waiting, reason: str, by: User) -> Waiting:
    """The organiser says no, with a reason that the person reads. Raises DomainError `not_the_organiser`,
    `no_reason`, `answered_already`."""
    check_reason_is_given(reason)
    shift, locked = _locked(waiting)
    check_runs(shift.activity, by)
    check_awaits_confirmation(locked)
    locked.status = Waiting.Status.REFUSED
    locked.save(update_fields=["status"])
    publish(SignUpRefused(waiting_id=locked.pk, volunteer_id=locked.volunteer_id, reason=reason))
    return locked


@transaction.atomic
def move_line(*, shift: Shift) -> None:
    """What time does to a line: places not taken go on to the next; when the shift has begun the line is closed."""
    locked = Shift.objects.select_for_update(of=("self",)).select_related("activity").get(pk=shift.pk)
    now = timezone.now()
    if now >= locked.starts_at or locked.activity.status != Activity.Status.RECRUITING:
        close_line(locked)
        return
    for waiting in locked.waiting.overdue(now).order_by("id"):
        give_up_kept_place(waiting, after=Waiting.Status.EXPIRED, was_in_time=False)
    offer_free_places(shift=locked, rules=rules_of(locked), now=now)


def move_lines(*, limit: int = 500) -> int:
    """Move every line in which something is due; how many. Each is a transaction of its own, `limit` in one sweep."""
    now = timezone.now()
    due = Shift.objects.filter(waiting__in=Waiting.objects.overdue(now)) | Shift.objects.filter(
        waiting__in=Waiting.objects.in_line(), starts_at__lte=now
    )
    shifts = list(due.order_by("id").distinct()[:limit])
    for shift in shifts:
        move_line(shift=shift)
    return len(shifts)


def _locked(waiting: Waiting) -> tuple[Shift, Waiting]:
    shift = Shift.objects.select_for_update(of=("self",)).select_related("activity").get(pk=waiting.shift_id)
    return shift, Waiting.objects.select_related("volunteer", "sign_up", "role").get(pk=waiting.pk)
