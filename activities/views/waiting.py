"""The waiting list as a volunteer sees it: join, how it stands, take the place that is kept, or leave."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.asking import person, tried
from activities import services
from activities.asking import volunteer_of
from activities.models import Shift, Waiting
from activities.models.waiting import WaitingQuerySet
from activities.services.waiting import confirm_sign_up, refuse_sign_up
from core.errors import DomainError


def _own(request: HttpRequest) -> WaitingQuerySet:
    rows = Waiting.objects.filter(volunteer__user=person(request))
    return rows.select_related("shift__activity", "volunteer")


@login_required
def wait(request: HttpRequest, pk: int) -> HttpResponse:
    """Join the line. Without POST (back from signing in) it leads to the activity."""
    user = person(request)
    shift = get_object_or_404(Shift.objects.visible_to(user).select_related("activity"), pk=pk)
    volunteer = volunteer_of(request)
    if request.method != "POST":
        return redirect("activities:activity", shift.activity_id)
    if volunteer is None:
        messages.info(request, _("Register as a volunteer first, then take the place."))
        return redirect("accounts:volunteer_register")
    try:
        waiting = services.join_waiting_list(shift=shift, volunteer=volunteer, by=user)
    except DomainError as refusal:
        messages.error(request, f"{refusal.reason} {refusal.help}")
        return redirect("activities:activity", shift.activity_id)
    return redirect("activities:kept_place", waiting.pk)


@login_required
@never_cache
def kept_place(request: HttpRequest, pk: int) -> HttpResponse:
    """How it stands; when a place is kept, the one button that takes it. Asked by htmx, only that part."""
    waiting = get_object_or_404(_own(request).with_position(), pk=pk)
    now = timezone.now()
    shown = {
        "waiting": waiting,
        "shift": waiting.shift,
        "is_kept": waiting.is_kept_at(now),
        "is_waiting": waiting.status == Waiting.Status.WAITING,
        "is_placed": waiting.status == Waiting.Status.PLACED,
        "may_join_again": waiting.shift.starts_at > now,
    }
    template = "activities/kept_place_now.html" if request.htmx else "activities/kept_place.html"  # type: ignore[attr-defined]
    return render(request, template, shown)


@login_required
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    waiting, user = get_object_or_404(_own(request), pk=pk), person(request)
    took = tried(
        request,
        lambda: services.take_kept_place(waiting=waiting, by=user),
        _("The place is yours. Thank you for coming."),
    )
    if took:
        return redirect("activities:my_sign_ups")
    return redirect("activities:kept_place", pk)


@login_required
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    waiting, user = get_object_or_404(_own(request), pk=pk), person(request)
    tried(
        request,
        lambda: services.leave_waiting_list(waiting=waiting, by=user),
        _("You are no longer on the waiting list."),
    )
    return redirect("activities:activity", waiting.shift.activity_id)


def _to_answer(request: HttpRequest, pk: int) -> Waiting:
    """Of a shift that this person runs."""
    rows = Waiting.objects.filter(shift__in=Shift.objects.run_by(person(request)))
    return get_object_or_404(rows.select_related("shift"), pk=pk)


@login_required
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    waiting, user = _to_answer(request, pk), person(request)
    tried(request, lambda: confirm_sign_up(waiting=waiting, by=user), _("Confirmed; the person is told."))
    return redirect("activities:roster", waiting.shift_id)


@login_required
@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    waiting, user = _to_answer(request, pk), person(request)
    reason = request.POST.get("reason", "")
    tried(
        request,
        lambda: refuse_sign_up(waiting=waiting, reason=reason, by=user),
        _("The person reads your reason."),
    )
    return redirect("activities:roster", waiting.shift_id)
