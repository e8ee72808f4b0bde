""" "Tell me when a place like this is free"."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User, Volunteer
from activities.models import Activity
from notifications.calling import stop_watching, watch_places
from notifications.views.inbox import reader


@login_required
@require_POST
def watch(request: HttpRequest, pk: int) -> HttpResponse:
    user = reader(request)
    activity = get_object_or_404(Activity.objects.visible_to(user), pk=pk)
    watch_places(volunteer=volunteer_of(user), activity=activity)
    messages.success(request, _("We tell you when a place like this is free, within your weekly limit."))
    return redirect("activities:activity", activity.pk)


@login_required
@require_POST
def unwatch(request: HttpRequest, pk: int) -> HttpResponse:
    stop_watching(volunteer=volunteer_of(reader(request)), pk=pk)
    messages.success(request, _("We no longer tell you about these places."))
    return redirect("notifications:preferences")


def volunteer_of(user: User) -> Volunteer:
    volunteer = Volunteer.objects.filter(user=user).first()
    if volunteer is None:
        raise Http404
    return volunteer
