"""Paper slips: the organiser prints them and types them in for others, a volunteer types in the own one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.asking import person
from activities.forms.slips import PrintForm, SlipForm, SlipOfSomebodyForm
from activities.models import PaperSlip, Shift
from activities.services import slips
from activities.views.on_site import shift_run_by
from activities.views.scanning import drawn
from activities.views.thanks import thanks
from core.errors import DomainError


@login_required
@never_cache
def shift_slips(request: HttpRequest, pk: int) -> HttpResponse:
    """What can be printed, and the form for slips that came back."""
    shift = shift_run_by(request, pk)
    form, refusal = SlipOfSomebodyForm(shift, request.POST or None), None
    if form.is_valid():
        try:
            name = _typed_in(request, shift, form)
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("Written down for %(name)s and approved.") % {"name": name})
            return redirect("activities:shift_slips", pk)
    rows = PaperSlip.objects.filter(shift=shift)
    shown = {
        "shift": shift,
        "form": form,
        "refusal": refusal,
        "print_form": PrintForm(),
        "printed": rows.count(),
        "used": rows.filter(attendance__isnull=False).count(),
    }
    return render(request, "activities/slips.html", shown)


def _typed_in(request: HttpRequest, shift: Shift, form: SlipOfSomebodyForm) -> str:
    slip = PaperSlip.objects.filter(shift=shift, code=slips.code_in(form.cleaned_data["code"])).first()
    if slip is None:
        raise slips.no_slip()
    came_at, left_at = form.times(shift)
    sign_up = form.cleaned_data["sign_up"]
    slips.enter_slip(slip=slip, sign_up=sign_up, came_at=came_at, left_at=left_at, by=person(request))
    return str(sign_up.volunteer)


@login_required
@never_cache
def print_slips(request: HttpRequest, pk: int) -> HttpResponse:
    """POST makes new slips and shows them as a page for the printer, twelve to a sheet of A4."""
    shift = shift_run_by(request, pk)
    form = PrintForm(request.POST or None)
    if not form.is_valid():
        return redirect("activities:shift_slips", pk)
    try:
        made = slips.print_slips(shift=shift, count=form.cleaned_data["count"], by=person(request))
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("activities:shift_slips", pk)
    address = request.build_absolute_uri(reverse("activities:slip"))
    printed = [(f"{slip.code[:4]} {slip.code[4:]}", drawn(f"{address}?code={slip.code}")) for slip in made]
    return render(request, "activities/slips_print.html", {"shift": shift, "printed": printed})


@login_required
@never_cache
def slip(request: HttpRequest) -> HttpResponse:
    """The own slip, typed in or scanned at home."""
    form = SlipForm(request.POST or None, initial={"code": request.GET.get("code", "")[:20]})
    refusal = None
    if form.is_valid():
        try:
            row, sign_up = slips.slip_for(typed=form.cleaned_data["code"], user=person(request))
            came_at, left_at = form.times(row.shift)
            slips.enter_slip(slip=row, sign_up=sign_up, came_at=came_at, left_at=left_at, by=person(request))
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, thanks(sign_up))
            return redirect("activities:my_sign_ups")
    return render(request, "activities/slip.html", {"form": form, "refusal": refusal})
