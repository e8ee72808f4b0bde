"""The tablet on site: four digits, one name, done. The organiser opens and ends it from the roster."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.asking import person, tried
from activities.middleware import COOKIE
from activities.models import Kiosk, SignUp
from activities.services import kiosks
from activities.views.on_site import shift_run_by
from activities.views.scanning import drawn
from core.errors import DomainError

CHOICE = "activities.kiosk"
CHOICE_LIFE = 120  # seconds between the digits and the name


@login_required
@never_cache
def kiosk_setup(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a tablet: its address as a QR code, shown once. `act=end` ends it."""
    shift, address = shift_run_by(request, pk), ""
    if request.method == "POST" and request.POST.get("act") == "end":
        tried(
            request,
            lambda: kiosks.end_kiosks(shift=shift, by=person(request)),
            _("The tablet checks nobody in any more."),
        )
        return redirect("activities:kiosk_setup", pk)
    if request.method == "POST":
        try:
            _kiosk, token = kiosks.open_kiosk(shift=shift, by=person(request))
            address = request.build_absolute_uri(reverse("activities:kiosk_begin", args=[token]))
        except DomainError as refusal:
            messages.error(request, str(refusal))
    open_ones = Kiosk.objects.filter(shift=shift, ended_at__isnull=True)
    shown = {"shift": shift, "address": address, "qr": drawn(address) if address else "", "kiosks": open_ones}
    return render(request, "activities/kiosk_setup.html", shown)


@never_cache
def kiosk_begin(request: HttpRequest, token: str) -> HttpResponse:
    """What the tablet opens. Whoever was signed in on it is signed out: the kiosk is for everybody."""
    if kiosks.kiosk_of(token) is None:
        return render(request, "activities/kiosk_over.html", status=410)
    if request.method != "POST":
        return render(request, "activities/kiosk_begin.html", {"token": token})
    logout(request)
    answer = redirect("activities:kiosk")
    answer.set_cookie(
        COOKIE,
        token,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Strict",
        max_age=2 * 86_400,
    )
    return answer


def _kiosk(request: HttpRequest) -> Kiosk | None:
    return kiosks.kiosk_of(request.COOKIES.get(COOKIE, ""))


@never_cache
def kiosk(request: HttpRequest) -> HttpResponse:
    """The keys; with four digits, the names that fit."""
    row = _kiosk(request)
    if row is None:
        answer = render(request, "activities/kiosk_over.html", status=410)
        answer.delete_cookie(COOKIE, samesite="Strict")
        return answer
    shown: dict[str, object] = {"shift": row.shift, "keys": "123456789"}
    if request.method == "POST":
        try:
            shown["choices"] = _choices(row, request.POST.get("digits", "").strip())
        except DomainError as refusal:
            shown["refusal"] = refusal
    return render(request, "activities/kiosk.html", shown)


@dataclass(frozen=True)
class Choice:
    name: str
    act: str
    token: str


def _choices(row: Kiosk, digits: str) -> list[Choice]:
    """What the tablet offers for these digits, each signed for this tablet and this act."""
    found = kiosks.find_people(kiosk=row, digits=digits)
    acts = [(sign_up, kiosks.next_act(sign_up)) for sign_up in found]
    return [
        Choice(
            kiosks.masked(str(sign_up.volunteer)), act, signing.dumps([row.pk, sign_up.pk, act], salt=CHOICE)
        )
        for sign_up, act in acts
    ]


@require_POST
@never_cache
def kiosk_tap(request: HttpRequest) -> HttpResponse:
    """The name was tapped. Only a choice that this tablet has just offered counts."""
    row = _kiosk(request)
    if row is None:
        return redirect("activities:kiosk")
    try:
        kiosk_id, sign_up_id, act = signing.loads(
            request.POST.get("choice", ""), salt=CHOICE, max_age=CHOICE_LIFE
        )
    except signing.BadSignature:
        return redirect("activities:kiosk")
    rows = SignUp.objects.select_related("volunteer__user", "shift")
    sign_up = get_object_or_404(rows, pk=sign_up_id, shift=row.shift_id if kiosk_id == row.pk else None)
    shown: dict[str, object] = {"name": kiosks.masked(str(sign_up.volunteer)), "act": act, "shift": row.shift}
    try:
        kiosks.act_at_kiosk(kiosk=row, sign_up=sign_up, act=act)
    except DomainError as refusal:
        shown["refusal"] = refusal
    return render(request, "activities/kiosk_done.html", shown)
