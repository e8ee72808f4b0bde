"""The first page, for strangers and for those who are signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import RuleSet
from portal import home as reading


def home(request: HttpRequest) -> HttpResponse:
    place = reading.district()
    code = place.code if place else ""
    today = timezone.localdate()
    context = {
        "district": place,
        "numbers": reading.numbers_of(code, today) if code else None,
        "need_groups": reading.need_groups(code),
        "needs": reading.pressing_needs(code),
        "activities": reading.next_activities(code),
        "ranking": reading.first_of_the_month(code, today),
        "month": today,
        "rounding": RuleSet.objects.in_force(today, code).rounding_minutes if code else 0,
    }
    return render(request, "portal/home.html", context)


def ask(request: HttpRequest) -> HttpResponse:
    """How help comes to a household."""
    return render(request, "portal/ask.html")
