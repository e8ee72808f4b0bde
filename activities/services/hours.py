"""The ledger of hours: append, reverse, ask for a correction and answer it (Order 67, Art 7, 12, 13).

Caps are kept in the transaction of the record: what the rules of the day do not let count is not counted, and what
was observed stands in the queue of checks, where a person reads it.

Lock order of this app: activity, shift, volunteer, sign-up, record, the person's hours, tallies.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Division, Organisation, RuleSet, Studio, User, Volunteer
from accounts.working_days import working_days_after
from activities.checks.hours import check_not_own_hours
from activities.events import HoursCorrectionAnswered, HoursCorrectionAsked, HoursRecorded
from activities.models import CorrectionRequest, ServiceRecord
from activities.services.caps import lock_hours_of, minutes_left, rules_on, unit_of
from activities.services.coins import earn_coins, fits_for_coins, take_back_coins
from activities.services.doubts import look_at
from activities.tallies import count_record
from core import states
from core.codes import Grade
from core.errors import DomainError
from core.events import publish

CORRECTION_MOVES: states.Moves = {
    CorrectionRequest.Status.ASKED: frozenset(
        {CorrectionRequest.Status.CORRECTED, CorrectionRequest.Status.KEPT}
    )
}
# a record copies these from the one that it reverses or replaces
COPIED = (
    "volunteer", "studio", "organisation", "unit", "home_code", "division", "category", "name", "place", "content",
    "in_charge", "starts_at", "ends_at", "grade", "how_observed", "source_kind", "source_id",
)  # fmt: skip


def record_of(source_kind: str, source_id: int) -> ServiceRecord | None:
    """The newest record of a source (reversals aside), be it reversed or not; None when nothing was recorded."""
    return (
        ServiceRecord.objects.filter(source_kind=source_kind, source_id=source_id, reverses__isnull=True)
        .order_by("-revision")
        .first()
    )


def _append(record: ServiceRecord) -> ServiceRecord:
    record.save(force_insert=True)
    count_record(record)
    publish(
        HoursRecorded(service_record_id=record.pk, volunteer_id=record.volunteer_id, minutes=record.minutes)
    )
    return record


@transaction.atomic
def record_hours(
    *,
    volunteer: Volunteer,
    division: Division,
    category: str,
    name: str,
    place: str,
    content: str,
    in_charge: str,
    starts_at: datetime,
    ends_at: datetime,
    minutes: int,
    source_kind: str,
    source_id: int,
    studio: Studio | None = None,
    organisation: Organisation | None = None,
    grade: str = Grade.CREDIT,
    how_observed: str = ServiceRecord.HowObserved.QUICK,
    receivers_born: Sequence[int] = (),
    is_professional: bool = False,
    by: User | None,
) -> ServiceRecord:
    """Append the record of one service and count it. `minutes` are those observed, without travel; never the plan.

    Safe to repeat: a source (`ServiceRecord.Source`, id of the sign-up or assignment) has one first record, and a
    second call returns the newest one of that source unchanged. `receivers_born` are the years of birth of those who
    were helped: service for old people earns time coins where the rules use them, unless the work asked for a licence
    (`is_professional`). Raises DomainError `negative_hours`.
    """
    if minutes < 0 or ends_at < starts_at:
        raise DomainError("negative_hours", _("Hours cannot be less than nothing."))
    lock_hours_of(volunteer.pk)
    known = record_of(source_kind, source_id)
    if known is not None:
        return known
    rules = rules_on(starts_at, division.pk)
    left = minutes_left(volunteer_id=volunteer.pk, starts_at=starts_at, rules=rules)
    record = ServiceRecord(
        volunteer=volunteer,
        studio=studio,
        organisation=organisation,
        unit=unit_of(volunteer) or organisation,
        home_code=volunteer.home_division_id,
        division=division,
        category=category,
        name=name[:120],
        place=place[:120],
        content=content[:300],
        in_charge=in_charge[:60],
        starts_at=starts_at,
        ends_at=ends_at,
        minutes=minutes if left is None else min(minutes, left),
        grade=grade,
        how_observed=how_observed,
        source_kind=source_kind,
        source_id=source_id,
        recorded_by=by,
    )
    try:
        with transaction.atomic():
            _append(record)
            look_at(record, rules=rules, observed=minutes)
            if fits_for_coins(record, rules, receivers_born, is_professional=is_professional):
                earn_coins(record=record, rules=rules)
            return record
    except IntegrityError:
        known = record_of(source_kind, source_id)  # somebody else was quicker
        if known is None:
            raise
        return known


def _copy(record: ServiceRecord) -> ServiceRecord:
    return ServiceRecord(**{field: getattr(record, field) for field in COPIED})


def check_not_reversed(record: ServiceRecord) -> None:
    if record.reverses_id is not None:
        raise DomainError(
            "is_a_reversal",
            _("This entry is itself a correction."),
            help=_("Correct the record that replaced it."),
        )
    if ServiceRecord.objects.filter(reverses=record).exists():
        raise DomainError(
            "already_reversed",
            _("This record has already been corrected."),
            help=_("Load the page again to see the record that counts now."),
        )


@transaction.atomic
def reverse_record(
    *,
    record: ServiceRecord,
    reason: str,
    by: User | None,
    instead_minutes: int | None = None,
    instead_ends_at: datetime | None = None,
    entered: bool = False,
) -> ServiceRecord:
    """Take a record back by appending its negative; with `instead_minutes` append what counts in its place.

    Returns the record that counts now, or the reversal when nothing replaces it. With `entered` what counts was told
    by a person and not observed by the system: its grade is that of entered hours (荣誉时).
    Raises DomainError `no_reason`, `negative_hours`, `over_the_cap`, `is_a_reversal` or `already_reversed`.
    """
    if not reason.strip():
        raise DomainError("no_reason", _("A correction needs a reason."))
    if instead_minutes is not None and instead_minutes < 0:
        raise DomainError("negative_hours", _("Hours cannot be less than nothing."))
    locked = (
        ServiceRecord.objects.select_for_update(of=("self",))
        .select_related("volunteer", "studio", "unit")
        .get(pk=record.pk)
    )
    check_not_reversed(locked)
    lock_hours_of(locked.volunteer_id)
    reversal = _copy(locked)
    reversal.minutes = -locked.minutes
    reversal.reverses = locked
    reversal.revision = locked.revision
    reversal.reason, reversal.recorded_by = reason[:300], by
    _append(reversal)
    has_earned = take_back_coins(record=locked) is not None
    if instead_minutes is None:
        return reversal
    rules = rules_on(locked.starts_at, locked.division_id)
    left = minutes_left(volunteer_id=locked.volunteer_id, starts_at=locked.starts_at, rules=rules)
    if left is not None and instead_minutes > left and entered:
        raise DomainError(
            "over_the_cap",
            _("The rules let %(minutes)s minutes count here at most.") % {"minutes": left},
            help=_("Enter so many or fewer; the rest was given, and is not counted."),
        )
    instead = _copy(locked)
    instead.minutes = instead_minutes if left is None else min(instead_minutes, left)
    instead.ends_at = instead_ends_at or locked.ends_at
    instead.revision = locked.revision + 1
    instead.reason, instead.recorded_by = reason[:300], by
    if entered:
        instead.grade, instead.how_observed = Grade.HONOUR, ServiceRecord.HowObserved.TEAM
    _append(instead)
    look_at(instead, rules=rules, observed=instead_minutes)
    if has_earned:
        earn_coins(record=instead, rules=rules)
    return instead


@transaction.atomic
def ask_correction(
    *, record: ServiceRecord, words: str, by: User, submission_key: uuid.UUID | None = None
) -> CorrectionRequest:
    """A volunteer says what is wrong with an own record. Asked again while one is open, that one is returned.

    Raises DomainError `not_own_record`, `no_reason`, `is_a_reversal` or `already_reversed`.
    """
    if record.volunteer.user_id != by.pk:
        raise DomainError("not_own_record", _("You can ask for a correction of your own records only."))
    if not words.strip():
        raise DomainError("no_reason", _("Say in a few words what is wrong."))
    locked = ServiceRecord.objects.select_for_update().get(pk=record.pk)
    open_one = CorrectionRequest.objects.waiting().filter(record=locked).first()
    if open_one is not None:
        return open_one
    key = submission_key or uuid.uuid4()
    replayed = CorrectionRequest.objects.filter(submission_key=key, record=locked).first()
    if replayed is not None:
        return replayed
    check_not_reversed(locked)
    today = timezone.localdate()
    rules = RuleSet.objects.in_force(today, locked.division_id)
    asked = CorrectionRequest.objects.create(
        record=locked,
        words=words.strip()[:300],
        answer_by=working_days_after(today, rules.correction_working_days),
        submission_key=key,
    )
    publish(HoursCorrectionAsked(correction_request_id=asked.pk))
    return asked


@transaction.atomic
def answer_correction(
    *, correction: CorrectionRequest, answer: str, by: User, instead_minutes: int | None = None
) -> CorrectionRequest:
    """Answer a request: with `instead_minutes` the record is reversed and replaced, without it stays as it is.

    Nobody answers a request about their own hours. Raises DomainError `own_hours`, `no_reason`,
    `not_in_this_state`, or those of `reverse_record`.
    """
    locked = CorrectionRequest.objects.select_for_update().get(pk=correction.pk)
    check_not_own_hours(locked.record.volunteer, by)
    if not answer.strip():
        raise DomainError("no_reason", _("Write a sentence that the volunteer will read."))
    after = CorrectionRequest.Status.KEPT if instead_minutes is None else CorrectionRequest.Status.CORRECTED
    states.move(
        locked,
        after,
        moves=CORRECTION_MOVES,
        by=by,
        reason=answer,
        answer=answer.strip()[:300],
        answered_by=by,
        answered_at=timezone.now(),
    )
    if instead_minutes is not None:
        reverse_record(
            record=locked.record, reason=answer, by=by, instead_minutes=instead_minutes, entered=True
        )
    publish(HoursCorrectionAnswered(correction_request_id=locked.pk))
    return locked
