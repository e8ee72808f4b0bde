"""What several pages need: the row of the right person or 404, and an act whose refusal is shown, never raised."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.http import Http404, HttpRequest

from accounts.models import User, Volunteer
from core.errors import DomainError

Result = TypeVar("Result")


def person(request: HttpRequest) -> User:
    """Who is signed in; views that call this are `login_required`."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


def own_volunteer(user: User) -> Volunteer | None:
    return Volunteer.objects.filter(user=user).first()


def check_permission(user: User, permission: str, thing: Any = None) -> None:
    """404 instead of 403: whoever may not, does not learn that it exists."""
    if not user.has_perm(permission, thing):
        raise Http404


def tried(act: Callable[[], Result]) -> tuple[Result | None, DomainError | None]:
    """The act's result, or why it was refused."""
    try:
        return act(), None
    except DomainError as error:
        return None, error


def tried_with_message(request: HttpRequest, act: Callable[[], Any], done: Any) -> bool:
    """For acts that lead back to the page they came from: a flash says that it is done, or why not."""
    _result, error = tried(act)
    if error:
        messages.error(request, str(error))
    else:
        messages.success(request, str(done))
    return error is None
