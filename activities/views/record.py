"""The own stars, certificates, awards and training on one page; and a person's honours for who enters them."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.asking import person, tried
from accounts.models import RuleSet
from activities import services
from activities.asking import volunteer_of
from activities.checks.honours import volunteers_recorded_by
from activities.forms.inputs import ReasonForm
from activities.forms.record import AwardForm, TrainingForm
from activities.models import Award, Training
from activities.rules import stars_reached
from core.errors import DomainError

SHOWN = 10


@login_required
def record(request: HttpRequest) -> HttpResponse:
    """What somebody earned: the star and the way to the next one, certificates, awards, training."""
    volunteer = volunteer_of(request)
    if volunteer is None:
        return render(request, "activities/record.html", {})
    rules = RuleSet.objects.in_force(timezone.localdate(), volunteer.home_division_id)
    minutes = services.minutes_given(volunteer)
    reached = stars_reached(minutes, rules.star_hours)
    ahead = next((hours for hours in rules.star_hours if hours * 60 > minutes), None)
    applications = list(volunteer.star_applications.select_related("rules")[:SHOWN])
    shown = {
        "volunteer": volunteer,
        "rules": rules,
        "rounding": rules.rounding_minutes,
        "minutes": minutes,
        "reached": reached,
        "next_minutes": (ahead or 0) * 60,
        "minutes_left": max((ahead or 0) * 60 - minutes, 0),
        "under_way": next((row for row in applications if row.status in {"asked", "published"}), None),
        "applications": applications,
        "submission_key": uuid.uuid4(),
        "certificates": volunteer.certificates.defer("services", "statement")[:SHOWN],
        "awards": volunteer.awards.standing(),
        "trainings": volunteer.trainings.standing(),
    }
    return render(request, "activities/record.html", shown)


@login_required
def honours(request: HttpRequest, pk: int) -> HttpResponse:
    """Awards and training of one volunteer, with the forms to enter them."""
    user = person(request)
    volunteer = get_object_or_404(volunteers_recorded_by(user).select_related("user", "home_division"), pk=pk)
    entering = request.POST.get("entering") if request.method == "POST" else None
    award = AwardForm(request.POST if entering == "award" else None, prefix="award")
    training = TrainingForm(request.POST if entering == "training" else None, prefix="training")
    refusal = None
    try:
        if award.is_valid():
            services.enter_award(volunteer=volunteer, by=user, **award.cleaned_data)
        elif training.is_valid():
            services.enter_training(volunteer=volunteer, by=user, **training.values())
    except DomainError as error:
        refusal = error
    else:
        if award.is_valid() or training.is_valid():
            messages.success(request, _("Entered; the volunteer is told."))
            return redirect("activities:honours", pk)
    shown = {
        "volunteer": volunteer,
        "award": award,
        "training": training,
        "refusal": refusal,
        "awards": volunteer.awards.standing().select_related("entered_by"),
        "trainings": volunteer.trainings.standing().select_related("entered_by"),
    }
    return render(request, "activities/honours.html", shown)


@login_required
@require_POST
def honour_strike(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    user = person(request)
    people = volunteers_recorded_by(user).values("pk")
    entry: Award | Training
    if kind == "award":
        entry = get_object_or_404(Award.objects.filter(volunteer__in=people), pk=pk)
    elif kind == "training":
        entry = get_object_or_404(Training.objects.filter(volunteer__in=people), pk=pk)
    else:
        raise Http404
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    tried(request, lambda: services.strike_entry(entry=entry, reason=reason, by=user), _("Struck."))
    return redirect("activities:honours", entry.volunteer_id)
