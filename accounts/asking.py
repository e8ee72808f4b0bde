"""What every view of this app does: who asks, may they, and how a refusal is told."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.utils.functional import Promise

from accounts.models import User
from core.errors import DomainError


def person(request: HttpRequest) -> User:
    """The signed-in user of a request that has passed `login_required`."""
    if not isinstance(request.user, User):
        raise TypeError("nobody is signed in")
    return request.user


def permitted(request: HttpRequest, permission: str, row: Any = None) -> User:
    """The person, if they may; otherwise the page does not exist for them (Http404)."""
    user = person(request)
    if not user.has_perm(f"accounts.{permission}", row):
        raise Http404
    return user


def tried(request: HttpRequest, act: Callable[[], Any], done: str | Promise) -> bool:
    """Does the act and says so at the top of the next page; a refusal is said there too, with what would help."""
    try:
        act()
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, str(done))
    return True
