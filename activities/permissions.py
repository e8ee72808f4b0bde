"""Who may do what with an activity, a ranking or a record. A view asks `user.has_perm("activities.…", row)`."""

from typing import Any

from rules.permissions import set_perm
from rules.predicates import is_authenticated, predicate

from accounts.models import Division, Membership, Studio, User
from activities.models import Activity

Row = Activity | Division | None


def reaches(codes: list[str], row: Row) -> bool:
    """Whether one of these scopes holds the row; without a row, whether there is a scope at all."""
    if row is None:
        return bool(codes)
    code = row.code if isinstance(row, Division) else row.division_id
    return any(code.startswith(scope) for scope in codes)


def may_change_what_was_checked(activity: Activity, user: User, division: Division | None = None) -> bool:
    """Until the centre has published it whoever runs it; then the staff of the place, and of where it moves to."""
    if activity.status in {Activity.Status.DRAFT, Activity.Status.REVIEW}:
        return True
    return all(reaches(user.scope_codes, place) for place in (activity, division or activity))


@predicate
def is_centre_staff(user: User, row: Row = None) -> bool:
    return reaches(user.centre_codes, row)


@predicate
def is_staff_of_the_place(user: User, row: Row = None) -> bool:
    return reaches(user.scope_codes, row)


@predicate
def leads_a_studio(user: User) -> bool:
    return Studio.objects.verified().filter(lead=user).exists()


@predicate
def manages_a_unit(user: User) -> bool:
    return Membership.objects.filter(user=user, is_manager=True, status=Membership.Status.MEMBER).exists()


@predicate
def runs_the_activity(user: User, activity: Activity | None = None) -> bool:
    return activity is not None and Activity.objects.run_by(user).filter(pk=activity.pk).exists()


PERMISSIONS: dict[str, Any] = {
    "post_activity": is_staff_of_the_place | leads_a_studio | manages_a_unit,
    "run_activity": runs_the_activity,
    "review_activity": is_centre_staff,
    "publish_ranking": is_centre_staff,
    "answer_correction": is_staff_of_the_place,
    "decide_check": is_staff_of_the_place,
}
for name, holds in PERMISSIONS.items():
    set_perm(f"activities.{name}", is_authenticated & holds)  # type: ignore[no-untyped-call]
