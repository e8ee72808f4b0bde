"""The photo of an activity."""

from accounts.models import User
from activities.checks.posting import checked_already
from activities.models import Activity
from activities.permissions import may_change_what_was_checked


def may_change_photo(activity: Activity, user: User) -> bool:
    """For who runs it: whether a photo can still be put."""
    is_closed = activity.status in {Activity.Status.FINISHED, Activity.Status.CANCELLED}
    return not is_closed and may_change_what_was_checked(activity, user)


def check_keeps_photo(activity: Activity, by: User) -> None:
    """The photo belongs to what the centre looked at before it published."""
    if not may_change_what_was_checked(activity, by):
        raise checked_already()
