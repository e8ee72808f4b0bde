"""Posting, changing and moving an activity."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.asking import person, tried
from accounts.models import User
from activities import services
from activities.asking import permitted
from activities.forms.posting import ActivityForm
from activities.forms.shifts import with_one_more_shift
from activities.models import Activity
from core.errors import DomainError


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
        if refusal.code == "not_volunteering":
            given = form.given()
            services.record_refusal(
                title=given["title"], kinds=given["forbidden_kinds"], division=given["division"], by=user
            )
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
