"""Somebody says that they are still going."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from core.events import publish
from matching.events import AssignmentConfirmed
from matching.models import Assignment
from matching.services.locks import locked_assignment


@transaction.atomic
def confirm_assignment(*, assignment: Assignment, by: User) -> Assignment:
    """The worker's page shows it. Confirming again changes nothing.

    Raises DomainError: not_yours, cancelled, over.
    """
    request, locked = locked_assignment(assignment.pk)
    if locked.volunteer.user_id != by.pk:
        raise DomainError("not_yours", _("Only the person who goes can say so."))
    if locked.status == Assignment.Status.CANCELLED:
        raise DomainError("cancelled", _("This was cancelled: you need not go."))
    if request.ends_at <= timezone.now():
        raise DomainError("over", _("This service is over."))
    if locked.confirmed_at is None:
        locked.confirmed_at = timezone.now()
        locked.save(update_fields=["confirmed_at"])
        publish(AssignmentConfirmed(assignment_id=locked.pk))
    return locked
