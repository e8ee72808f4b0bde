"""Papers that prove what somebody can do: entered by the volunteer, looked at by the centre."""

import uuid
from datetime import date

from django.db import IntegrityError, transaction

from accounts.checks import check_is_not_the_own_record
from accounts.models import User, Volunteer
from activities.checks.posting import check_reason_is_given
from activities.checks.qualifications import check_paper_is_sound
from activities.events import QualificationChecked, QualificationClaimed
from activities.models import Qualification, QualificationGrant
from core import states
from core.events import publish

GRANT_MOVES: states.Moves = {
    QualificationGrant.Status.CLAIMED: frozenset(
        {QualificationGrant.Status.CHECKED, QualificationGrant.Status.REFUSED}
    ),
    QualificationGrant.Status.CHECKED: frozenset({QualificationGrant.Status.REFUSED}),
}


@transaction.atomic
def claim_qualification(
    *,
    volunteer: Volunteer,
    qualification: Qualification,
    issuer: str,
    proof: str,
    issued_on: date,
    expires_on: date | None,
    submission_key: uuid.UUID,
) -> QualificationGrant:
    """Enter a paper; the centre looks at it. The same `submission_key` gives the first one back.

    Raises DomainError `paper_expired`, `issued_in_the_future`.
    """
    check_paper_is_sound(issued_on, expires_on)
    grant = QualificationGrant(
        volunteer=volunteer,
        qualification=qualification,
        issuer=issuer,
        proof=proof,
        issued_on=issued_on,
        expires_on=expires_on,
        submission_key=submission_key,
    )
    try:
        with transaction.atomic():
            grant.save(force_insert=True)
    except IntegrityError:
        return QualificationGrant.objects.get(submission_key=submission_key, volunteer=volunteer)
    publish(QualificationClaimed(grant_id=grant.pk))
    return grant


@transaction.atomic
def check_qualification(
    *, grant: QualificationGrant, is_accepted: bool, by: User, reason: str = ""
) -> QualificationGrant:
    """The centre has looked at the paper. A no needs a reason; what was accepted can be taken back with one.

    Raises DomainError `own_record`, `no_reason`, `not_in_this_state`.
    """
    locked = (
        QualificationGrant.objects.select_for_update(of=("self",))
        .select_related("volunteer")
        .get(pk=grant.pk)
    )
    check_is_not_the_own_record(locked.volunteer.user_id, by)
    if not is_accepted:
        check_reason_is_given(reason)
    after = QualificationGrant.Status.CHECKED if is_accepted else QualificationGrant.Status.REFUSED
    states.move(locked, after, moves=GRANT_MOVES, by=by, reason=reason, checked_by=by)
    publish(QualificationChecked(grant_id=locked.pk, is_accepted=is_accepted, reason=reason))
    return locked
