"""Stars: apply, publish for objections, object, answer, grant, refuse, take back, revoke.

Lock order: volunteer, application, objection.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone

from accounts.models import RuleSet, User, Volunteer
from accounts.services.submissions import first_of
from accounts.working_days import working_days_after
from activities import events
from activities.checks import stars as checks
from activities.models import ServiceRecord, StarApplication, StarObjection
from activities.rules import stars_reached
from core import states
from core.events import publish

Status = StarApplication.Status
MOVES: states.Moves = {
    Status.ASKED: frozenset({Status.PUBLISHED, Status.APPROVED, Status.REFUSED, Status.WITHDRAWN}),
    Status.PUBLISHED: frozenset({Status.APPROVED, Status.REFUSED, Status.WITHDRAWN}),
    Status.APPROVED: frozenset({Status.REVOKED}),
}
OBJECTION_MOVES: states.Moves = {
    StarObjection.Status.RAISED: frozenset({StarObjection.Status.UPHELD, StarObjection.Status.DISMISSED})
}


def minutes_given(volunteer: Volunteer) -> int:
    """Minutes of the ledger itself, every correction counted."""
    found = ServiceRecord.objects.filter(volunteer=volunteer).aggregate(sum=Sum("minutes"))["sum"]
    return found or 0


@transaction.atomic
def apply_for_star(*, volunteer: Volunteer, by: User, submission_key: UUID | None = None) -> StarApplication:
    """Ask for the highest star that the hours are enough for, under the rules of today.

    An application that is under way is returned as it is. Raises DomainError `not_own_record`, `not_verified`,
    `hours_too_few` or `has_this_star`.
    """
    checks.check_own_record(volunteer, by)
    volunteer = Volunteer.objects.select_for_update().get(pk=volunteer.pk)
    known = first_of(StarApplication.objects.filter(volunteer=volunteer), submission_key)
    known = known or StarApplication.objects.filter(volunteer=volunteer).under_way().first()
    if known is not None:
        return known
    rules = RuleSet.objects.in_force(timezone.localdate(), volunteer.home_division_id)
    minutes = minutes_given(volunteer)
    level = stars_reached(minutes, rules.star_hours)
    checks.check_is_verified(volunteer)
    checks.check_hours_reach(max(level, 1), level)
    checks.check_is_a_higher_star(volunteer, level)
    key = {"submission_key": submission_key} if submission_key else {}
    application = StarApplication.objects.create(
        volunteer=volunteer, level=level, rules=rules, minutes=minutes, **key
    )
    publish(events.StarAppliedFor(star_application_id=application.pk))
    return application


def _locked(application: StarApplication) -> StarApplication:
    """The application with its volunteer, both locked."""
    Volunteer.objects.select_for_update().get(pk=application.volunteer_id)
    return (
        StarApplication.objects.select_for_update(of=("self",))
        .select_related("volunteer__user", "rules")
        .get(pk=application.pk)
    )


@transaction.atomic
def publish_star(*, application: StarApplication, by: User) -> StarApplication:
    """Open it to objections for the working days that the rules ask for, beginning tomorrow.

    Raises DomainError `own_star`, `not_the_approver`, `hours_too_few` or `not_in_this_state`.
    """
    locked = _locked(application)
    checks.check_decides(locked, by)
    _check_hours_still_reach(locked)
    days = locked.rules.publicity_working_days
    states.move(
        locked,
        Status.PUBLISHED,
        moves=MOVES,
        by=by,
        published_at=timezone.now(),
        objections_until=working_days_after(timezone.localdate(), days),
    )
    publish(events.StarPublished(star_application_id=locked.pk))
    return locked


def _check_hours_still_reach(application: StarApplication) -> None:
    """By the rules under which it was asked for; a correction may have taken hours since."""
    reached = stars_reached(minutes_given(application.volunteer), application.rules.star_hours)
    checks.check_hours_reach(application.level, reached)


@transaction.atomic
def grant_star(*, application: StarApplication, by: User) -> StarApplication:
    """Grant it after the publicity, when every objection is answered.

    Raises DomainError `own_star`, `not_the_approver`, `not_published`, `publicity_runs`, `objection_open`,
    `hours_too_few` or `not_in_this_state`.
    """
    locked = _locked(application)
    checks.check_decides(locked, by)
    states.check_can_move(locked, Status.APPROVED, moves=MOVES)
    checks.check_publicity_is_over(locked, timezone.localdate())
    checks.check_no_open_objection(locked)
    _check_hours_still_reach(locked)
    _decide(locked, Status.APPROVED, by=by)
    publish(events.StarGranted(star_application_id=locked.pk))
    return locked


def _decide(application: StarApplication, after: str, *, by: User, reason: str = "") -> None:
    """Move a locked application, and keep the stars of its volunteer in step."""
    states.move(
        application,
        after,
        moves=MOVES,
        by=by,
        reason=reason,
        decided_by=by,
        decided_at=timezone.now(),
        decided_because=reason[:300],
    )
    volunteer = application.volunteer
    highest = StarApplication.objects.filter(volunteer=volunteer).granted().aggregate(level=Max("level"))
    volunteer.stars = highest["level"] or 0
    volunteer.save(update_fields=["stars"])


@transaction.atomic
def refuse_star(*, application: StarApplication, reason: str, by: User) -> StarApplication:
    """Say no, with the reason that the volunteer reads. Raises `own_star`, `not_the_approver`, `no_reason` or
    `not_in_this_state`."""
    locked = _locked(application)
    checks.check_decides(locked, by)
    _decide(locked, Status.REFUSED, by=by, reason=checks.check_has_words(reason))
    publish(events.StarRefused(star_application_id=locked.pk))
    return locked


@transaction.atomic
def revoke_star(*, application: StarApplication, reason: str, by: User) -> StarApplication:
    """Take a granted star back, for instance when the hours were not true; lower stars stay.

    Raises DomainError `own_star`, `not_the_approver`, `no_reason` or `not_in_this_state`.
    """
    locked = _locked(application)
    checks.check_decides(locked, by)
    _decide(locked, Status.REVOKED, by=by, reason=checks.check_has_words(reason))
    publish(events.StarRevoked(star_application_id=locked.pk))
    return locked


@transaction.atomic
def withdraw_star(*, application: StarApplication, by: User) -> StarApplication:
    """The volunteer no longer wants it; clicked twice, it is done once. Raises `not_own_record` or
    `not_in_this_state`."""
    checks.check_own_record(application.volunteer, by)
    locked = _locked(application)
    if locked.status != Status.WITHDRAWN:
        states.move(locked, Status.WITHDRAWN, moves=MOVES, by=by)
        publish(events.StarWithdrawn(star_application_id=locked.pk))
    return locked


@transaction.atomic
def object_to_star(*, application: StarApplication, words: str, by: User) -> StarObjection:
    """Say what speaks against it, while it is open to objections. One objection a person: the first one stays.

    Raises DomainError `own_star`, `publicity_over` or `no_reason`.
    """
    locked = _locked(application)
    checks.check_not_own_star(locked, by)
    known = locked.objections.filter(by=by).first()
    if known is not None:
        return known
    checks.check_is_open_to_objections(locked, timezone.localdate())
    objection = StarObjection.objects.create(
        application=locked, by=by, words=checks.check_has_words(words)[:600]
    )
    publish(events.StarObjectedTo(star_objection_id=objection.pk))
    return objection


@transaction.atomic
def answer_objection(*, objection: StarObjection, is_upheld: bool, answer: str, by: User) -> StarObjection:
    """Answer it. One that is found right refuses the star with that answer.

    Raises DomainError `own_star`, `own_objection`, `not_the_approver`, `no_reason` or `not_in_this_state`.
    """
    application = _locked(objection.application)
    checks.check_decides(application, by)
    locked = StarObjection.objects.select_for_update().get(pk=objection.pk)
    checks.check_not_own_objection(locked, by)
    words = checks.check_has_words(answer)[:300]
    after = StarObjection.Status.UPHELD if is_upheld else StarObjection.Status.DISMISSED
    states.move(
        locked,
        after,
        moves=OBJECTION_MOVES,
        by=by,
        reason=words,
        answer=words,
        answered_by=by,
        answered_at=timezone.now(),
    )
    publish(events.StarObjectionAnswered(star_objection_id=locked.pk))
    if is_upheld and application.status == Status.PUBLISHED:
        refuse_star(application=application, reason=words, by=by)
    return locked
