"""What is on, and one activity: for everybody."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.asking import person
from accounts.models import User
from activities.asking import volunteer_of
from activities.checks.photos import may_change_photo
from activities.forms.filters import ActivityFilter
from activities.forms.inputs import ReasonForm
from activities.listing import always_of, listed, run_by, shared_refusal, shift_lines
from activities.models import Activity, ActivityPhoto, Timesheet
from core.states import history

PAGE = 20


def activities(request: HttpRequest) -> HttpResponse:
    wanted = ActivityFilter(request.GET)
    chosen = wanted.chosen()
    page = Paginator(listed(request.user, **chosen), PAGE).get_page(request.GET.get("page"))
    user = request.user if isinstance(request.user, User) else None
    shown = {
        "page": page,
        "filter": wanted,
        "is_filtered": bool(chosen),
        "may_post": user is not None and user.has_perm("activities.post_activity"),
        "may_review": user is not None and user.has_perm("activities.review_activity"),
    }
    return render(request, "activities/list.html", shown)


@login_required
def organised(request: HttpRequest) -> HttpResponse:
    """What the person runs; with `?show=review` what waits for the centre."""
    user = person(request)
    may_review = user.has_perm("activities.review_activity")
    awaiting = request.GET.get("show") == "review" and may_review
    if not (user.has_perm("activities.post_activity") or Activity.objects.run_by(user).exists()):
        raise Http404
    rows = run_by(user, awaiting_review=awaiting)
    shown = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "awaiting": awaiting,
        "may_review": may_review,
        "waiting_times": Timesheet.objects.to_approve(user).count(),
    }
    return render(request, "activities/organised.html", shown)


def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one activity, or, asked by htmx, only its shifts with the places left."""
    rows = Activity.objects.visible_to(request.user).select_related(
        "division__parent", "organisation", "studio", "posted_by", "qualification"
    )
    row = get_object_or_404(rows, pk=pk)
    now, volunteer = timezone.now(), volunteer_of(request)
    lines = shift_lines(row, volunteer, now=now)
    runs = request.user.has_perm("activities.run_activity", row)
    shown = {
        "activity": row,
        "lines": lines,
        "shared": shared_refusal(lines),
        "volunteer": volunteer,
        "runs": runs,
        "takes_part": any(line.sign_up for line in lines),
        "is_over": row.ends_at <= now,
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "activities/shifts.html", shown)
    last = history(row).last()
    shown |= {
        "may_review": request.user.has_perm("activities.review_activity", row),
        "last_move": last if last is not None and last.reason else None,
        "shows_contact": bool(row.contact_name or row.contact_phone)
        and (row.contact_is_public or runs or any(line.sign_up for line in lines)),
        "always": always_of(row, volunteer) if row.is_recruiting else [],
        "reason_form": ReasonForm(),
        "photo": ActivityPhoto.objects.defer("content").filter(activity=row).first(),
        "changes_photo": runs and may_change_photo(row, person(request)),
    }
    return render(request, "activities/activity.html", shown)
