"""A volunteer's own way: sign up, cancel, check in, check out, and the list of it all."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.asking import person, tried
from activities import services
from activities.asking import volunteer_of
from activities.devices import device_of, keep_device
from activities.forms.attending import CodeForm
from activities.models import MeetingPoint, Shift, SignUp, StandInAsk, Waiting
from activities.services.codes import check_code_is_taken_now
from activities.services.scanning import device_at
from activities.views.thanks import thanks
from core.errors import DomainError

PAGE = 20
HERE = (SignUp.Status.SIGNED_UP, SignUp.Status.CHECKED_IN)


def _own(request: HttpRequest) -> "QuerySet[SignUp, SignUp]":
    return SignUp.objects.filter(volunteer__user=person(request)).select_related(
        "shift__activity", "volunteer"
    )


@login_required
def shift_sign_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a place. Without POST (back from signing in) it leads to the activity."""
    user = person(request)
    shift = get_object_or_404(Shift.objects.visible_to(user).select_related("activity"), pk=pk)
    volunteer = volunteer_of(request)
    if request.method == "POST" and volunteer is None:
        messages.info(request, _("Register as a volunteer first, then take the place."))
        return redirect("accounts:volunteer_register")
    if request.method == "POST" and volunteer is not None:
        number = request.POST.get("role", "")
        role = shift.roles.filter(pk=number).first() if number.isdecimal() else None
        tried(
            request,
            lambda: services.sign_up(shift=shift, volunteer=volunteer, by=user, role=role),
            _("You have a place. Thank you for coming."),
        )
    return redirect("activities:activity", shift.activity_id)


@login_required
@require_POST
def sign_up_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """The volunteer's own sign-up, or, for who runs the activity, anybody's."""
    user = person(request)
    sign_up = get_object_or_404(SignUp.objects.visible_to(user).select_related("shift", "volunteer"), pk=pk)
    tried(
        request,
        lambda: services.cancel_sign_up(sign_up=sign_up, by=user, reason=request.POST.get("reason", "")),
        _("The sign-up is cancelled; the place is free for somebody else."),
    )
    if sign_up.volunteer.user_id == user.pk:
        return redirect("activities:my_sign_ups")
    return redirect("activities:roster", sign_up.shift_id)


@login_required
def check_in(request: HttpRequest, pk: int) -> HttpResponse:
    sign_up = get_object_or_404(_own(request), pk=pk)
    if sign_up.status == SignUp.Status.CHECKED_IN and request.method != "POST":
        return redirect("activities:check_out", pk)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            _with_code(request, services.check_in, sign_up, form)
        except DomainError as refusal:
            return _code_page(request, sign_up, form, refusal)
        messages.success(request, _("You are checked in. Check out here before you leave."))
        return keep_device(request, redirect("activities:check_out", pk))
    return _code_page(request, sign_up, form)


def _with_code(request: HttpRequest, act: Callable[..., SignUp], sign_up: SignUp, form: CodeForm) -> SignUp:
    device = device_at(sign_up.shift, device_of(request))
    return act(sign_up=sign_up, code=form.cleaned_data["code"], by=person(request), device=device)


@login_required
def check_out(request: HttpRequest, pk: int) -> HttpResponse:
    sign_up = get_object_or_404(_own(request), pk=pk)
    if sign_up.status == SignUp.Status.SIGNED_UP and request.method != "POST":
        return redirect("activities:check_in", pk)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            _with_code(request, services.check_out, sign_up, form)
        except DomainError as refusal:
            return _code_page(request, sign_up, form, refusal)
        messages.success(request, thanks(sign_up))
        return keep_device(request, redirect("activities:hours"))
    return _code_page(request, sign_up, form)


def _closed_for_now(sign_up: SignUp) -> DomainError | None:
    try:
        check_code_is_taken_now(sign_up)
    except DomainError as refusal:
        return refusal
    return None


def _code_page(
    request: HttpRequest, sign_up: SignUp, form: CodeForm, refusal: DomainError | None = None
) -> HttpResponse:
    if refusal is None and sign_up.status != SignUp.Status.CANCELLED:
        refusal = _closed_for_now(sign_up)
    shown = {
        "sign_up": sign_up,
        "shift": sign_up.shift,
        "form": form,
        "refusal": refusal,
        "leaves": sign_up.status == SignUp.Status.CHECKED_IN,
        "is_done": sign_up.status == SignUp.Status.CHECKED_OUT,
        "pairs": sign_up.attendances.all(),
        "has_meeting_point": MeetingPoint.objects.filter(shift=sign_up.shift_id).exists(),
    }
    return render(request, "activities/check.html", shown)


def _waits(request: HttpRequest) -> list[Waiting]:
    """What is kept first, then the soonest."""
    rows = Waiting.objects.in_line().with_position().filter(volunteer__user=person(request))
    return list(rows.select_related("shift__activity").order_by("answer_by", "shift__starts_at", "id"))


def _asks(request: HttpRequest) -> list[StandInAsk]:
    rows = StandInAsk.objects.visible_to(person(request)).open()
    return list(rows.select_related("call__sign_up__shift__activity").order_by("id"))


@login_required
def my_sign_ups(request: HttpRequest) -> HttpResponse:
    """What is ahead, or with `?show=past` what was; cancelled ones are among the past."""
    shows_past = request.GET.get("show") == "past"
    now, rows = timezone.now(), _own(request)
    if shows_past:
        rows = rows.exclude(shift__ends_at__gte=now, status__in=HERE).order_by("-shift__starts_at", "-id")
    else:
        rows = rows.filter(shift__ends_at__gte=now, status__in=HERE).order_by("shift__starts_at", "id")
    shown = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "shows_past": shows_past,
        "waits": [] if shows_past else _waits(request),
        "asks": [] if shows_past else _asks(request),
        "volunteer": volunteer_of(request),
        "now": now,
    }
    return render(request, "activities/my_sign_ups.html", shown)
