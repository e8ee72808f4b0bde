"""The public page that says whether a certificate is genuine (Order 67, Art 17), and the list of revoked ones."""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models.volunteers import public_name
from activities.certificates import KIND, REVOKED_KIND
from activities.models import Certificate
from activities.models.certificates import SERIAL_LENGTH
from core.signing import NotGenuine, sign, verify
from core.verify_certificate import statement_in

READ_AS = str.maketrans("OILU", "011V")  # letters that no serial has, as somebody may read them


@dataclass(frozen=True)
class Verdict:
    """`state`: valid, superseded, revoked, unknown, altered. `said` is what was signed."""

    state: str
    said: dict[str, Any] | None = None
    certificate: Certificate | None = None

    @property
    def is_valid(self) -> bool:
        return self.state == "valid"


def serial_in(typed: str) -> str:
    """A serial as somebody types it: any case, with or without dashes, O for 0. Empty when it cannot be one."""
    marks = re.sub(r"[\s\-–—]", "", typed).upper().translate(READ_AS)
    return marks if len(marks) == SERIAL_LENGTH and marks.isalnum() else ""


def _state_of(certificate: Certificate) -> str:
    if certificate.revoked_at:
        return "revoked"
    return "superseded" if certificate.superseded_at else "valid"


def verdict_on(statement: str) -> Verdict:
    """Of a signed statement; what it says is shown only when the signature holds."""
    try:
        said = verify(statement, kind=KIND)
    except NotGenuine as refused:
        return Verdict("altered" if refused.why == "altered" else "unknown")
    certificate = Certificate.objects.issued().filter(serial=said["serial"]).first()
    if certificate is None:  # signed by us, and yet not in the register: nothing to rely on
        return Verdict("unknown")
    return Verdict(_state_of(certificate), said, certificate)


def verdict_on_serial(serial: str) -> Verdict:
    """Of a typed number: who types it may not have the paper, so the name is masked."""
    certificate = Certificate.objects.issued().filter(serial=serial).first()
    if certificate is None:
        return Verdict("unknown")
    said = verify(certificate.statement, kind=KIND)
    said["name"] = public_name(said["name"], consents=False)
    return Verdict(_state_of(certificate), said, certificate)


@require_safe
def certificate_form(request: HttpRequest) -> HttpResponse:
    """A number or the text of a code, typed or pasted; the answer has an address of its own."""
    typed = request.GET.get("number", "").strip()
    if not typed:
        return render(request, "activities/verify.html")
    if statement := statement_in(typed):
        return redirect("certificate_check", statement)
    serial = serial_in(typed)
    found = verdict_on_serial(serial) if serial else None
    shown = {
        "typed": typed,
        "verdict": found,
        "is_no_number": not serial,
        "own_page": _own_page(request, found),
    }
    return render(request, "activities/verify.html", shown)


def _own_page(request: HttpRequest, verdict: Verdict | None) -> str:
    """Where its holder fetches it and the centre revokes it; empty for everybody else."""
    if verdict is None or verdict.certificate is None:
        return ""
    seen = Certificate.objects.visible_to(request.user).filter(pk=verdict.certificate.pk)
    return reverse("activities:certificate", args=[verdict.certificate.pk]) if seen.exists() else ""


@require_safe
def certificate_check(request: HttpRequest, statement: str) -> HttpResponse:
    found = verdict_on(statement)
    shown = {"verdict": found, "own_page": _own_page(request, found)}
    response = render(request, "activities/verify.html", shown)
    response["Referrer-Policy"] = "no-referrer"  # the address holds a name
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def revoked_certificates(_request: HttpRequest) -> HttpResponse:
    """What no longer holds, as a signed list for checks without the network."""
    rows = Certificate.objects.issued().no_longer_valid().order_by("pk")
    listed = [
        {
            "serial": row.serial,
            "state": _state_of(row),
            "on": timezone.localdate(row.revoked_at or row.superseded_at).isoformat(),
        }
        for row in rows.only("serial", "revoked_at", "superseded_at")
    ]
    payload = {
        "site": settings.SITE_URL,
        "at": timezone.localtime().isoformat(timespec="seconds"),
        "certificates": listed,
    }
    response = JsonResponse({"signed": sign(payload, kind=REVOKED_KIND), **payload})
    response["Access-Control-Allow-Origin"] = "*"
    return response
