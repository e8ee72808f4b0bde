"""Answers when the database cannot."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

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
