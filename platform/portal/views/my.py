"""My page: what waits for me, by the roles that I have."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import RuleSet, User, Volunteer
from portal import my as reading


@login_required
def my(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    today = timezone.localdate()
    volunteer = Volunteer.objects.prefetch_related("skills").filter(user=user).first()
    studios = reading.studio_loads(user, today)
    context: dict[str, Any] = {
        "volunteer": volunteer,
        "offers": reading.open_offers(user),
        "studios": studios,
        "households": reading.own_households(user),
    }
    if studios:
        rules = RuleSet.objects.in_force(today, studios[0].studio.division_id)
        context["rounding"] = rules.rounding_minutes
    if volunteer:
        context |= of_volunteer(volunteer)
    return render(request, "portal/my.html", context)


def of_volunteer(volunteer: Volunteer) -> dict[str, Any]:
    """Hours, stars, promises and what is missing, under the rules in force at the volunteer's home."""
    today = timezone.localdate()
    rules = RuleSet.objects.in_force(today, volunteer.home_division_id)
    hours = reading.hours_of(volunteer, today)
    promises = reading.promises(volunteer)
    return {
        "rules": rules,
        "hours": hours,
        "stars": reading.stars_of(hours.all, rules.star_hours),
        "today_list": [row for row in promises if row.is_today],
        "ahead": [row for row in promises if not row.is_today],
        "gaps": reading.registration_gaps(volunteer, rules),
    }
