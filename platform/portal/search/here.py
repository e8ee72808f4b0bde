"""Where a reader is, for distances: the volunteer's home (kept in steps already), or nothing."""

from django.http import HttpRequest

from accounts.models import Volunteer
from core.geo import Point


def here_of(request: HttpRequest) -> Point | None:
    if not request.user.is_authenticated:
        return None
    home = Volunteer.objects.filter(user=request.user).values_list("lon", "lat").first()
    return Point(*home) if home and None not in home else None
