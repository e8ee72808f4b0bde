"""Taking a place and giving it back. SIGN_UP_CHECKS alone explains the greyed button, the error and the tests."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accounts.checks import check_guardian_agreed, clash_with
from accounts.models import User, Volunteer
from activities.checks.wishes import Wish
from activities.models import Activity, SignUp, Waiting
from core.errors import DomainError


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
    most = wish.shift.activity.maximum_age
    if most is not None and age is not None and age > most:
        raise DomainError(
            "too_old",
            _("This activity is for people up to %(age)d years."),
            help=_("Look at the other activities nearby."),
            params={"age": most},
        )
    check_guardian_agreed(
        born_on=volunteer.born_on,
        has_guardian_consent=volunteer.has_guardian_consent,
        day=day,
        rules=wish.rules,
    )


def check_is_qualified(wish: Wish) -> None:
    """What the activity, or the roles of the shift, ask for, valid on the day (State Council Order 685, Art 16)."""
    needed = wish.shift.activity.qualification_id
    if needed is not None and needed not in wish.held:
        _refuse_unqualified(wish, [needed])
    if wish.roles and not wish.own_roles:
        _refuse_unqualified(wish, [role.qualification_id for role in wish.roles if role.qualification_id])


def _refuse_unqualified(wish: Wish, needed: Iterable[int]) -> None:
    names = pgettext("between the words of a list", ", ").join(
        wish.papers.names[one] for one in dict.fromkeys(needed)
    )
    raise DomainError(
        "not_qualified",
        _("This needs a paper that is valid on the day: %(names)s."),
        help=_("Enter it in “My qualifications”; the centre looks at it."),
        params={"names": names},
    )


def check_not_signed_up_already(wish: Wish) -> None:
    if wish.is_signed_up:
        raise DomainError(
            "signed_up_already", _("You have a place in this shift."), help=_("You find it in “My sign-ups”.")
        )


def check_has_room(wish: Wish) -> None:
    """The last of the checks: whoever is refused by this one alone may wait for a place."""
    if not wish.has_room and not wish.is_kept:
        raise DomainError(
            "full",
            _("All places of this shift are taken."),
            help=_("Wait for a place: when one becomes free, it is kept for the first who waits."),
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
    check_is_qualified,
    check_has_no_clash,
    check_has_room,
)
WAITING_CHECKS = SIGN_UP_CHECKS[:-1]


def check_acts_for_oneself(volunteer: Volunteer, by: User) -> None:
    """Nobody is forced to volunteer (Order 685, Art 25): a place is taken by the person alone."""
    if volunteer.user_id != by.pk:
        raise DomainError(
            "not_oneself",
            _("Only the volunteer can take this place."),
            help=_("Send the link of the activity to the person."),
        )


def check_sign_up(wish: Wish, checks: Iterable[Callable[[Wish], None]] = SIGN_UP_CHECKS) -> None:
    """Raises the DomainError of the first check that refuses."""
    for check in checks:
        check(wish)


def why_not(wish: Wish, checks: Iterable[Callable[[Wish], None]] = SIGN_UP_CHECKS) -> DomainError | None:
    """The first reason why this person cannot take this shift; None when they can."""
    try:
        check_sign_up(wish, checks)
    except DomainError as refusal:
        return refusal
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


def check_is_full(wish: Wish) -> None:
    if wish.has_room:
        raise DomainError(
            "has_room", _("There is a free place: nobody need wait."), help=_("Sign up for the shift.")
        )


def check_place_is_kept(waiting: Waiting, now: datetime) -> None:
    if waiting.status == Waiting.Status.WAITING:
        raise DomainError(
            "not_kept", _("It is not your turn yet."), help=_("We tell you when a place becomes free.")
        )
    if not waiting.is_kept_at(now):
        raise DomainError(
            "not_kept",
            _("This place is not kept for you any more."),
            help=_("Join the waiting list again, or choose another shift."),
        )


def check_is_taken_at_once(activity: Activity) -> None:
    if activity.confirms_sign_ups:
        raise DomainError(
            "is_confirmed",
            _("The organiser confirms each sign-up of this activity."),
            help=_("Ask for a place; you are told the answer."),
        )


def check_awaits_confirmation(waiting: Waiting) -> None:
    if waiting.status != Waiting.Status.WAITING or not waiting.shift.activity.confirms_sign_ups:
        raise DomainError(
            "answered_already",
            _("This sign-up waits for no answer any more."),
            help=_("Load the page again to see how it stands."),
        )
