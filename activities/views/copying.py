"""Copying an earlier activity into a new draft."""

import uuid
from datetime import date, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.asking import person
from accounts.models import User
from activities import services
from activities.forms.copying import CopyForm
from activities.models import Activity
from activities.services.copying import copy_activity, shifts_to_copy
from core.errors import DomainError

WEEK = timedelta(days=7)


@login_required
def activity_copy(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    rows = Activity.objects.run_by(user).select_related("division", "organisation", "studio")
    activity, refusal = get_object_or_404(rows, pk=pk), None
    form = CopyForm(
        request.POST or None, initial={"submission_key": uuid.uuid4(), "first_on": _next(activity)}
    )
    if form.is_valid():
        try:
            copy = _copied(form, activity, user)
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("Copied into a draft. Look it through, then send it to the centre."))
            return redirect("activities:activity", copy.pk)
    shifts = shifts_to_copy(activity)
    shown = {
        "activity": activity,
        "form": form,
        "refusal": refusal,
        "shifts": shifts,
        "left_out": activity.shifts.count() - len(shifts),
        "has_series": activity.series.exists(),
    }
    return render(request, "activities/copy.html", shown)


def _next(activity: Activity) -> date:
    """The same weekday, in the first week that is still to come."""
    day, tomorrow = timezone.localdate(activity.starts_at), timezone.localdate() + timedelta(days=1)
    return day + WEEK * max(1, -((day - tomorrow) // WEEK))


def _copied(form: CopyForm, activity: Activity, user: User) -> Activity:
    """The copy; a refusal because it is not volunteering is kept, as with a new posting."""
    given = dict(form.cleaned_data)
    given.pop("is_declared")
    try:
        return copy_activity(activity=activity, by=user, **given)
    except DomainError as refusal:
        if refusal.code == "not_volunteering":
            services.record_refusal(
                title=activity.title, kinds=given["forbidden_kinds"], division=activity.division, by=user
            )
        raise
