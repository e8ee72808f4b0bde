"""Awards and training: entered by who knows of them, read by whom they are about, struck when they were a mistake."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User, Volunteer
from accounts.services.submissions import first_of
from activities import events
from activities.checks import honours as checks
from activities.checks.stars import check_has_words
from activities.models import Award, Training
from core.events import publish


@transaction.atomic
def enter_award(
    *,
    volunteer: Volunteer,
    name: str,
    granted_on: date,
    granted_by: str,
    by: User,
    submission_key: UUID | None = None,
) -> Award:
    """Write an award into the record. The same award again gives the first entry.

    Raises DomainError `own_record`, `not_your_volunteer` or `future`.
    """
    checks.check_writes_in_record(volunteer, by)
    checks.check_not_in_the_future(granted_on, timezone.localdate())
    rows = Award.objects.filter(volunteer=volunteer)
    known = first_of(rows, submission_key)
    if known is not None:
        return known
    values = {"name": name.strip(), "granted_on": granted_on, "granted_by": granted_by.strip()}
    key = {"submission_key": submission_key} if submission_key else {}
    try:
        with transaction.atomic():
            award = Award.objects.create(volunteer=volunteer, entered_by=by, **values, **key)
    except IntegrityError:
        return rows.standing().get(**values)
    publish(events.AwardEntered(award_id=award.pk))
    return award


@transaction.atomic
def enter_training(
    *,
    volunteer: Volunteer,
    name: str,
    content: str,
    study_minutes: int,
    organiser: str,
    held_on: date,
    kind: str,
    way: str,
    by: User,
    submission_key: UUID | None = None,
) -> Training:
    """Write a training into the record. The same training again gives the first entry.

    Raises DomainError `own_record`, `not_your_volunteer` or `future`.
    """
    checks.check_writes_in_record(volunteer, by)
    checks.check_not_in_the_future(held_on, timezone.localdate())
    rows = Training.objects.filter(volunteer=volunteer)
    known = first_of(rows, submission_key)
    if known is not None:
        return known
    once = {"name": name.strip(), "held_on": held_on, "organiser": organiser.strip()}
    key = {"submission_key": submission_key} if submission_key else {}
    try:
        with transaction.atomic():
            training = Training.objects.create(
                volunteer=volunteer,
                content=content.strip(),
                study_minutes=study_minutes,
                kind=kind,
                way=way,
                entered_by=by,
                **once,
                **key,
            )
    except IntegrityError:
        return rows.standing().get(**once)
    publish(events.TrainingEntered(training_id=training.pk))
    return training


@transaction.atomic
def strike_entry(*, entry: Award | Training, reason: str, by: User) -> None:
    """Strike an entry that was a mistake; it stays in the database with the reason. Struck twice, the first stays.

    Raises DomainError `own_record`, `not_your_volunteer` or `no_reason`.
    """
    checks.check_writes_in_record(entry.volunteer, by)
    words = check_has_words(reason)[:300]
    type(entry).objects.filter(pk=entry.pk, struck_at__isnull=True).update(
        struck_at=timezone.now(), struck_by=by, struck_because=words
    )
