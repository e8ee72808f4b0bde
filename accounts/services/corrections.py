"""A person sees the own record and may ask for a correction; the answer is recorded (Order 67, Art 12 and 13)."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.checks import check_is_not_the_own_record, check_reason_is_given
from accounts.events import CorrectionAnswered, CorrectionAsked
from accounts.models import Correction, User, Volunteer
from accounts.services.submissions import first_of
from core.errors import DomainError
from core.events import publish
from core.states import Moves, move

CORRECTION_MOVES: Moves = {
    Correction.Status.ASKED: frozenset({Correction.Status.CORRECTED, Correction.Status.KEPT})
}


@transaction.atomic
def ask_for_correction(
    *, volunteer: Volunteer, text: str, submission_key: UUID | None, by: User
) -> Correction:
    """What is wrong, in the person's own words. Raises DomainError: reason_missing."""
    first = first_of(Correction.objects.all(), submission_key)
    if first is not None and first.volunteer_id == volunteer.pk:
        return first
    check_reason_is_given(text)
    correction = Correction.objects.create(
        volunteer=volunteer,
        text=text.strip(),
        **({"submission_key": submission_key} if submission_key else {}),
    )
    publish(CorrectionAsked(correction.pk, by.pk))
    return correction


@transaction.atomic
def answer_correction(*, correction: Correction, answer: str, is_corrected: bool, by: User) -> Correction:
    """What was done about it, or why the record stays as it is; the person reads the sentence.

    Raises DomainError: reason_missing, own_record, already_answered.
    """
    check_reason_is_given(answer)
    row = (
        Correction.objects.select_for_update(no_key=True, of=["self"])
        .select_related("volunteer")
        .get(pk=correction.pk)
    )
    check_is_not_the_own_record(row.volunteer.user_id, by)
    if row.answered_at is not None:
        raise DomainError(
            "already_answered",
            _("This question has its answer already."),
            help=_("Load the page again to read it."),
        )
    move(
        row,
        Correction.Status.CORRECTED if is_corrected else Correction.Status.KEPT,
        moves=CORRECTION_MOVES,
        by=by,
        answer=answer.strip(),
        answered_at=timezone.now(),
        answered_by=by,
    )
    publish(CorrectionAnswered(row.pk, by.pk))
    return row
