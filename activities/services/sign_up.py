"""A volunteer takes a place in a shift, and gives it back.

Lock order: shift, volunteer (in `commit_time`), sign-up. The activity is read after the shift is locked, and
`cancel_activity` locks every shift before it looks at sign-ups, so nobody signs up for what was just cancelled.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import RuleSet, SourceKind, User, Volunteer
from accounts.services import commit_time, release_time
from activities.checks.sign_up import check_acts_for_oneself, check_may_cancel, check_sign_up, wishes_for
from activities.events import SignUpCancelled, VolunteerSignedUp
from activities.models import Shift, SignUp, Waiting
from activities.services.calls import end_calls
from activities.services.line import offer_free_places
from core import states
from core.events import publish

SIGN_UP_MOVES: states.Moves = {
    SignUp.Status.SIGNED_UP: frozenset({SignUp.Status.CHECKED_IN, SignUp.Status.CANCELLED}),
    SignUp.Status.CHECKED_IN: frozenset({SignUp.Status.CHECKED_OUT, SignUp.Status.SIGNED_UP}),
    SignUp.Status.CHECKED_OUT: frozenset({SignUp.Status.CHECKED_IN}),
}


@transaction.atomic
def sign_up(*, shift: Shift, volunteer: Volunteer, by: User) -> SignUp:
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
    return take_place(shift=locked, volunteer=person)


def take_place(*, shift: Shift, volunteer: Volunteer) -> SignUp:
    """A place of a locked shift, after the checks. Who waited for it waits no longer; a kept place is the one taken.

    Raises DomainError `clash` of `commit_time`.
    """
    taken = SignUp.objects.create(shift=shift, volunteer=volunteer)
    commit_time(
        volunteer=volunteer,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        source_kind=SourceKind.SIGN_UP,
        source_id=taken.pk,
    )
    line = Waiting.objects.in_line().filter(shift=shift, volunteer=volunteer)
    was_kept = line.filter(status=Waiting.Status.OFFERED).exists()
    line.update(status=Waiting.Status.PLACED, sign_up=taken)
    Shift.objects.filter(pk=shift.pk).update(taken=F("taken") + 1, held=F("held") - int(was_kept))
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
    Shift.objects.filter(pk=sign_up.shift_id).update(taken=F("taken") - 1)
    release_time(source_kind=SourceKind.SIGN_UP, source_id=sign_up.pk)
    publish(
        SignUpCancelled(
            sign_up_id=sign_up.pk,
            volunteer_id=sign_up.volunteer_id,
            shift_id=sign_up.shift_id,
            by_volunteer=sign_up.volunteer.user_id == by.pk,
        )
    )


def rules_of(shift: Shift) -> RuleSet:
    """The rules in force on the day of the shift, where it takes place."""
    return RuleSet.objects.in_force(timezone.localdate(shift.starts_at), shift.activity.division_id)
