"""The organiser's roster: one tap says that somebody came or left, one more takes the tap back."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activities.checks.posting import check_runs
from activities.models import OfflineEntry, SignUp, Way
from activities.services.attendance import observe_arrival, observe_leaving, open_pair_of
from activities.services.sign_up import SIGN_UP_MOVES
from activities.services.timesheets import locked_sign_up
from core import states
from core.errors import DomainError

TICKED = frozenset({Way.ROSTER, Way.OFFLINE, Way.LATE})


def tick(*, sign_up: SignUp, act: str, by: User) -> SignUp:
    """`act` is a value of OfflineEntry.Act. Raises DomainError `not_the_organiser` and those of the observations."""
    check_runs(sign_up.shift.activity, by)
    observe = observe_arrival if act == OfflineEntry.Act.CAME else observe_leaving
    return observe(sign_up=sign_up, way=Way.ROSTER, by=by, seen_by=by)


@transaction.atomic
def take_back_tick(*, sign_up: SignUp, by: User) -> SignUp:
    """The wrong name was tapped: the open pair goes. Without one nothing changes; what a phone observed stays.

    Raises DomainError `not_the_organiser`, `observed_by_phone`.
    """
    check_runs(sign_up.shift.activity, by)
    locked = locked_sign_up(sign_up)
    pair = open_pair_of(locked)
    if pair is None:
        return locked
    if pair.way_in not in TICKED:
        raise DomainError(
            "observed_by_phone",
            _("This person checked in without the roster."),
            help=_("Tick that the person left; the minutes can be approved differently, with a reason."),
        )
    pair.delete()
    before = SignUp.Status.CHECKED_OUT if locked.attendances.exists() else SignUp.Status.SIGNED_UP
    states.move(
        locked, before, moves=SIGN_UP_MOVES, by=by, reason=str(_("The tap on the roster is taken back"))
    )
    return locked
