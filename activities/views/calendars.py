"""One's own shifts in the calendar of a phone: the link, the feed behind it, and one shift as a file."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.asking import person
from activities.calendars import calendar_of, calendar_of_one
from activities.models import CalendarFeed, SignUp
from activities.services.calendars import feed_of, make_feed, revoke_feed

CALENDAR = "text/calendar; charset=utf-8"


class FeedForm(forms.Form):
    alarm_minutes = forms.TypedChoiceField(
        label=gettext_lazy("Remind me"),
        choices=CalendarFeed.Alarm,
        coerce=int,
        initial=CalendarFeed.Alarm.TWO_HOURS,
    )


@login_required
@never_cache
def calendar(request: HttpRequest) -> HttpResponse:
    """How it stands with the link; making one shows it, once."""
    user = person(request)
    form, address = FeedForm(request.POST or None), ""
    if form.is_valid():
        token = make_feed(user=user, alarm_minutes=form.cleaned_data["alarm_minutes"])
        address = request.build_absolute_uri(reverse("activities:calendar_feed", args=[token]))
    shown = {
        "form": form,
        "feed": CalendarFeed.objects.filter(user=user).first(),
        "address": address,
        "subscribe": address.replace("https:", "webcal:", 1).replace("http:", "webcal:", 1),
    }
    return render(request, "activities/calendar.html", shown)


@login_required
@require_POST
def calendar_revoke(request: HttpRequest) -> HttpResponse:
    revoke_feed(user=person(request))
    messages.success(request, _("The link is no longer good."))
    return redirect("activities:calendar")


@never_cache
@require_safe
def calendar_feed(_request: HttpRequest, token: str) -> HttpResponse:
    """Read by calendars, without signing in: the link is the key."""
    feed = feed_of(token)
    if feed is None:
        raise Http404
    return HttpResponse(calendar_of(feed.user, alarm_minutes=feed.alarm_minutes), content_type=CALENDAR)


@login_required
def shift_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """The own shift as a file for any calendar."""
    user = person(request)
    rows = SignUp.objects.filter(volunteer__user=user).select_related("shift__activity", "role")
    sign_up = get_object_or_404(rows, pk=pk)
    feed = CalendarFeed.objects.filter(user=user).first()
    minutes = CalendarFeed.Alarm.TWO_HOURS if feed is None else feed.alarm_minutes
    body = calendar_of_one(sign_up, alarm_minutes=minutes)
    disposition = f'attachment; filename="shift-{sign_up.pk}.ics"'
    return HttpResponse(body, content_type=CALENDAR, headers={"Content-Disposition": disposition})
