"""Whose desk a page is. A wrong role is told that there is no such page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import User

View = Callable[Concatenate[HttpRequest, ...], HttpResponse]


def for_staff(view: View) -> View:
    """For community workers and for the centre."""
    return _for(view, lambda user: bool(user.scope_codes))


def for_centre(view: View) -> View:
    """For the staff of a volunteer centre."""
    return _for(view, lambda user: user.is_centre_staff)


def _for(view: View, may: Callable[[User], bool]) -> View:
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may(request.user):  # type: ignore[arg-type]
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
