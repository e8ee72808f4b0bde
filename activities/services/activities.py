"""Posting an activity, having it checked by the centre, changing, cancelling and finishing it.

Lock order: activity, its shifts by id, then volunteers and sign-ups (services.sign_up).
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Division, Organisation, Studio, User
from activities.checks.posting import (
    ShiftGiven,
    check_can_change,
    check_is_over,
    check_is_still_to_come,
    check_is_volunteering,
    check_keeps_promises,
    check_keeps_what_was_checked,
    check_people_are_looked_after,
    check_reason_is_given,
    check_runs,
    check_shifts_are_sound,
)
from activities.events import (
    ActivityCancelled,
    ActivityChanged,
    ActivityPublished,
    ActivityRefused,
    ActivitySentForReview,
)
from activities.models import Activity, Qualification, RefusedPosting, Shift, SignUp
from activities.services.line import close_line, offer_free_places
from activities.services.sign_up import give_all_back, rules_of
from core import states
from core.events import publish
from core.geo import Point

ACTIVITY_MOVES: states.Moves = {
    Activity.Status.DRAFT: frozenset({Activity.Status.REVIEW, Activity.Status.CANCELLED}),
    Activity.Status.REVIEW: frozenset(
        {Activity.Status.RECRUITING, Activity.Status.DRAFT, Activity.Status.CANCELLED}
    ),
    Activity.Status.RECRUITING: frozenset({Activity.Status.FINISHED, Activity.Status.CANCELLED}),
}
# after its end an activity stays open for check-outs, which close by the rules (2 h in the first RuleSet)
SETTLED = timedelta(hours=24)
# what people who signed up are told about when it changes
TOLD = ("title", "place", "starts_at", "ends_at")


@transaction.atomic
def post_activity(
    *,
    title: str,
    about: str,
    division: Division,
    categories: Sequence[str],
    place: str,
    risks: str,
    shifts: Sequence[ShiftGiven],
    point: Point | None = None,
    people_served: Sequence[str] = (),
    safeguards: Sequence[str] = (),
    minimum_age: int | None = None,
    maximum_age: int | None = None,
    risk_level: int = Activity.Risk.LOW,
    insurance: str = "",
    contact_name: str = "",
    contact_phone: str = "",
    contact_is_public: bool = False,
    qualification: Qualification | None = None,
    confirms_sign_ups: bool = False,
    organisation: Organisation | None = None,
    studio: Studio | None = None,
    forbidden_kinds: Iterable[str] = (),
    submission_key: uuid.UUID | None = None,
    by: User,
) -> Activity:
    """A draft with its shifts. The same `submission_key` gives the first activity back.

    `forbidden_kinds` are those of the six (checks.ForbiddenKind) that the poster says are true. Without a point the
    activity borrows its neighbourhood's. Raises DomainError `not_volunteering`, `no_shift`, `period_is_empty`,
    `no_places`.
    """
    key = submission_key or uuid.uuid4()
    replayed = Activity.objects.filter(submission_key=key, posted_by=by).first()
    if replayed is not None:
        return replayed
    check_is_volunteering(forbidden_kinds)
    check_shifts_are_sound(shifts)
    spot = point or division.point or Point(0.0, 0.0)
    activity = Activity(
        title=title,
        about=about,
        division=division,
        categories=list(categories),
        people_served=list(people_served),
        safeguards=list(safeguards),
        place=place,
        lon=spot.lon,
        lat=spot.lat,
        risks=risks,
        minimum_age=minimum_age,
        maximum_age=maximum_age,
        risk_level=risk_level,
        insurance=insurance,
        contact_name=contact_name,
        contact_phone=contact_phone,
        contact_is_public=contact_is_public,
        qualification=qualification,
        confirms_sign_ups=confirms_sign_ups,
        organisation=organisation,
        studio=studio,
        starts_at=min(shift.starts_at for shift in shifts),
        ends_at=max(shift.ends_at for shift in shifts),
        posted_by=by,
        submission_key=key,
    )
    try:
        with transaction.atomic():
            activity.save(force_insert=True)
    except IntegrityError:
        return Activity.objects.get(submission_key=key, posted_by=by)  # the same click, twice at once
    Shift.objects.bulk_create(
        Shift(activity=activity, starts_at=shift.starts_at, ends_at=shift.ends_at, places=shift.places)
        for shift in shifts
    )
    return activity


@transaction.atomic
def change_activity(
    *,
    activity: Activity,
    by: User,
    shifts: Sequence[ShiftGiven] | None = None,
    forbidden_kinds: Iterable[str] = (),
    **values: Any,
) -> Activity:
    """Change fields (those of `post_activity`) and, with `shifts`, all shifts at once: a shift that is not named is
    removed. A shift with sign-ups keeps its time and at least the places taken. Once it is published, only the staff
    of the place change more than its shifts. Publishes ActivityChanged when it is public. Raises DomainError
    `not_the_organiser`, `checked_already`, `has_sign_ups`, `too_few_places`, `not_in_this_state`, or those of posting.
    """
    locked = _locked(activity)
    check_runs(locked, by)
    check_can_change(locked)
    check_keeps_what_was_checked(locked, values, by)
    check_is_volunteering(forbidden_kinds)
    before = {field: getattr(locked, field) for field in TOLD}
    if "point" in values:
        locked.lon, locked.lat = values.pop("point") or locked.point
    for field, value in values.items():
        setattr(locked, field, value)
    if shifts is not None:
        check_shifts_are_sound(shifts)
        _change_shifts(locked, shifts)
    locked.save()
    if {"title", "place"} & {field for field in TOLD if getattr(locked, field) != before[field]}:
        locked.shifts.update(sequence=F("sequence") + 1)
    told = tuple(field for field in TOLD if getattr(locked, field) != before[field])
    if told and locked.status == Activity.Status.RECRUITING:
        publish(ActivityChanged(activity_id=locked.pk, what=told))
    return locked


def _change_shifts(activity: Activity, shifts: Sequence[ShiftGiven]) -> None:
    given = {shift.id: shift for shift in shifts if shift.id is not None}
    for shift in activity.shifts.select_for_update().order_by("id"):
        wanted = given.pop(shift.pk, None)
        check_keeps_promises(shift, wanted)
        if wanted is None and (shift.sign_ups.exists() or shift.waiting.exists()):
            # cancelled sign-ups and those who waited are history: the shift stays for them, and has no place to give
            wanted = ShiftGiven(shift.starts_at, shift.ends_at, shift.places)
        if wanted is None:
            shift.delete()
            continue
        if (wanted.starts_at, wanted.ends_at) != shift.period:
            shift.sequence, shift.is_changed = shift.sequence + 1, True
        shift.starts_at, shift.ends_at, shift.places = wanted.starts_at, wanted.ends_at, wanted.places
        shift.save(update_fields=["starts_at", "ends_at", "places", "sequence", "is_changed"])
        offer_free_places(shift=shift, rules=rules_of(shift), now=timezone.now())
    Shift.objects.bulk_create(
        Shift(activity=activity, starts_at=new.starts_at, ends_at=new.ends_at, places=new.places)
        for new in shifts
        if new.id is None
    )
    spans = list(activity.shifts.values_list("starts_at", "ends_at"))
    activity.starts_at = min(starts for starts, _ends in spans)
    activity.ends_at = max(ends for _starts, ends in spans)


def _locked(activity: Activity) -> Activity:
    return Activity.objects.select_for_update().get(pk=activity.pk)


def record_refusal(*, title: str, kinds: Iterable[str], division: Division, by: User) -> RefusedPosting:
    """Keep that something was not published as volunteering, and which of the six was said to be true. In a
    transaction of its own: the refusal itself has undone the posting."""
    with transaction.atomic():
        return RefusedPosting.objects.create(title=title, kinds=list(kinds), division=division, posted_by=by)


@transaction.atomic
def send_for_review(*, activity: Activity, by: User) -> Activity:
    """The organiser hands a draft to the centre. Raises DomainError `over`, `not_in_this_state`, `no_safeguards`,
    `not_insured`."""
    locked = _locked(activity)
    check_is_still_to_come(locked)
    check_people_are_looked_after(locked)
    states.move(locked, Activity.Status.REVIEW, moves=ACTIVITY_MOVES, by=by)
    publish(ActivitySentForReview(activity_id=locked.pk))
    return locked


@transaction.atomic
def publish_activity(*, activity: Activity, by: User) -> Activity:
    """The centre opens it for sign-up. Raises DomainError `over`, `not_in_this_state`."""
    locked = _locked(activity)
    check_is_still_to_come(locked)
    states.move(locked, Activity.Status.RECRUITING, moves=ACTIVITY_MOVES, by=by)
    publish(ActivityPublished(activity_id=locked.pk))
    return locked


@transaction.atomic
def refuse_activity(*, activity: Activity, reason: str, by: User) -> Activity:
    """The centre gives it back as a draft, with a reason. Raises DomainError `no_reason`, `not_in_this_state`."""
    check_reason_is_given(reason)
    locked = _locked(activity)
    states.move(locked, Activity.Status.DRAFT, moves=ACTIVITY_MOVES, by=by, reason=reason)
    publish(ActivityRefused(activity_id=locked.pk, reason=reason))
    return locked


@transaction.atomic
def cancel_activity(*, activity: Activity, reason: str, by: User) -> Activity:
    """Call it off: every place and promised time becomes free, everybody is told. Whoever has checked in keeps the
    hours. Raises DomainError `no_reason`, `over`, `not_in_this_state`.
    """
    check_reason_is_given(reason)
    locked = _locked(activity)
    if locked.status == Activity.Status.RECRUITING:
        check_is_still_to_come(locked)
    states.move(locked, Activity.Status.CANCELLED, moves=ACTIVITY_MOVES, by=by, reason=reason)
    shifts = list(locked.shifts.select_for_update().order_by("id"))
    # told while the sign-ups still stand, so that subscribers know whom it concerns
    publish(ActivityCancelled(activity_id=locked.pk, reason=reason))
    standing = SignUp.objects.filter(shift__in=shifts, status=SignUp.Status.SIGNED_UP)
    rows = standing.select_for_update(of=("self",)).select_related("shift").order_by("id")
    give_all_back(list(rows), activity=locked, by=by, reason=reason)
    for shift in shifts:
        close_line(shift)
    return locked


@transaction.atomic
def finish_activity(*, activity: Activity, by: User | None) -> Activity:
    """Close it after the last shift. Raises DomainError `not_over`, `not_in_this_state`."""
    locked = _locked(activity)
    check_is_over(locked)
    states.move(locked, Activity.Status.FINISHED, moves=ACTIVITY_MOVES, by=by)
    return locked


def finish_what_is_over(*, limit: int = 500) -> int:
    """Finish activities that ended a day ago; how many. Each is a transaction of its own, `limit` in one sweep."""
    ended = list(
        Activity.objects.filter(
            status=Activity.Status.RECRUITING, ends_at__lt=timezone.now() - SETTLED
        ).order_by("ends_at")[:limit]
    )
    for activity in ended:
        finish_activity(activity=activity, by=None)
    return len(ended)
