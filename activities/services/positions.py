"""Check-in by position: the organiser says on site where people meet, and who is near enough may check in.

A volunteer's position is asked for after a press of the button, compared, and forgotten: what stays is that the person
was inside. Outside only a coarse step of the distance is told. A browser's position can be forged, so it is one way
among others, and the rules say whether it gives observed hours (RuleSet.credit_ways).
"""

import math

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activities.checks.posting import check_runs
from activities.models import MeetingPoint, Shift, SignUp, Way
from activities.services.attendance import Device, observe_arrival, observe_leaving
from activities.services.sign_up import rules_of
from core.errors import DomainError
from core.geo import Point, distance_m

STEP_M = 100


@transaction.atomic
def set_meeting_point(*, shift: Shift, point: Point, accuracy: float, by: User) -> MeetingPoint:
    """Where the organiser stands. Raises DomainError `not_the_organiser`, `too_coarse`."""
    check_runs(shift.activity, by)
    metres = rules_of(shift).meeting_point_metres
    check_is_exact(accuracy, metres)
    row, _is_new = MeetingPoint.objects.update_or_create(
        shift=shift, defaults={"lon": point.lon, "lat": point.lat, "metres": metres, "set_by": by}
    )
    return row


@transaction.atomic
def forget_meeting_point(*, shift: Shift, by: User) -> None:
    """Nobody checks in by position any more. Raises DomainError `not_the_organiser`."""
    check_runs(shift.activity, by)
    MeetingPoint.objects.filter(shift=shift).delete()


def act_by_position(
    *, sign_up: SignUp, leaves: bool, point: Point, accuracy: float, device: Device, by: User
) -> SignUp:
    """Check in, or out with `leaves`. Raises DomainError `no_meeting_point`, `too_coarse`, `too_far`, and those of
    the observations.
    """
    meeting = MeetingPoint.objects.filter(shift=sign_up.shift_id).first()
    if meeting is None:
        raise DomainError("no_meeting_point", _("This shift has no check-in by position."))
    check_is_exact(accuracy, meeting.metres)
    check_is_near(distance_m(point, meeting.point), meeting.metres)
    observe = observe_leaving if leaves else observe_arrival
    return observe(sign_up=sign_up, way=Way.PLACE, by=by, device=device)


def check_is_exact(accuracy: float, metres: int) -> None:
    if not 0 <= accuracy <= metres:
        raise DomainError(
            "too_coarse",
            _("Your phone does not know exactly enough where it is."),
            help=_("Go outside or to a window and try again, or use the code of the organiser."),
        )


def check_is_near(distance: float, metres: int) -> None:
    if distance > metres:
        raise DomainError(
            "too_far",
            _("You are more than %(metres)d m from the meeting point."),
            help=_("Go to the meeting point, or use the code of the organiser."),
            params={"metres": max(metres, math.floor(distance / STEP_M) * STEP_M)},
        )
