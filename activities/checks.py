"""The reasons to refuse, one small function each.

The one list SIGN_UP_CHECKS explains the greyed button, the error and the tests.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.checks import check_guardian_agreed, clash_with
from accounts.models import Commitment, RuleSet, User, Volunteer
from activities.models import Activity, Attendance, Shift, SignUp
from activities.permissions import may_change_what_was_checked
from core.errors import DomainError
from core.templatetags.words import period


@dataclass(frozen=True)
class Wish:
    """A volunteer wants this shift: everything that the checks look at, read beforehand."""

    shift: Shift
    volunteer: Volunteer | None
    rules: RuleSet
    now: datetime
    is_signed_up: bool = False
    in_the_way: Commitment | None = None


def check_is_recruiting(wish: Wish) -> None:
    status = wish.shift.activity.status
    if status != Activity.Status.RECRUITING:
        words = {
            Activity.Status.CANCELLED: _("This activity was cancelled."),
            Activity.Status.FINISHED: _("This activity is over."),
        }
        raise DomainError(
            "not_recruiting",
            words.get(Activity.Status(status), _("This activity is not open for sign-up yet.")),
            help=_("Look at the other activities nearby."),
        )


def check_not_started(wish: Wish) -> None:
    if wish.now >= wish.shift.starts_at:
        raise DomainError("started", _("This shift has begun already."), help=_("Choose a later shift."))


def check_is_verified_volunteer(wish: Wish) -> None:
    if wish.volunteer is None:
        raise DomainError(
            "not_a_volunteer",
            _("Sign-up is for registered volunteers."),
            help=_("Register as a volunteer first; it takes five minutes."),
        )
    if wish.volunteer.status == Volunteer.Status.APPLIED:
        raise DomainError(
            "not_verified",
            _("Your registration still waits for the volunteer centre."),
            help=_("The centre checks it within a few days and tells you in your inbox."),
        )
    if wish.volunteer.status == Volunteer.Status.SUSPENDED:
        raise DomainError(
            "suspended",
            _("Your registration is suspended."),
            help=_("Ask the volunteer centre how to go on."),
        )


def check_is_old_enough(wish: Wish) -> None:
    """The age that the activity asks for (Order 685, Art 15), and a guardian's consent for minors."""
    volunteer, least = wish.volunteer, wish.shift.activity.minimum_age
    if volunteer is None:
        return
    day = timezone.localdate(wish.shift.starts_at)
    age = volunteer.age_on(day)
    if least is not None and age is None:
        raise DomainError(
            "age_unknown",
            _("This activity is for people from %(age)d years, and your date of birth is not known."),
            help=_("Add the date of birth to your record."),
            params={"age": least},
        )
    if least is not None and age is not None and age < least:
        raise DomainError(
            "too_young",
            _("This activity is for people from %(age)d years."),
            help=_("Look at the other activities nearby."),
            params={"age": least},
        )
    check_guardian_agreed(
        born_on=volunteer.born_on,
        has_guardian_consent=volunteer.has_guardian_consent,
        day=day,
        rules=wish.rules,
    )


def check_not_signed_up_already(wish: Wish) -> None:
    if wish.is_signed_up:
        raise DomainError(
            "signed_up_already", _("You have a place in this shift."), help=_("You find it in “My sign-ups”.")
        )


def check_has_room(wish: Wish) -> None:
    if wish.shift.taken >= wish.shift.places:
        raise DomainError(
            "full",
            _("All places of this shift are taken."),
            help=_("Choose another shift, or look again later: places become free when somebody cancels."),
        )


def check_has_no_clash(wish: Wish) -> None:
    """For the eye; `commit_time` and the exclusion constraint decide. Back to back is no clash."""
    if wish.in_the_way is not None:
        raise clash_with(wish.in_the_way)


SIGN_UP_CHECKS: tuple[Callable[[Wish], None], ...] = (
    check_is_recruiting,
    check_not_started,
    check_is_verified_volunteer,
    check_not_signed_up_already,
    check_is_old_enough,
    check_has_room,
    check_has_no_clash,
)


def check_acts_for_oneself(volunteer: Volunteer, by: User) -> None:
    """Nobody is forced to volunteer (Order 685, Art 25): a place is taken by the person alone."""
    if volunteer.user_id != by.pk:
        raise DomainError(
            "not_oneself",
            _("Only the volunteer can take this place."),
            help=_("Send the link of the activity to the person."),
        )


