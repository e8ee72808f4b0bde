"""Shifts that come again: the organiser's page, one day of it, and "every Wednesday is mine"."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.asking import person, tried
from accounts.models import User
from activities.asking import volunteer_of
from activities.forms.series import SeriesChangeForm, SeriesForm
from activities.models import Activity, Series, Shift
from activities.services.series import (
    always_come,
    change_from,
    change_one,
    come_no_longer,
    leave_out,
    start_series,
)
from core.errors import DomainError


@login_required
def series(request: HttpRequest, pk: int) -> HttpResponse:
    """The series of an activity with the days ahead, and the form for another one."""
    user = person(request)
    activity = get_object_or_404(Activity.objects.run_by(user), pk=pk)
    form, refusal = SeriesForm(request.POST or None), None
    if form.is_valid():
        try:
            start_series(activity=activity, by=user, **form.given())
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("The shifts are made, and further ones follow by themselves."))
            return redirect("activities:series", pk)
    ahead = Shift.objects.filter(series__activity=activity, starts_at__gt=timezone.now())
    days: dict[int, list[Shift]] = {}
    for shift in ahead.order_by("starts_at"):
        days.setdefault(shift.series_id or 0, []).append(shift)
    rows = [(one, days.get(one.pk, [])) for one in activity.series.all()]
    shown = {"activity": activity, "form": form, "refusal": refusal, "rows": rows}
    return render(request, "activities/series.html", shown)


def _day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error


@login_required
def series_day(request: HttpRequest, pk: int, day: str) -> HttpResponse:
    """Change one shift, this and the following, or all; or leave the day out."""
    user, occurs_on = person(request), _day_of(day)
    row = get_object_or_404(Series.objects.filter(activity__in=Activity.objects.run_by(user)), pk=pk)
    shift = get_object_or_404(Shift.objects.select_related("activity"), series=row, occurs_on=occurs_on)
    local = timezone.localtime
    now = {
        "starts": local(shift.starts_at).time(),
        "ends": local(shift.ends_at).time(),
        "places": shift.places,
        "day": occurs_on,
    }
    form, refusal = SeriesChangeForm(request.POST or None, initial=now), None
    if request.method == "POST" and (request.POST.get("act") == "leave-out" or form.is_valid()):
        try:
            _changed(request, form, row, occurs_on, user)
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("The series is changed."))
            return redirect("activities:series", row.activity_id)
    shown = {"series": row, "shift": shift, "form": form, "refusal": refusal}
    return render(request, "activities/series_day.html", shown)


def _changed(request: HttpRequest, form: SeriesChangeForm, row: Series, day: date, by: User) -> None:
    if request.POST.get("act") == "leave-out":
        leave_out(series=row, day=day, by=by)
        return
    times: dict[str, Any] = {name: form.cleaned_data[name] for name in ("starts", "ends", "places")}
    scope = form.cleaned_data["scope"]
    if scope == "one":
        change_one(series=row, day=day, by=by, **times)
    else:
        change_from(series=row, day=day if scope == "following" else None, by=by, **times)


@login_required
@require_POST
def standing(request: HttpRequest, pk: int) -> HttpResponse:
    """Always come, or no longer: `act` says which."""
    user = person(request)
    row = get_object_or_404(Series.objects.filter(activity__in=Activity.objects.visible_to(user)), pk=pk)
    volunteer = volunteer_of(request)
    if volunteer is None:
        messages.info(request, _("Register as a volunteer first, then take the place."))
        return redirect("accounts:volunteer_register")
    if request.POST.get("act") == "stop":
        tried(
            request,
            lambda: come_no_longer(series=row, volunteer=volunteer, by=user),
            _("No further places are taken for you. Those that you have stay until you give them back."),
        )
    else:
        tried(
            request,
            lambda: always_come(series=row, volunteer=volunteer, by=user),
            _("You have a place each time from now on. “My sign-ups” lists them."),
        )
    return redirect("activities:activity", row.activity_id)
