"""A person decides about a doubt, never about their own hours."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activities.checks.hours import check_not_own_hours
from activities.models import RecordCheck
from activities.services.doubts import CHECK_MOVES
from activities.services.hours import reverse_record
from core import states
from core.errors import DomainError

Status = RecordCheck.Status


@transaction.atomic
def decide_check(
    *, check: RecordCheck, answer: str, by: User, instead_minutes: int | None = None
) -> RecordCheck:
    """A person decides: with `instead_minutes` the record is reversed and replaced, without it is right as it is.

    Raises DomainError `own_hours`, `no_reason`, `nothing_to_correct`, `not_in_this_state` or those of
    `reverse_record`.
    """
    locked = RecordCheck.objects.select_for_update(of=("self",)).get(pk=check.pk)
    check_not_own_hours(locked.volunteer, by)
    if not answer.strip():
        raise DomainError("no_reason", _("Write in a sentence why."))
    if instead_minutes is not None and locked.record is None:
        raise DomainError(
            "nothing_to_correct",
            _("No hours are recorded here yet."),
            help=_("Say why it is right as it is, or enter the hours on the roster."),
        )
    after = Status.RIGHT if instead_minutes is None else Status.CORRECTED
    states.move(
        locked,
        after,
        moves=CHECK_MOVES,
        by=by,
        reason=answer,
        answer=answer.strip()[:300],
        decided_by=by,
        decided_at=timezone.now(),
    )
    if instead_minutes is not None and locked.record is not None:
        reverse_record(
            record=locked.record, reason=answer, by=by, instead_minutes=instead_minutes, entered=True
        )
    return locked
