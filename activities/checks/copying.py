"""Copying an earlier activity."""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Studio
from activities.models import Activity
from core.errors import DomainError

FARTHEST = timedelta(days=2 * 366)  # recruitment looks no further ahead; a mistyped year is caught


def check_first_day_is_sound(first_on: date) -> None:
    today = timezone.localdate()
    if first_on < today:
        raise DomainError(
            "first_day_is_past", _("The first day lies in the past."), help=_("Choose today or a later day.")
        )
    if first_on > today + FARTHEST:
        raise DomainError(
            "first_day_is_too_far",
            _("The first day lies more than two years ahead."),
            help=_("Look at the year again."),
        )


def check_organiser_still_stands(activity: Activity) -> None:
    """Nothing new is posted in the name of a studio that the centre does not, or no longer, vouch for."""
    if activity.studio is not None and activity.studio.status != Studio.Status.VERIFIED:
        raise DomainError(
            "studio_is_not_verified",
            _("The studio that organised this is not verified at present."),
            help=_("Post a new activity in the name of another organiser."),
        )
