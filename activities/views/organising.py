"""Posting, changing and moving an activity; the roster and the code on site."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.asking import person, tried
from accounts.models import User
from activities import services
from activities.asking import permitted
from activities.forms.attending import OpenCheckInForm
from activities.forms.posting import ActivityForm
from activities.forms.shifts import with_one_more_shift
from activities.models import Activity, Attendance, Shift, SignUp
from activities.rules import code_at, seconds_left
from activities.views.scanning import code_of_now
from core.errors import DomainError

LOOKS_AGAIN = 10  # seconds, and when the code changes


@login_required
def post(request: HttpRequest) -> HttpResponse:
    user = permitted(request, "post_activity")
    return _posting(request, user, None)


@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    return _posting(request, user, get_object_or_404(Activity.objects.run_by(user), pk=pk))


def _posting(request: HttpRequest, user: User, activity: Activity | None) -> HttpResponse:
    """The form, bound or not; "add a shift" gives it back one line longer, with all that was typed."""
    if request.method != "POST":
        return _form_page(request, ActivityForm(user, activity=activity), activity)
    if request.POST.get("act") == "more":
        form = ActivityForm(user, with_one_more_shift(request.POST), activity=activity)
        form.quiet()
        return _form_page(request, form, activity)
    form = ActivityForm(user, request.POST, activity=activity)
    if not form.is_valid():
        return _form_page(request, form, activity)
    try:
        row = _kept(form, user, activity)
    except DomainError as refusal:
        return _form_page(request, form, activity, refusal)
    if activity is None:
        messages.success(request, _("Saved as a draft. Send it to the volunteer centre when it is complete."))
    else:
        messages.success(request, _("The changes are saved."))
    return redirect("activities:activity", row.pk)


def _kept(form: ActivityForm, user: User, activity: Activity | None) -> Activity:
    if activity is not None:
        return services.change_activity(activity=activity, by=user, **form.given())
    key = form.cleaned_data["submission_key"]
    return services.post_activity(by=user, submission_key=key, **form.given())


def _form_page(
    request: HttpRequest, form: ActivityForm, activity: Activity | None, refusal: DomainError | None = None
) -> HttpResponse:
    shown = {"form": form, "activity": activity, "refusal": refusal}
    return render(request, "activities/form.html", shown)


@login_required
@require_POST
def activity_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Send for review, publish, refuse, cancel or finish: `act` says which."""
    user = person(request)
    row = get_object_or_404(Activity.objects.run_by(user), pk=pk)
    moves = _moves(row, user, request.POST.get("reason", ""))
    act = request.POST.get("act", "")
    if act not in moves:
        raise Http404
    tried(request, *moves[act])
    return redirect("activities:activity", row.pk)


def _moves(row: Activity, user: User, reason: str) -> dict[str, tuple[Callable[[], Any], str]]:
    allowed: dict[str, tuple[Callable[[], Any], str]] = {
        "send": (
            lambda: services.send_for_review(activity=row, by=user),
            _("Sent. The volunteer centre looks at it and tells you."),
        ),
        "cancel": (
            lambda: services.cancel_activity(activity=row, reason=reason, by=user),
            _("Cancelled. Everybody who had signed up is told."),
        ),
        "finish": (lambda: services.finish_activity(activity=row, by=user), _("Finished. Thank you.")),
    }
    if user.has_perm("activities.review_activity", row):
        allowed |= {
            "publish": (
                lambda: services.publish_activity(activity=row, by=user),
                _("Published: volunteers can sign up now."),
            ),
            "refuse": (
                lambda: services.refuse_activity(activity=row, reason=reason, by=user),
                _("Given back to the organiser with your reason."),
            ),
        }
    return allowed


def _shift_run_by(request: HttpRequest, pk: int) -> Shift:
    rows = Shift.objects.run_by(person(request)).select_related("activity")
    return get_object_or_404(rows, pk=pk)


@login_required
def roster(request: HttpRequest, pk: int) -> HttpResponse:
    """Who comes to a shift and how far each is; asked by htmx, only the list."""
    shift = _shift_run_by(request, pk)
    sign_ups = list(
        shift.sign_ups.select_related("volunteer__user", "role")
        .prefetch_related("attendances")
        .order_by("status", "id")
    )
    shown = {
        "shift": shift,
        "coming": [row for row in sign_ups if row.status != SignUp.Status.CANCELLED],
        "cancelled": [row for row in sign_ups if row.status == SignUp.Status.CANCELLED],
        "waiting": list(shift.waiting.in_line().select_related("volunteer__user").order_by("id")),
        "here": sum(row.status == SignUp.Status.CHECKED_IN for row in sign_ups),
        "is_over": shift.ends_at <= timezone.now(),
        "form": OpenCheckInForm(),
    }
    template = "activities/roster_list.html" if request.htmx else "activities/roster.html"  # type: ignore[attr-defined]
    return render(request, template, shown)


@login_required
@require_POST
def open_check_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide when somebody left who forgot to check out."""
    user = person(request)
    rows = SignUp.objects.filter(shift__in=Shift.objects.run_by(user))
    sign_up = get_object_or_404(rows, pk=pk)
    pair = get_object_or_404(Attendance, sign_up=sign_up, checked_out_at__isnull=True)
    form = OpenCheckInForm(request.POST)
    if form.is_valid():
        left_at, reason = form.moment(pair.checked_in_at), form.cleaned_data["reason"]
        tried(
            request,
            lambda: services.decide_open_check_in(sign_up=sign_up, left_at=left_at, reason=reason, by=user),
            _("Written into the hours as an entered time."),
        )
    else:
        messages.error(request, _("Type when the person left, and how that is known."))
    return redirect("activities:roster", sign_up.shift_id)


@login_required
@never_cache
def shift_code(request: HttpRequest, pk: int) -> HttpResponse:
    """The big code for the place itself; it asks for the next one by itself."""
    shift, now = _shift_run_by(request, pk), timezone.now()
    code = code_at(shift.code_secret, now)
    standing = shift.sign_ups.standing()
    shown = {
        "shift": shift,
        "code": code,
        "code_parts": (code[:3], code[3:]),
        "seconds": seconds_left(now),
        "pause": min(LOOKS_AGAIN, seconds_left(now)),
        "qr": code_of_now(request, shift),
        "coming": standing.count(),
        "came": standing.exclude(status=SignUp.Status.SIGNED_UP).count(),
    }
    template = "activities/code_now.html" if request.htmx else "activities/code.html"  # type: ignore[attr-defined]
    return render(request, template, shown)
