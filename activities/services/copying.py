"""An earlier activity once more: a new draft with all that was said, on other days."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from activities.checks.copying import check_first_day_is_sound, check_organiser_still_stands
from activities.checks.posting import ShiftGiven, check_runs
from activities.models import Activity, ActivityPhoto, Shift, ShiftRole
from activities.services.activities import post_activity

COPIED = (
    "title",
    "about",
    "organisation",
    "studio",
    "division",
    "categories",
    "people_served",
    "place",
    "point",
    "risks",
    "safeguards",
    "risk_level",
    "insurance",
    "minimum_age",
    "maximum_age",
    "contact_name",
    "contact_phone",
    "contact_is_public",
    "qualification",
    "confirms_sign_ups",
)
MOST_COPIED = 24  # shifts that the form of an activity holds; a series of years is not copied day by day


def shifts_to_copy(activity: Activity) -> list[Shift]:
    """The first ones, in the order of their times."""
    return list(activity.shifts.order_by("starts_at", "id").prefetch_related("roles")[:MOST_COPIED])


@transaction.atomic
def copy_activity(
    *,
    activity: Activity,
    first_on: date,
    by: User,
    forbidden_kinds: Iterable[str] = (),
    submission_key: uuid.UUID | None = None,
) -> Activity:
    """A draft of `by` with every field, shift and role of `activity` and its photo: its first day is `first_on`, the
    days between the shifts and their hours stay. Nobody who had signed up comes along; a series is set anew. The same
    `submission_key` gives the first copy back.

    Raises DomainError `not_the_organiser`, `first_day_is_past`, `first_day_is_too_far`, `studio_is_not_verified`, or
    those of `post_activity`.
    """
    source = Activity.objects.select_for_update().get(pk=activity.pk)  # two clicks copy one after the other
    check_runs(source, by)
    key = submission_key or uuid.uuid4()
    replayed = Activity.objects.filter(submission_key=key, posted_by=by).first()
    if replayed is not None:
        return replayed
    check_first_day_is_sound(first_on)
    check_organiser_still_stands(source)
    shifts = shifts_to_copy(source)
    away = first_on - timezone.localdate(source.starts_at if not shifts else shifts[0].starts_at)
    copy = post_activity(
        **{name: getattr(source, name) for name in COPIED},
        shifts=[
            ShiftGiven(_moved(shift.starts_at, away), _moved(shift.ends_at, away), shift.places)
            for shift in shifts
        ],
        forbidden_kinds=forbidden_kinds,
        submission_key=key,
        by=by,
    )
    photo = ActivityPhoto.objects.filter(activity=source).first()
    if photo is not None:
        photo.pk, photo.put_by = copy.pk, by
        photo.save(force_insert=True)
    ShiftRole.objects.bulk_create(
        ShiftRole(
            shift=new,
            name=role.name,
            qualification_id=role.qualification_id,
            least=role.least,
            places=role.places,
        )
        for old, new in zip(shifts, copy.shifts.order_by("id"), strict=True)
        for role in old.roles.all()
    )
    return copy


def _moved(moment: datetime, away: timedelta) -> datetime:
    """The same hour on the clock of the place, so many days later."""
    local = timezone.localtime(moment)
    return datetime.combine(local.date() + away, local.time(), tzinfo=timezone.get_current_timezone())
