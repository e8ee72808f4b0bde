"""Where a reader is, for distances: the volunteer's home (kept in steps already), or nothing."""

from django.http import HttpRequest

from accounts.models import User, Volunteer
from core.geo import Point


def home_of(user: User) -> Point | None:
    home = Volunteer.objects.filter(user=user).values_list("lon", "lat").first()
    return Point(*home) if home else None


def here_of(request: HttpRequest) -> Point | None:
    return home_of(request.user) if isinstance(request.user, User) else None