def check_sign_up(wish: Wish) -> None:
    """Raises the DomainError of the first check that refuses."""
    for check in SIGN_UP_CHECKS:
        check(wish)


def why_not(wish: Wish) -> DomainError | None:
    """The first reason why this person cannot take this shift; None when they can."""
    try:
        check_sign_up(wish)
    except DomainError as refusal:
        return refusal
    return None


def wishes_for(
    shifts: Sequence[Shift], volunteer: Volunteer | None, *, rules: RuleSet, now: datetime
) -> list[Wish]:
    """The wishes of one person for several shifts, with two queries however many there are."""
    if volunteer is None or not shifts:
        return [Wish(shift, volunteer, rules, now) for shift in shifts]
    taken = set(
        SignUp.objects.standing()
        .filter(volunteer=volunteer, shift__in=shifts)
        .values_list("shift", flat=True)
    )
    rest = timedelta(minutes=rules.rest_minutes)
    first = min(shift.starts_at for shift in shifts) - rest
    last = max(shift.ends_at for shift in shifts) + rest
    promises = list(
        Commitment.objects.filter(volunteer=volunteer).overlapping(first, last).order_by("period")
    )
    return [
        Wish(shift, volunteer, rules, now, shift.pk in taken, _in_the_way(promises, shift, rest))
        for shift in shifts
    ]


def _in_the_way(promises: Iterable[Commitment], shift: Shift, rest: timedelta) -> Commitment | None:
    for promise in promises:
        if promise.period.lower < shift.ends_at + rest and shift.starts_at - rest < promise.period.upper:
            return promise
    return None


def check_may_cancel(sign_up: SignUp) -> None:
    if sign_up.status in {SignUp.Status.CHECKED_IN, SignUp.Status.CHECKED_OUT}:
        raise DomainError(
            "already_there",
            _("Whoever has checked in cannot cancel any more."),
            help=_("Check out instead: the time until then counts."),
        )
    if sign_up.shift.ends_at <= timezone.now():
        raise DomainError(
            "over",
            _("This shift is over and cannot be cancelled."),
            help=_("Tell the organiser why you could not come."),
        )


def check_takes_place(activity: Activity) -> None:
    if activity.status == Activity.Status.CANCELLED:
        raise DomainError(
            "cancelled", _("This activity was cancelled."), help=_("Look at the other activities nearby.")
        )


def check_check_in_is_open(shift: Shift, *, rules: RuleSet, now: datetime) -> None:
    opens = shift.starts_at - timedelta(minutes=rules.check_in_opens_minutes)
    if now < opens:
        raise DomainError(
            "too_early",
            _("The check-in opens at %(time)s."),
            help=_("Come back then; the organiser shows the code on site."),
            params={"time": period(opens)},
        )
    if now >= shift.ends_at:
        raise DomainError(
            "too_late",
            _("This shift is over; the check-in is closed."),
            help=_("If you were there, ask the organiser to tell the volunteer centre."),
        )


def check_check_out_is_open(shift: Shift, *, rules: RuleSet, now: datetime) -> None:
    closes = shift.ends_at + timedelta(minutes=rules.check_out_closes_minutes)
    if now > closes:
        raise DomainError(
            "too_late",
            _("The check-out closed at %(time)s."),
            help=_("Your check-in stays open; the organiser decides which time counts."),
            params={"time": period(closes)},
        )


def check_pairs_left(sign_up: SignUp, *, rules: RuleSet, now: datetime) -> None:
    """Check-ins of this person in this activity on this day, all its shifts together."""
    pairs = Attendance.objects.filter(
        sign_up__volunteer=sign_up.volunteer_id,
        sign_up__shift__activity=sign_up.shift.activity_id,
        checked_in_at__date=timezone.localdate(now),
    ).count()
    if pairs >= rules.check_in_pairs_a_day:
        raise DomainError(
            "no_pairs_left",
            _("At most %(most)d check-ins a day count for one activity."),
            help=_("If a time is missing, ask for a correction in “My hours”."),
            params={"most": rules.check_in_pairs_a_day},
        )


class ForbiddenKind(TextChoices):
    """What must not be published as volunteering (DOMAIN, section 4). The form asks about each; a yes refuses."""

    JOB = "job", _("It is part of somebody's own job.")
    ORDERED = "ordered", _("A unit or a school orders people to take part.")
    PRIVATE = "private", _("It serves somebody's private interest.")
    PURPOSELESS = "purposeless", _("It has no clear public purpose.")
    PAID = "paid", _("It pays more than the allowance for costs.")
    TRADED = "traded", _("Hours are promised for donations, reposts or rewards.")


