"""Help for a household ends: an act across two apps, because a need that is still under way stands in its way."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, User
from accounts.services import end_household
from core.errors import DomainError
from matching.models import ServiceRequest


def needs_in_the_way(household: Household) -> QuerySet[ServiceRequest]:
    """What was asked for and is neither closed nor cancelled, the soonest first."""
    return ServiceRequest.objects.live().filter(household=household).order_by("starts_at", "pk")


@transaction.atomic
def end_care(*, household: Household, reason: str, by: User) -> Household:
    """Locks the household as `open_request` does, so that no need is posted between the look and the end.

    Raises DomainError: needs_under_way, and those of `accounts.services.end_household`.
    """
    locked = Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    check_no_need_is_under_way(locked)
    return end_household(household=locked, reason=reason, by=by)


def check_no_need_is_under_way(household: Household) -> None:
    if needs_in_the_way(household).exists():
        raise DomainError(
            "needs_under_way",
            _("Something is still under way for this household."),
            help=_("Close or cancel what stands below first; then help can end."),
        )
