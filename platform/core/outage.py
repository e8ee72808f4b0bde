"""When the database does not answer, or answers too late: how that is noticed, and what the reader is told.

Three ways lead here: no connection of the pool became free within its time-out, the server is gone, or the request
stood too long in line for a thread. All are a 503 with Retry-After, in the reader's language, on a page that needs
neither the database nor a session.
"""

import logging
import sys
import threading
import time
from http import HTTPStatus
from typing import Any

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views import defaults

logger = logging.getLogger(__name__)

RETRY_AFTER = 10  # seconds that a reader is asked to wait
PAUSE = 1  # seconds between two looks at a database that is gone
WAITED = "ningju.waited"  # a WSGI variable: the seconds that a request stood in line for a thread
LONGEST_WAIT = 20  # seconds after which it is turned away: whoever asked has most likely gone


def is_outage(error: BaseException | None) -> bool:
    """Whether `error` says that the database could not serve us, rather than that we asked for something wrong."""
    return isinstance(error, OperationalError | InterfaceError)


def connection_parameters() -> dict[str, Any]:
    """What psycopg needs for a connection of its own, past the pool. Gives up after two seconds."""
    known = connections["default"].get_connection_params()
    kept = {name: known[name] for name in ("dbname", "user", "password", "host", "port") if name in known}
    return kept | {"connect_timeout": 2, "options": "-c statement_timeout=2000"}


class Gate:
    """Shut while the database is gone, so that requests are told at once instead of each waiting for the pool.

    While it is shut, one request a second looks whether the database is back.
    """

    def __init__(self) -> None:
        self._looking = threading.Lock()
        self._look_again_at: float | None = None

    def shut_if_gone(self) -> None:
        """Call it after an outage: a database that is merely busy leaves the gate open."""
        if self._look_again_at is None and not self._is_there():
            logger.warning("the database is gone")
            self._look_again_at = time.monotonic() + PAUSE

    def is_shut(self) -> bool:
        if self._look_again_at is None:
            return False
        if time.monotonic() < self._look_again_at or not self._looking.acquire(blocking=False):
            return True
        try:
            if self._is_there():
                logger.warning("the database is back")
                self._look_again_at = None
            else:
                self._look_again_at = time.monotonic() + PAUSE
        finally:
            self._looking.release()
        return self._look_again_at is not None

    @staticmethod
    def _is_there() -> bool:
        try:
            psycopg.connect(**connection_parameters()).close()
        except psycopg.Error:
            return False
        return True


gate = Gate()


def unavailable(request: HttpRequest) -> HttpResponse:
    """The 503 for this reader."""
    response: HttpResponse
    if request.headers.get("Accept", "").startswith("application/json"):
        response = JsonResponse({"error": "unavailable", "retry_after": RETRY_AFTER})
    else:
        with translation.override(_language_of(request)):
            page = {"retry_after": RETRY_AFTER, "is_reading": request.method in {"GET", "HEAD"}}
            response = HttpResponse(render_to_string("503.html", page))
    response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def answer(request: HttpRequest, error: BaseException) -> HttpResponse:
    """What an outage in a view is answered with; it is logged in one line, not as a fault of ours."""
    gate.shut_if_gone()
    logger.warning(
        "503 for %s: %s", request.path, str(error).splitlines()[0] if str(error) else type(error).__name__
    )
    return unavailable(request)


class NotAnOutage(logging.Filter):
    """For `django.request`, which would log every 503 as an error although it has been said once, as a warning."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(record, "status_code", None) != HTTPStatus.SERVICE_UNAVAILABLE


def server_error(request: HttpRequest) -> HttpResponseBase:
    """`handler500`: an outage inside a middleware ends here, where `process_exception` cannot see it."""
    error = sys.exc_info()[1]
    return answer(request, error) if error and is_outage(error) else defaults.server_error(request)


def _language_of(request: HttpRequest) -> str:
    """The chosen language, from the cookie alone: the session may be out of reach."""
    try:
        return translation.get_supported_language_variant(request.COOKIES[settings.LANGUAGE_COOKIE_NAME])
    except (KeyError, LookupError):
        return settings.LANGUAGE_CODE
