"""Dead letters: what a channel refused for good, and sending it once more."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from core.tasks import queue_after_commit
from notifications import tasks
from notifications.models import Delivery


def dead_letters_for(user: User) -> QuerySet[Delivery]:
    """Of people in the districts of this staff member: volunteers by their home, contacts by their household, staff
    by their role. The newest first."""
    reached = Q(pk__isnull=True)
    for code in user.centre_codes:
        reached |= Q(volunteer__home_division__code__startswith=code)
        reached |= Q(contact_of__division__code__startswith=code)
        reached |= Q(roles__division__code__startswith=code)
    people = User.objects.filter(reached).values("pk")
    found = Delivery.objects.filter(state=Delivery.State.FAILED, notification__user__in=people)
    return found.select_related("notification__user").order_by("-id")


@transaction.atomic
def resend(*, delivery: Delivery, by: User) -> Delivery:
    """From the first attempt again, at once; a message that is no longer true is not sent even so. Pressed twice it
    goes out once. Raises DomainError: not_yours, not_failed."""
    if not dead_letters_for(by).filter(pk=delivery.pk).exists():
        locked = Delivery.objects.filter(pk=delivery.pk).first()
        if locked is not None and locked.state != Delivery.State.FAILED:
            raise DomainError("not_failed", _("This message is on its way already."))
        raise DomainError("not_yours", _("This message is not of your district."))
    row: Delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if row.state != Delivery.State.FAILED:
        raise DomainError("not_failed", _("This message is on its way already."))
    row.state, row.attempts, row.due_at = Delivery.State.WAITING, 0, timezone.now()
    row.save(update_fields=["state", "attempts", "due_at"])
    queue_after_commit(tasks.deliver, row.notification_id)
    return row
