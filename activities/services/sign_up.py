"""A volunteer takes a place in a shift, and gives it back.

Lock order: shift, volunteer (in `commit_time`), sign-up. The activity is read after the shift is locked, and
`cancel_activity` locks every shift before it looks at sign-ups, so nobody signs up for what was just cancelled.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import RuleSet, SourceKind, User, Volunteer
from accounts.services import commit_time, release_time, release_times
from activities.checks.sign_up import (
    check_acts_for_oneself,
    check_is_taken_at_once,
    check_may_cancel,
    check_sign_up,
)
from activities.checks.wishes import Wish, wishes_for
from activities.events import SignUpCancelled, SignUpsCancelled, VolunteerSignedUp
from activities.models import Activity, Shift, ShiftRole, SignUp, Waiting
from activities.services.calls import end_calls
from activities.services.line import count_places, offer_free_places, release_kept, role_for
from core import states
from core.events import publish

SIGN_UP_MOVES: states.Moves = {
    SignUp.Status.SIGNED_UP: frozenset({SignUp.Status.CHECKED_IN, SignUp.Status.CANCELLED}),
    SignUp.Status.CHECKED_IN: frozenset({SignUp.Status.CHECKED_OUT, SignUp.Status.SIGNED_UP}),
    SignUp.Status.CHECKED_OUT: frozenset({SignUp.Status.CHECKED_IN}),
}


@transaction.atomic
def sign_up(*, shift: Shift, volunteer: Volunteer, by: User, role: ShiftRole | None = None) -> SignUp:
    """Take one place. Signing up twice gives the first sign-up back, so a double click is one place.

    The shift's row is locked, so places are given one after another; the constraint `shift_is_never_overfull` stays
    the last word. Raises the DomainError of SIGN_UP_CHECKS, `not_oneself`, or `clash` of `commit_time`.
    """
    check_acts_for_oneself(volunteer, by)
    locked = Shift.objects.select_for_update().get(pk=shift.pk)
    standing = SignUp.objects.standing().filter(shift=locked, volunteer=volunteer).first()
    if standing is not None:
        return standing
    person = Volunteer.objects.get(pk=volunteer.pk)
    (wish,) = wishes_for([locked], person, rules=rules_of(locked), now=timezone.now())
    check_sign_up(wish)
    check_is_taken_at_once(locked.activity)
    return take_place(wish=wish, role=role)


def take_place(*, wish: Wish, role: ShiftRole | None = None) -> SignUp:
    """A place of a locked shift, after the checks, in the role that was wanted if the person may fill it. Who waited
    for it waits no longer; a kept place is the one taken.

    Raises DomainError `full` when no role is left, `clash` of `commit_time`.
    """
    shift, volunteer = wish.shift, wish.volunteer
    assert volunteer is not None, "check_is_verified_volunteer"  # noqa: S101
    kept = Waiting.objects.filter(shift=shift, volunteer=volunteer, status=Waiting.Status.OFFERED).first()
    filled = role_for(wish, kept=kept, wanted=role)
    taken = SignUp.objects.create(shift=shift, volunteer=volunteer, role=filled)
    commit_time(
        volunteer=volunteer,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        source_kind=SourceKind.SIGN_UP,
        source_id=taken.pk,
    )
    if kept is not None:
        release_kept(kept)
    shift.waiting.in_line().filter(volunteer=volunteer).update(status=Waiting.Status.PLACED, sign_up=taken)
    count_places(shift=shift, role_id=None if filled is None else filled.pk, taken=1)
    publish(VolunteerSignedUp(sign_up_id=taken.pk, volunteer_id=volunteer.pk, shift_id=shift.pk))
    return taken


@transaction.atomic
def cancel_sign_up(*, sign_up: SignUp, by: User, reason: str = "") -> SignUp:
    """Give the place and the time back; the place is offered to the first who waits. A volunteer who cancels within
    the late hours of the rules is marked so; when the organiser cancels, nobody is late. Cancelling again changes
    nothing.

    Raises DomainError `already_there` after check-in, `over` after the shift.
    """
    shift = Shift.objects.select_for_update().get(pk=sign_up.shift_id)
    locked = SignUp.objects.select_for_update(of=("self",)).select_related("volunteer").get(pk=sign_up.pk)
    if locked.status == SignUp.Status.CANCELLED:
        return locked
    check_may_cancel(locked)
    now = timezone.now()
    is_own = locked.volunteer.user_id == by.pk
    late_from = shift.starts_at - timedelta(hours=rules_of(shift).late_cancel_hours)
    give_back(locked, by=by, reason=reason, is_late=is_own and now >= late_from)
    offer_free_places(shift=shift, rules=rules_of(shift), now=now)
    return locked


def give_back(sign_up: SignUp, *, by: User, reason: str = "", is_late: bool = False) -> None:
    """Cancel a locked sign-up of a locked shift: its place and its time become free. Publishes SignUpCancelled."""
    states.move(
        sign_up,
        SignUp.Status.CANCELLED,
        moves=SIGN_UP_MOVES,
        by=by,
        reason=reason,
        cancelled_at=timezone.now(),
        is_late_cancel=is_late,
    )
    end_calls(sign_up)
    count_places(shift=sign_up.shift, role_id=sign_up.role_id, taken=-1)
    release_time(source_kind=SourceKind.SIGN_UP, source_id=sign_up.pk)
    publish(
        SignUpCancelled(
            sign_up_id=sign_up.pk,
            volunteer_id=sign_up.volunteer_id,
            shift_id=sign_up.shift_id,
            by_volunteer=sign_up.volunteer.user_id == by.pk,
        )
    )


def give_all_back(sign_ups: Sequence[SignUp], *, activity: Activity, by: User, reason: str) -> None:
    """`give_back` for the locked sign-ups of an activity that is called off: places, times and searches become free
    and each has its history, in a number of queries that depends on the shifts and roles and not on the people.
    Publishes SignUpsCancelled."""
    if not sign_ups:
        return
    states.move_all(
        sign_ups,
        SignUp.Status.CANCELLED,
        moves=SIGN_UP_MOVES,
        by=by,
        reason=reason,
        cancelled_at=timezone.now(),
        is_late_cancel=False,
    )
    end_calls(*sign_ups)
    for (shift, role_id), count in Counter((row.shift, row.role_id) for row in sign_ups).items():
        count_places(shift=shift, role_id=role_id, taken=-count)
    ids = tuple(row.pk for row in sign_ups)
    release_times(source_kind=SourceKind.SIGN_UP, source_ids=ids)
    publish(SignUpsCancelled(activity_id=activity.pk, sign_up_ids=ids))


def rules_of(shift: Shift) -> RuleSet:
    """The rules in force on the day of the shift, where it takes place."""
    return RuleSet.objects.in_force(timezone.localdate(shift.starts_at), shift.activity.division_id)
