"""Times that wait for a person: planned, observed, and what is approved."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.asking import person, tried
from activities import services
from activities.forms.attending import ApprovalForm
from activities.models import Timesheet

PAGE = 20


@login_required
def times(request: HttpRequest) -> HttpResponse:
    """All that waits for this person, the oldest first; never the own hours."""
    rows = Timesheet.objects.to_approve(person(request)).select_related(
        "sign_up__volunteer__user", "sign_up__shift__activity"
    )
    rows = rows.prefetch_related("sign_up__attendances").order_by("sign_up__shift__starts_at", "id")
    shown = {"page": Paginator(rows, PAGE).get_page(request.GET.get("page"))}
    return render(request, "activities/times.html", shown)


@login_required
@require_POST
def approve_time(request: HttpRequest, pk: int) -> HttpResponse:
    """`minutes` count; other minutes than the observed ones with a reason."""
    user = person(request)
    rows = Timesheet.objects.visible_to(user).exclude(sign_up__volunteer__user=user)
    sheet = get_object_or_404(rows.select_related("sign_up"), pk=pk)
    form = ApprovalForm(request.POST)
    if form.is_valid():
        minutes, reason = form.cleaned_data["minutes"], form.cleaned_data["reason"]
        tried(
            request,
            lambda: services.approve_time(timesheet=sheet, minutes=minutes, reason=reason, by=user),
            _("Approved: this time counts now."),
        )
    else:
        messages.error(request, _("Type the minutes that count, as a whole number."))
    if request.POST.get("from") == "roster":
        return redirect("activities:roster", sheet.sign_up.shift_id)
    return redirect("activities:times")
