"""What was promised is carried out: on my way, checked in, checked out, done."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.models import RuleSet, SourceKind, User, Volunteer
from accounts.services import end_time_early, open_household
from activities.models import ServiceRecord
from activities.services import record_hours
from core.audit import open_sealed
from core.codes import Grade
from core.errors import DomainError
from core.events import publish
from core.models import Purpose
from core.states import check_can_move, move
from core.templatetags.words import when_filter
from matching.events import AssignmentMoved, RequestChanged
from matching.models import Assignment, ServiceRequest
from matching.permissions import check_may
from matching.services.locks import locked_assignment
from matching.services.requests import LEAST_FOR_TWO_PEOPLE, serve_when_all_are_out
from matching.states import ASSIGNMENT_MOVES

Status = Assignment.Status


def rules_of(request: ServiceRequest) -> RuleSet:
    return RuleSet.objects.in_force(timezone.localtime(request.starts_at).date(), request.division_id)


@transaction.atomic
def set_off(*, assignment: Assignment, by: User) -> Assignment:
    """ "On my way". Raises DomainError: not_yours, not_verified, two_people, not_in_this_state."""
    request, assignment = locked_assignment(assignment.pk)
    check_may(by, "matching.carry_out", assignment)
    if assignment.status == Status.ON_MY_WAY:
        return assignment
    check_is_still_verified(assignment.volunteer)
    check_two_people_go(request)
    return moved(request, assignment, Status.ON_MY_WAY, by=by, left_at=timezone.now())


@transaction.atomic
def check_in(*, assignment: Assignment, by: User) -> Assignment:
    """Arrived: the hours begin.

    Raises DomainError: not_yours, not_verified, two_people, too_early, too_late, not_in_this_state.
    """
    request, assignment = locked_assignment(assignment.pk)
    check_may(by, "matching.carry_out", assignment)
    if assignment.status == Status.CHECKED_IN:
        return assignment
    now = timezone.now()
    check_can_move(assignment, Status.CHECKED_IN, moves=ASSIGNMENT_MOVES)
    check_is_still_verified(assignment.volunteer)
    check_two_people_go(request)
    check_in_is_open(request, now=now)
    return moved(request, assignment, Status.CHECKED_IN, by=by, checked_in_at=now)


@transaction.atomic
def check_out(*, assignment: Assignment, by: User) -> Assignment:
    """Leaving: the minutes between check-in and check-out become hours, once. The last one out makes the need served.

    Raises DomainError: not_yours, forgotten (long after the end: the worker enters the times), not_in_this_state.
    """
    request, assignment = locked_assignment(assignment.pk)
    check_may(by, "matching.carry_out", assignment)
    if assignment.status in (Status.CHECKED_OUT, Status.DONE):
        return assignment
    now = timezone.now()
    check_can_move(assignment, Status.CHECKED_OUT, moves=ASSIGNMENT_MOVES)
    check_was_not_forgotten(request, now=now)
    _out(request, assignment, at=now, by=by, grade=Grade.CREDIT, how=ServiceRecord.HowObserved.QUICK)
    return assignment


@transaction.atomic
def enter_times(
    *, assignment: Assignment, checked_in_at: datetime, checked_out_at: datetime, by: User
) -> Assignment:
    """The worker enters when somebody came and left who forgot to check in or out; such hours are entered hours.

    Raises DomainError: not_yours, own_hours, ends_before_it_starts, in_the_future, outside, not_in_this_state.
    """
    request, assignment = locked_assignment(assignment.pk)
    check_may(by, "matching.end_for_somebody", assignment)
    check_is_somebody_else(assignment, by)
    if assignment.status in (Status.CHECKED_OUT, Status.DONE):
        return assignment
    check_times_are_possible(request, checked_in_at, checked_out_at, now=timezone.now())
    if assignment.status != Status.CHECKED_IN:
        moved(request, assignment, Status.CHECKED_IN, by=by, checked_in_at=checked_in_at)
    assignment.checked_in_at = checked_in_at
    assignment.save(update_fields=["checked_in_at"])
    _out(
        request, assignment, at=checked_out_at, by=by, grade=Grade.HONOUR, how=ServiceRecord.HowObserved.TEAM
    )
    return assignment


@transaction.atomic
def finish(*, assignment: Assignment, report: str, by: User) -> Assignment:
    """A few words on what was done. Raises DomainError: not_yours, not_in_this_state."""
    request, assignment = locked_assignment(assignment.pk)
    check_may(by, "matching.carry_out", assignment)
    if assignment.status == Status.DONE:
        return assignment
    return moved(request, assignment, Status.DONE, by=by, report=report.strip()[:300])


def contact_of(*, assignment: Assignment, by: User) -> dict[str, str]:
    """Address, phone and note, for the person who goes; each call is one logged reading.

    Raises DomainError: not_yours, not_verified, closed (cancelled, or the service is over).
    """
    check_may(by, "matching.open_address", assignment)
    check_address_is_open(assignment, now=timezone.now())
    request = assignment.request
    found = open_household(
        household=request.household, fields=("address", "phone"), by=by, purpose=Purpose.SERVE
    )
    return found | open_sealed(request, ["note"], by=by, purpose=Purpose.SERVE)


def address_closes_at(request: ServiceRequest) -> datetime:
    """As long as check-out is possible."""
    return request.ends_at + timedelta(minutes=rules_of(request).check_out_closes_minutes)


def check_address_is_open(assignment: Assignment, *, now: datetime) -> None:
    """A check-out that was forgotten keeps nothing open."""
    check_is_still_verified(assignment.volunteer)
    if assignment.status == Status.CANCELLED or now > address_closes_at(assignment.request):
        raise DomainError(
            "closed",
            _("Address and phone are closed: the service is over."),
            help=_("If you left something there, ask the community worker."),
        )


def check_is_still_verified(volunteer: Volunteer) -> None:
    """Whoever was suspended after the yes goes nowhere."""
    if volunteer.status != Volunteer.Status.VERIFIED:
        raise DomainError(
            "not_verified",
            _("Your registration is not verified at the moment, so you cannot go there."),
            help=_("Ask the volunteer centre; cancel what you promised, so that others are asked."),
        )


def check_two_people_go(request: ServiceRequest) -> None:
    """Some households are visited only by two people."""
    if request.household.needs_two_people and request.assignments.standing().count() < LEAST_FOR_TWO_PEOPLE:
        raise DomainError(
            "two_people",
            _("Two people go to this household, and the second is not found yet."),
            help=_("Wait for the message that somebody goes with you."),
        )


def check_in_is_open(request: ServiceRequest, *, now: datetime) -> None:
    rules = rules_of(request)
    if now < request.starts_at - timedelta(minutes=rules.check_in_opens_minutes):
        raise DomainError(
            "too_early",
            _("Check-in opens %(minutes)d minutes before the start."),
            help=_("Press it when you stand at the door."),
            params={"minutes": rules.check_in_opens_minutes},
        )
    if now > request.ends_at + timedelta(minutes=rules.check_out_closes_minutes):
        raise DomainError(
            "too_late",
            _("The service is long over."),
            help=_("If you were there, the community worker can enter the times."),
        )


def check_was_not_forgotten(request: ServiceRequest, *, now: datetime) -> None:
    if now > address_closes_at(request):
        raise DomainError(
            "forgotten",
            _("The end was too long ago to check out by yourself."),
            help=_("Tell the community worker when you left; the times can be entered."),
        )


def check_times_are_possible(
    request: ServiceRequest, checked_in_at: datetime, checked_out_at: datetime, *, now: datetime
) -> None:
    if checked_out_at <= checked_in_at:
        raise DomainError(
            "ends_before_it_starts", _("The end lies before the start."), help=_("Look at the times again.")
        )
    if checked_out_at > now:
        raise DomainError(
            "in_the_future", _("This time is still to come."), help=_("Enter the times when it is over.")
        )
    rules = rules_of(request)
    earliest = request.starts_at - timedelta(minutes=rules.check_in_opens_minutes)
    latest = request.ends_at + timedelta(minutes=rules.check_out_closes_minutes)
    if checked_in_at < earliest or checked_out_at > latest:
        raise DomainError(
            "outside",
            _("This lies outside the service: it can be from %(earliest)s to %(latest)s."),
            help=_("Look at day and time again."),
            params={"earliest": when_filter(earliest), "latest": when_filter(latest)},
        )


def check_is_somebody_else(assignment: Assignment, by: User) -> None:
    if assignment.volunteer.user_id == by.pk:
        raise DomainError(
            "own_hours",
            _("These are your own hours: you cannot enter them yourself."),
            help=_("Ask a colleague or the volunteer centre."),
        )


def moved(
    request: ServiceRequest,
    assignment: Assignment,
    after: str,
    *,
    by: User | None,
    reason: str = "",
    **values: object,
) -> Assignment:
    move(assignment, after, moves=ASSIGNMENT_MOVES, by=by, reason=reason, **values)
    publish(AssignmentMoved(assignment.pk, after))
    publish(RequestChanged(request.pk))
    return assignment


def _out(
    request: ServiceRequest, assignment: Assignment, *, at: datetime, by: User, grade: Grade, how: str
) -> None:
    moved(request, assignment, Status.CHECKED_OUT, by=by, checked_out_at=at)
    assert assignment.checked_in_at is not None  # noqa: S101  the table of moves leads here only from checked-in
    with translation.override(settings.LANGUAGE_CODE):
        content = str(request.get_category_display())
    record_hours(
        volunteer=assignment.volunteer,
        division=request.division,
        category=request.category,
        name=request.title,
        place=request.division.name,
        content=content,
        in_charge=request.posted_by.name,
        starts_at=assignment.checked_in_at,
        ends_at=at,
        minutes=assignment.minutes,
        source_kind=ServiceRecord.Source.ASSIGNMENT,
        source_id=assignment.pk,
        studio=assignment.studio,
        receivers_born=[
            year for year in request.household.members.values_list("birth_year", flat=True) if year
        ],
        is_professional=bool(
            set(request.skills)
            & set(RuleSet.objects.in_force(timezone.localdate(at), request.division_id).licensed_skills)
        ),
        grade=grade,
        how_observed=how,
        by=by,
    )
    end_time_early(source_kind=SourceKind.ASSIGNMENT, source_id=assignment.pk, at=at)
    serve_when_all_are_out(request, by=by)
