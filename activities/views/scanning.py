"""From the QR code on the organiser's phone to a check-in: scan, ticket, one button."""

from functools import lru_cache

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.asking import person
from activities.devices import device_of, keep_device
from activities.models import Shift, SignUp
from activities.rules import scan_token, step_of
from activities.services import scanning
from activities.views.thanks import thanks
from core.errors import DomainError


@lru_cache(maxsize=64)
def drawn(text: str) -> SafeString:
    """A QR code as SVG inside the page: dark on light in either theme, or no camera reads it."""
    code = segno.make(text, error="m", micro=False)
    svg = code.svg_inline(border=3, omitsize=True, dark="#000", light="#fff", svgclass="qr")
    return mark_safe(svg)  # noqa: S308  made of our own address


def code_of_now(request: HttpRequest, shift: Shift) -> SafeString:
    token = scan_token(shift.code_secret, step_of(timezone.now()))
    return drawn(request.build_absolute_uri(reverse("activities:scan", args=[shift.pk, token])))


@never_cache
def scan(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """What the camera opens, signed in or not. It proves the moment of the scan and changes nothing."""
    shift = get_object_or_404(Shift, pk=pk)
    try:
        ticket = scanning.scan(shift=shift, token=token, device=device_of(request))
    except DomainError as refusal:
        return _late(request, refusal)
    return keep_device(request, redirect("activities:scanned", ticket))


def _late(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    return render(request, "activities/scanned.html", {"refusal": refusal}, status=410)


@login_required
@never_cache
def scanned(request: HttpRequest, ticket: str) -> HttpResponse:
    """The button: check in, or check out for who is there."""
    try:
        known = scanning.ticket_of(ticket, device=device_of(request))
    except DomainError as refusal:
        return _late(request, refusal)
    user = person(request)
    shift = get_object_or_404(Shift.objects.visible_to(user).select_related("activity"), pk=known.shift_id)
    sign_up = SignUp.objects.standing().filter(shift=shift, volunteer__user=user).first()
    shown: dict[str, object] = {"shift": shift, "sign_up": sign_up, "refusal": None}
    if request.method == "POST" and sign_up is not None:
        try:
            return _act(request, sign_up, known)
        except DomainError as refusal:
            shown["refusal"] = refusal
    return render(request, "activities/scanned.html", shown, status=409 if shown["refusal"] else 200)


def _act(request: HttpRequest, sign_up: SignUp, ticket: scanning.Ticket) -> HttpResponse:
    if request.POST.get("act") == "out":
        scanning.check_out_by_scan(sign_up=sign_up, ticket=ticket, by=person(request))
        messages.success(request, thanks(sign_up))
        return redirect("activities:hours")
    scanning.check_in_by_scan(sign_up=sign_up, ticket=ticket, by=person(request))
    messages.success(request, _("You are checked in. Check out here before you leave."))
    return redirect("activities:check_out", sign_up.pk)
