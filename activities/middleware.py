"""A tablet that serves as a kiosk shows the kiosk and nothing else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

COOKIE = "kiosk"
OPEN_TO_KIOSKS = ("/static/", "/i18n/", "/healthz", "/readyz", "/sw.js")


class KioskOnly:
    """Leads every other address to the kiosk while the cookie is there; the kiosk itself takes it away at its end.

    Needs no database. Who deletes the cookie has a browser without a session: a stranger's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.COOKIES.get(COOKIE):
            kiosk = reverse("activities:kiosk")
            if not request.path.startswith((kiosk, *OPEN_TO_KIOSKS)):
                return HttpResponseRedirect(kiosk)
        return self.get_response(request)
