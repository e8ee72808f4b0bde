"""The cookie by which a phone is known again, so that one phone checks in one person. It says nothing else."""

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "device"
YEAR = 365 * 24 * 3600


def device_of(request: HttpRequest) -> str:
    """The phone's own name; a new one for a phone that has none, which `keep_device` gives to it."""
    known: str | bool | None = request.get_signed_cookie(COOKIE, default=None, salt=COOKIE)
    name = (
        known if isinstance(known, str) else request.META.setdefault("ningju.device", secrets.token_hex(16))
    )
    return str(name)


def keep_device(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    response.set_signed_cookie(
        COOKIE,
        device_of(request),
        salt=COOKIE,
        max_age=YEAR,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response
