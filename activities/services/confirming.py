"""Somebody says that they are still coming."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activities.events import PlaceConfirmed
from activities.models import SignUp
from core.errors import DomainError
from core.events import publish


@transaction.atomic
def confirm_place(*, sign_up: SignUp, by: User) -> SignUp:
    """The organiser's roster shows it. Confirming again changes nothing.

    Raises DomainError: not_yours, cancelled, over.
    """
    locked = (
        SignUp.objects.select_for_update(of=("self",)).select_related("volunteer", "shift").get(pk=sign_up.pk)
    )
    if locked.volunteer.user_id != by.pk:
        raise DomainError("not_yours", _("Only the person who signed up can say so."))
    if locked.status == SignUp.Status.CANCELLED:
        raise DomainError(
            "cancelled",
            _("This place was given back."),
            help=_("Sign up again if you want to come after all."),
        )
    if locked.shift.ends_at <= timezone.now():
        raise DomainError("over", _("This shift is over."))
    if locked.confirmed_at is None:
        locked.confirmed_at = timezone.now()
        locked.save(update_fields=["confirmed_at"])
        publish(PlaceConfirmed(sign_up_id=locked.pk))
    return locked
