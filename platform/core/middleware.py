"""Answers in place of the database: when it cannot, and when it would not."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError

from core import outage

NEEDS_NO_DATABASE = {"/healthz", "/readyz"}


class BusyDatabase:
    """Turns an outage into a 503 with Retry-After. Stands before everything that asks the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path not in NEEDS_NO_DATABASE and (
            request.META.get(outage.WAITED, 0) > outage.LONGEST_WAIT or outage.gate.is_shut()
        ):
            return outage.unavailable(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return outage.answer(request, error) if outage.is_outage(error) else None


class NoNullCharacters:
    """Refuses U+0000, which PostgreSQL keeps in no text, with a 400: nobody types it, and no view need think of it.

    Stands before whatever looks up a cookie. What was typed is read as late as Django reads it for its CSRF check.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refuse_null([request.path, *request.COOKIES.values(), *request.GET, *values_of(request.GET)])
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        try:
            typed = request.POST
        except UnreadablePostError:
            return  # the line broke: the CSRF check refuses it
        refuse_null([*typed, *values_of(typed)])


def values_of(typed: QueryDict) -> Iterable[str]:
    return (value for _name, values in typed.lists() for value in values)


def refuse_null(texts: Iterable[object]) -> None:
    if any("\0" in str(text) for text in texts):
        raise BadRequest("a null character")