def check_not_own_hours(volunteer: Volunteer, by: User) -> None:
    if volunteer.user_id == by.pk:
        raise DomainError(
            "own_hours",
            _("Nobody decides about their own hours."),
            help=_("Ask somebody else of the staff to decide."),
        )


def check_is_volunteering(kinds: Iterable[str]) -> None:
    """Raises DomainError `not_volunteering` with the sentence of the first of the six that is true."""
    for kind in kinds:
        raise DomainError(
            "not_volunteering",
            _("This cannot be published as volunteering. You ticked: %(kind)s"),
            help=_("Change the activity until none of the six is true, or announce it in another way."),
            params={"kind": ForbiddenKind(kind).label},
        )


@dataclass(frozen=True)
class ShiftGiven:
    """A shift as it was entered; `id` is that of the shift that it changes."""

    starts_at: datetime
    ends_at: datetime
    places: int
    id: int | None = None


def check_shifts_are_sound(shifts: Sequence[ShiftGiven]) -> None:
    if not shifts:
        raise DomainError(
            "no_shift", _("An activity needs at least one shift."), help=_("Enter when people are needed.")
        )
    for shift in shifts:
        if shift.ends_at <= shift.starts_at:
            raise DomainError("period_is_empty", _("A shift ends after it starts."))
        if shift.places < 1:
            raise DomainError("no_places", _("A shift has at least one place."))


def check_keeps_promises(shift: Shift, given: ShiftGiven | None) -> None:
    """Whoever has a place keeps it, at the time that was promised; room is only taken from what is free."""
    if shift.taken == 0:
        return
    if given is None or (given.starts_at, given.ends_at) != shift.period:
        raise DomainError(
            "has_sign_ups",
            _("%(count)d people have signed up for the shift %(period)s: its time stays."),
            help=_("Add a new shift, and ask the people to change; or cancel the activity with a reason."),
            params={"count": shift.taken, "period": period(*shift.period)},
        )
    if given.places < shift.taken:
        raise DomainError(
            "too_few_places",
            _("%(count)d places of the shift %(period)s are taken; there cannot be fewer."),
            help=_("Cancel sign-ups on the roster first."),
            params={"count": shift.taken, "period": period(*shift.period)},
        )


def check_runs(activity: Activity, by: User) -> None:
    if not Activity.objects.run_by(by).filter(pk=activity.pk).exists():
        raise DomainError(
            "not_the_organiser",
            _("Only the organiser and the staff of this area can do this."),
            help=_("Ask the person in charge."),
        )


# what the centre looked at before it published; all but the shifts
CHECKED = (
    "title",
    "about",
    "categories",
    "people_served",
    "place",
    "risks",
    "safeguards",
    "minimum_age",
    "organisation",
    "studio",
    "division",
)


def check_keeps_what_was_checked(activity: Activity, values: Mapping[str, Any], by: User) -> None:
    """A recruitment states true information (Order 685, Art 12): a published one is not rewritten past the centre."""
    changed = any(values[field] != getattr(activity, field) for field in CHECKED if field in values)
    if changed and not may_change_what_was_checked(activity, by, values.get("division")):
        raise DomainError(
            "checked_already",
            _("What the centre has checked stays as it is: only the shifts can still be changed."),
            help=_("Ask the volunteer centre to change it, or cancel the activity and post a new one."),
        )


def check_can_change(activity: Activity) -> None:
    if activity.status in {Activity.Status.FINISHED, Activity.Status.CANCELLED}:
        raise DomainError(
            "not_in_this_state",
            _("What is over or cancelled is not changed any more."),
            help=_("Post a new activity."),
        )


def check_is_still_to_come(activity: Activity) -> None:
    if activity.ends_at <= timezone.now():
        raise DomainError(
            "over",
            _("All shifts of this activity lie in the past."),
            help=_("Add a shift that is still to come."),
        )


def check_is_over(activity: Activity) -> None:
    if activity.ends_at > timezone.now():
        raise DomainError(
            "not_over",
            _("A shift of this activity is still to come."),
            help=_("Finish it after its last shift."),
        )


def check_reason_is_given(reason: str) -> None:
    if not reason.strip():
        raise DomainError(
            "no_reason", _("Say why, in a sentence."), help=_("The people concerned will read it.")
        )
