"""The household's contact: what was asked for, who comes, how it was."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.models import Household
from matching import services
from matching.forms import ReviewForm
from matching.models import Assignment, ServiceRequest
from matching.states import OUT_AGAIN
from matching.views.asking import check_permission, person, tried

EARLIER = 20
Status = ServiceRequest.Status


@login_required
def my_household(request: HttpRequest) -> HttpResponse:
    user = person(request)
    households = list(Household.objects.filter(contact=user).select_related("division"))
    if not households:
        raise Http404
    comes = Assignment.objects.standing().select_related("volunteer__user", "studio", "review").order_by("pk")
    needs = (
        ServiceRequest.objects.filter(household__in=households)
        .select_related("household")
        .prefetch_related(Prefetch("assignments", comes, "comes"))
    )
    over = (Status.SERVED, Status.CLOSED, Status.CANCELLED)
    context = {
        "households": households,
        "live": needs.exclude(status__in=over).order_by("starts_at"),
        "earlier": needs.filter(status__in=over).order_by("-starts_at")[:EARLIER],
        "out_again": OUT_AGAIN,
    }
    return render(request, "matching/my_household.html", context)


@login_required
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """By the household's contact; by the worker where the household has no account."""
    user = person(request)
    rows = Assignment.objects.visible_to(user).select_related(
        "request__household", "volunteer__user", "studio", "review"
    )
    row = get_object_or_404(rows, pk=pk)
    check_permission(user, "matching.review", row)
    is_contact = row.request.household.contact_id == user.pk
    form = ReviewForm(request.POST or None)
    context = {"assignment": row, "need": row.request, "form": form, "is_contact": is_contact}
    context |= {"given": getattr(row, "review", None), "may_review": row.status in OUT_AGAIN}
    if request.method != "POST" or not form.is_valid():
        return render(request, "matching/review.html", context, status=422 if form.is_bound else 200)
    _review, refusal = tried(lambda: services.review_service(assignment=row, by=user, **form.cleaned_data))
    if refusal:
        return render(request, "matching/review.html", context | {"refusal": refusal}, status=409)
    messages.success(request, _("Thank you. It helps the next household too."))
    return redirect("matching:my_household") if is_contact else redirect("matching:request", row.request_id)
