"""The shifts that one person can take, and for the others the reason why not."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.asking import person
from activities.asking import volunteer_of
from activities.listing import shifts_for


@login_required
def can_take(request: HttpRequest) -> HttpResponse:
    """The next ones near home; with `?where=district` everywhere, with `?show=all` also those with a reason."""
    person(request)
    volunteer = volunteer_of(request)
    if volunteer is None:
        messages.info(request, _("Register as a volunteer first; then you see which shifts you can take."))
        return redirect("accounts:volunteer_register")
    everywhere = request.GET.get("where") == "district"
    lines = shifts_for(volunteer, everywhere=everywhere, now=timezone.now())
    shown = {
        "possible": [line for line in lines if line.refusal is None],
        "refused": [line for line in lines if line.refusal is not None],
        "everywhere": everywhere,
        "volunteer": volunteer,
    }
    return render(request, "activities/can_take.html", shown)
