"""What the views of this app share: may they, and whose record it is."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest

from accounts.asking import person
from accounts.models import Division, User, Volunteer


def permitted(request: HttpRequest, permission: str, row: Any = None) -> User:
    """The person, if they may; otherwise the page does not exist for them (Http404)."""
    user = person(request)
    if not user.has_perm(f"activities.{permission}", row):
        raise Http404
    return user


def publishes_rankings(user: User | AnonymousUser, division: Division) -> bool:
    """A superuser may everything, but publishes in the name of no centre."""
    return (
        isinstance(user, User)
        and user.is_centre_staff
        and user.has_perm("activities.publish_ranking", division)
    )


def volunteer_of(request: HttpRequest) -> Volunteer | None:
    """The volunteer record of whoever looks; None for strangers and for people without one."""
    if not isinstance(request.user, User):
        return None
    return Volunteer.objects.filter(user=request.user).select_related("user").first()
