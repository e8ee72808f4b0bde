"""Looking for somebody who comes instead, and saying yes to it."""

from collections.abc import Sized

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.models import Shift, SignUp, StandInAsk, StandInCall
from core.errors import DomainError


def check_can_be_given(sign_up: SignUp) -> None:
    """A place can change hands until the shift begins."""
    if sign_up.status != SignUp.Status.SIGNED_UP or sign_up.shift.starts_at <= timezone.now():
        raise DomainError(
            "too_late_to_give",
            _("This place can no longer be given to somebody else."),
            help=_("Tell the organiser; how to reach them stands on the page of the activity."),
        )


def check_nobody_waits(shift: Shift) -> None:
    if shift.waiting.in_line().exists():
        raise DomainError(
            "people_wait",
            _("There are people who wait for a place in this shift."),
            help=_("Give the place back: it is offered to the first of them at once."),
        )


def check_somebody_can_be_asked(found: Sized) -> None:
    if not len(found):
        raise DomainError(
            "nobody_to_ask",
            _("There is nobody whom we could ask: the others have no time then, or were asked often."),
            help=_("Give the place back, so that the organiser can look for somebody."),
        )


def check_is_another_shift(sign_up: SignUp, wanted: Shift) -> None:
    if (
        wanted.pk == sign_up.shift_id
        or wanted.activity_id != sign_up.shift.activity_id
        or wanted.starts_at <= timezone.now()
    ):
        raise DomainError(
            "not_a_shift_to_swap",
            _("Shifts are swapped within one activity, before they begin."),
            help=_("Choose one of the shifts in the list."),
        )


def check_still_needs_an_answer(ask: StandInAsk) -> None:
    if ask.call.status != StandInCall.Status.OPEN or ask.status == StandInAsk.Status.ENDED:
        raise DomainError(
            "no_longer_needed",
            _("This needs no answer any more: somebody was found, or the search has ended."),
            help=_("Thank you for being there."),
        )
    if ask.status == StandInAsk.Status.DECLINED:
        raise DomainError(
            "declined_already",
            _("You have said no already."),
            help=_("Look at the activity: perhaps there is a place."),
        )
