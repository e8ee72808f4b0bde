"""Check-in by position: the organiser's meeting point, and the volunteer's one press."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.asking import person, tried
from activities.devices import device_of, keep_device
from activities.forms.positions import PositionForm
from activities.models import MeetingPoint, SignUp
from activities.services import positions
from activities.services.scanning import device_at
from activities.views.on_site import shift_run_by
from activities.views.thanks import thanks
from core.errors import DomainError


@login_required
def meeting_point(request: HttpRequest, pk: int) -> HttpResponse:
    """Set it to where one stands, or with `act=forget` take it away."""
    shift, user = shift_run_by(request, pk), person(request)
    if request.method != "POST":
        shown = {"shift": shift, "meeting": MeetingPoint.objects.filter(shift=shift).first()}
        return render(request, "activities/meeting_point.html", shown)
    form = PositionForm(request.POST)
    if request.POST.get("act") == "forget":
        tried(
            request,
            lambda: positions.forget_meeting_point(shift=shift, by=user),
            _("Nobody checks in by position any more."),
        )
    elif form.is_valid():
        accuracy = form.cleaned_data["accuracy"]
        tried(
            request,
            lambda: positions.set_meeting_point(shift=shift, point=form.point, accuracy=accuracy, by=user),
            _("This is the meeting point now: who is near it can check in."),
        )
    else:
        messages.error(request, _("The phone did not tell where it is."))
    return redirect("activities:meeting_point", pk)


@login_required
@require_POST
def check_in_here(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own check-in, or check-out for who is there. The position is compared and not kept."""
    rows = SignUp.objects.filter(volunteer__user=person(request)).select_related(
        "shift__activity", "volunteer"
    )
    sign_up, form = get_object_or_404(rows, pk=pk), PositionForm(request.POST)
    leaves = request.POST.get("act") == "out"
    back = redirect("activities:check_out" if leaves else "activities:check_in", pk)
    if not form.is_valid():
        messages.error(request, _("The phone did not tell where it is."))
        return back
    try:
        positions.act_by_position(
            sign_up=sign_up,
            leaves=leaves,
            point=form.point,
            accuracy=form.cleaned_data["accuracy"],
            device=device_at(sign_up.shift, device_of(request)),
            by=person(request),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return keep_device(request, back)
    if leaves:
        messages.success(request, thanks(sign_up))
        return keep_device(request, redirect("activities:hours"))
    messages.success(request, _("You are checked in. Check out here before you leave."))
    return keep_device(request, redirect("activities:check_out", pk))
