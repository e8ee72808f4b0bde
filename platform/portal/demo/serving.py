"""What came of an accepted offer: time promised, the address read, work, hours, a review, the history of states."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from psycopg.types.range import TimestamptzRange

from accounts.models import Commitment, SourceKind, User
from activities.models import ServiceRecord
from core.models import Purpose, SensitiveReading, StateChange
from matching.models import Assignment, Review, ServiceRequest
from portal.demo.asking import Written, Yes
from portal.demo.copying import Leaf
from portal.demo.stage import WORDS, Stage

Request, Step = ServiceRequest.Status, Assignment.Status


def serve(stage: Stage, written: Written, request: ServiceRequest, yes: Yes, *, is_past: bool) -> None:
    """The accepted offer: time promised, address read, and, where the day is past, work done, hours, review."""
    volunteer, user = yes.volunteer, yes.volunteer.user
    assignment = Assignment(
        id=stage.number(Assignment),
        request=request,
        offer=yes.offer,
        volunteer=volunteer,
        studio=yes.offer.studio,
        accepted_at=yes.at,
    )
    written.assignments.append(assignment)
    stage.busy[volunteer.pk].append((request.starts_at, request.ends_at))
    written.commitments.append(
        Leaf(
            Commitment,
            volunteer_id=volunteer.pk,
            period=TimestamptzRange(request.starts_at, request.ends_at),
            source_kind=SourceKind.ASSIGNMENT,
            source_id=assignment.pk,
        )
    )
    written.readings.append(
        Leaf(
            SensitiveReading,
            reader_id=user.pk,
            subject_kind="accounts.household",
            subject_id=request.household_id,
            fields=["address", "phone"],
            purpose=Purpose.SERVE,
            read_at=yes.at,
        )
    )
    request.filled += 1
    if not is_past:
        return
    assignment.left_at = request.starts_at - timedelta(minutes=20)
    assignment.checked_in_at = request.starts_at + timedelta(minutes=stage.chance.randint(-5, 10))
    assignment.checked_out_at = request.ends_at + timedelta(minutes=stage.chance.randint(-20, 15))
    assignment.report = stage.chance.choice(WORDS["reports"])
    steps = (
        (Step.ON_MY_WAY, assignment.left_at),
        (Step.CHECKED_IN, assignment.checked_in_at),
        (Step.CHECKED_OUT, assignment.checked_out_at),
        (Step.DONE, assignment.checked_out_at + timedelta(minutes=5)),
    )
    for status, moment in steps:
        changed(written, assignment, status, user, moment)
    written.records.append(
        record_of(stage, request, assignment, assignment.checked_in_at, assignment.checked_out_at)
    )
    if stage.chance.random() < 0.7:
        written.reviews.append(
            Leaf(
                Review,
                assignment_id=assignment.pk,
                stars=stage.weighted({5: 70, 4: 22, 3: 6, 2: 2}),
                words=stage.chance.choice(WORDS["praise"]),
                by_id=request.household.contact_id,
                reviewed_at=assignment.checked_out_at + timedelta(hours=stage.chance.randint(1, 40)),
            )
        )


def record_of(
    stage: Stage, request: ServiceRequest, assignment: Assignment, starts_at: datetime, ends_at: datetime
) -> Leaf:
    return Leaf(
        ServiceRecord,
        volunteer_id=assignment.volunteer_id,
        studio_id=assignment.studio_id,
        unit_id=stage.units.get(assignment.volunteer.user_id),
        home_code=assignment.volunteer.home_division_id,
        division_id=request.division_id,
        category=request.category,
        name=request.title,
        place=request.household.division.name,
        in_charge=request.posted_by.name,
        starts_at=starts_at,
        ends_at=ends_at,
        minutes=int((ends_at - starts_at).total_seconds() // 60),
        source_kind=ServiceRecord.Source.ASSIGNMENT,
        source_id=assignment.pk,
        recorded_by_id=assignment.volunteer.user_id,
        recorded_at=ends_at,
    )


def settle(
    stage: Stage,
    written: Written,
    request: ServiceRequest,
    accepted: list[Yes],
    *,
    asked: int,
    is_past: bool,
) -> None:
    """The state in which the need is today. A past one without people went back to the worker, who closed it."""
    by = request.posted_by
    asked_at = request.posted_at + timedelta(minutes=1)
    if len(accepted) == request.headcount:
        request.staffed_at = max(yes.at for yes in accepted)
        changed(written, request, Request.ASKING, None, asked_at)
        changed(written, request, Request.STAFFED, None, request.staffed_at)
        if is_past:
            changed(written, request, Request.SERVED, None, request.ends_at + timedelta(minutes=20))
            if request.ends_at < stage.now - timedelta(days=2):
                request.closed_at = request.ends_at + timedelta(days=1)
                changed(written, request, Request.CLOSED, by, request.closed_at)
        return
    changed(written, request, Request.ASKING, None, asked_at)
    is_still_asking = request.posted_at > stage.now - timedelta(hours=12) and not is_past
    if is_still_asking:
        return
    request.ring = stage.rules.rings
    request.returned_because = nobody(asked - len(accepted), silent=True)
    changed(written, request, Request.RETURNED, None, asked_at + timedelta(hours=20))
    if is_past and accepted:
        # fewer came than were wanted, and the worker let it go ahead
        changed(written, request, Request.SERVED, by, request.ends_at + timedelta(minutes=20))
    if is_past:
        request.closed_at = request.ends_at + timedelta(days=1)
        changed(written, request, Request.CLOSED, by, min(request.closed_at, stage.now))


def nobody(asked: int, *, silent: bool) -> dict[str, Any]:
    """Why a need came back, as matching writes it down."""
    return {"able": asked, "silent" if silent else "declined": asked}


def changed(written: Written, row: models.Model, after: str, by: User | None, moment: datetime) -> None:
    """Move a row as `core.states.move` does, at a moment of the past."""
    written.changes.append(
        Leaf(
            StateChange,
            subject_kind=row._meta.label_lower,
            subject_id=row.pk,
            before=row.status,  # type: ignore[attr-defined]
            after=after,
            by_id=by.pk if by else None,
            changed_at=moment,
        )
    )
    row.status = after  # type: ignore[attr-defined]
