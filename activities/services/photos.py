"""The photo of an activity. Lock order: activity."""

import hashlib
import io
from typing import BinaryIO

from django.db import transaction
from PIL import Image

from accounts.models import User
from activities.checks.photos import check_keeps_photo
from activities.checks.posting import check_can_change, check_runs
from activities.models import Activity, ActivityPhoto
from core.pictures import drawn_anew

MOST_MEGABYTES = 5


@transaction.atomic
def put_photo(*, activity: Activity, file: BinaryIO, size: int, alt: str, by: User) -> ActivityPhoto:
    """Show this picture in the place of the one before; `alt` says in words what can be seen. Nothing but the pixels
    is kept of the file.

    Raises DomainError `not_the_organiser`, `not_in_this_state`, `checked_already`, and those of `drawn_anew`.
    """
    locked = _changeable(activity, by)
    content = drawn_anew(file, size, most_megabytes=MOST_MEGABYTES)
    with Image.open(io.BytesIO(content)) as drawn:
        width, height = drawn.size
    photo, _is_new = ActivityPhoto.objects.update_or_create(
        activity=locked,
        defaults={
            "content": content,
            "digest": hashlib.sha256(content).hexdigest(),
            "width": width,
            "height": height,
            "alt": alt,
            "put_by": by,
        },
    )
    return photo


@transaction.atomic
def remove_photo(*, activity: Activity, by: User) -> None:
    """Show none; without one nothing happens. Raises DomainError as `put_photo`."""
    ActivityPhoto.objects.filter(activity=_changeable(activity, by)).delete()


def _changeable(activity: Activity, by: User) -> Activity:
    locked = Activity.objects.select_for_update().get(pk=activity.pk)
    check_runs(locked, by)
    check_can_change(locked)
    check_keeps_photo(locked, by)
    return locked
