"""“I can't come”: what follows from it, who could come instead, and the page of the person who is asked."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.asking import person, tried
from activities.models import Shift, SignUp, StandInAsk, StandInCall
from activities.services.sign_up import rules_of
from activities.services.stand_ins import (
    agree_to_stand_in,
    decline_stand_in,
    look_for_stand_in,
    propose_swap,
    withdraw_call,
)

YEAR = timedelta(days=365)


def _own_sign_up(request: HttpRequest, pk: int) -> SignUp:
    rows = SignUp.objects.filter(volunteer__user=person(request))
    return get_object_or_404(rows.select_related("shift__activity", "volunteer"), pk=pk)


@login_required
def cannot_come(request: HttpRequest, pk: int) -> HttpResponse:
    """What follows is said before anything is pressed: whether it counts as late, who gets the place, who can help."""
    sign_up, now = _own_sign_up(request, pk), timezone.now()
    shift, rules = sign_up.shift, rules_of(sign_up.shift)
    late_from = shift.starts_at - timedelta(hours=rules.late_cancel_hours)
    own = sign_up.volunteer.sign_ups.filter(is_late_cancel=True, cancelled_at__gt=now - YEAR)
    others = Shift.objects.filter(activity=shift.activity_id, starts_at__gt=now, taken__gt=0)
    shown = {
        "sign_up": sign_up,
        "shift": shift,
        "can_be_given": sign_up.status == SignUp.Status.SIGNED_UP and shift.starts_at > now,
        "may_cancel": sign_up.status == SignUp.Status.SIGNED_UP and shift.ends_at > now,
        "is_late": now >= late_from,
        "late_from": late_from,
        "late_hours": rules.late_cancel_hours,
        "late_before": own.count(),
        "waiting": shift.waiting.in_line().count(),
        "others": others.exclude(pk=shift.pk).order_by("starts_at"),
        "call": _open_call(sign_up),
    }
    return render(request, "activities/cannot_come.html", shown)


def _open_call(sign_up: SignUp) -> dict[str, object] | None:
    call = sign_up.calls.filter(status=StandInCall.Status.OPEN).select_related("wanted_shift").first()
    if call is None:
        return None
    answers = list(call.asks.values_list("status", flat=True))
    declined = answers.count(StandInAsk.Status.DECLINED)
    return {"row": call, "asked": len(answers), "declined": declined}


@login_required
@require_POST
def find_stand_in(request: HttpRequest, pk: int) -> HttpResponse:
    sign_up, user = _own_sign_up(request, pk), person(request)
    tried(
        request,
        lambda: look_for_stand_in(sign_up=sign_up, by=user),
        _("People are being asked. The place stays yours until somebody says yes; we tell you."),
    )
    return redirect("activities:cannot_come", pk)


@login_required
@require_POST
def swap(request: HttpRequest, pk: int) -> HttpResponse:
    sign_up, user = _own_sign_up(request, pk), person(request)
    number = request.POST.get("shift", "")
    wanted = get_object_or_404(
        Shift.objects.filter(activity=sign_up.shift.activity_id), pk=number if number.isdecimal() else 0
    )
    tried(
        request,
        lambda: propose_swap(sign_up=sign_up, wanted=wanted, by=user),
        _("The people of that shift are asked. Both places stay as they are until somebody says yes."),
    )
    return redirect("activities:cannot_come", pk)


@login_required
@require_POST
def come_after_all(request: HttpRequest, pk: int) -> HttpResponse:
    sign_up, user = _own_sign_up(request, pk), person(request)
    tried(
        request,
        lambda: withdraw_call(sign_up=sign_up, by=user),
        _("Good that you come. Nobody is asked any more."),
    )
    return redirect("activities:my_sign_ups")


def _own_ask(request: HttpRequest, pk: int) -> StandInAsk:
    rows = StandInAsk.objects.visible_to(person(request)).select_related(
        "call__sign_up__shift__activity", "call__sign_up__volunteer__user", "gives__shift"
    )
    return get_object_or_404(rows, pk=pk)


@login_required
def stand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """The question: `act` is yes or no; otherwise it is shown."""
    ask, user = _own_ask(request, pk), person(request)
    if request.method == "POST" and request.POST.get("act") == "yes":
        if tried(
            request,
            lambda: agree_to_stand_in(ask=ask, by=user),
            _("You have the place. Thank you for stepping in."),
        ):
            return redirect("activities:my_sign_ups")
        return redirect("activities:stand_in", pk)
    if request.method == "POST":
        tried(
            request,
            lambda: decline_stand_in(ask=ask, by=user),
            _("That is fine. Thank you for answering."),
        )
        return redirect("activities:my_sign_ups")
    shown = {
        "ask": ask,
        "shift": ask.call.sign_up.shift,
        "asker": ask.call.sign_up.volunteer.public_name,
        "is_open": StandInAsk.objects.open().filter(pk=ask.pk).exists(),
    }
    return render(request, "activities/stand_in.html", shown)
