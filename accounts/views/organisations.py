"""Organisations, and the two halves of a dual registration: the unit and the home neighbourhood."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.asking import permitted, person, tried
from accounts.models import Membership, Organisation, User, Volunteer
from accounts.services import admit_member, join_organisation, leave_organisation

PAGE = 30
MEMBER = Membership.Status.MEMBER


def organisations(request: HttpRequest) -> HttpResponse:
    members = Count("memberships", filter=Q(memberships__status=MEMBER))
    rows = (
        Organisation.objects.select_related("division").annotate(member_count=members).order_by("name", "id")
    )
    kind, words = request.GET.get("kind", ""), request.GET.get("q", "").strip()
    if kind in Organisation.Kind.values:
        rows = rows.filter(kind=kind)
    if words:
        rows = rows.filter(name__icontains=words)
    shown = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "kinds": Organisation.Kind.choices,
        "is_filtered": bool(kind or words),
        **_dual(request),
    }
    return render(request, "accounts/organisations.html", shown)


def _dual(request: HttpRequest) -> dict[str, object]:
    if not isinstance(request.user, User):
        return {}
    own = request.user.memberships.exclude(status=Membership.Status.LEFT).select_related("organisation")
    volunteer = Volunteer.objects.filter(user=request.user).select_related("home_division").first()
    return {"memberships": own, "volunteer": volunteer}


def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Organisation.objects.select_related("division__parent"), pk=pk)
    may_admit = request.user.has_perm("accounts.admit_member", row)
    own = row.memberships.filter(user=request.user.pk).exclude(status=Membership.Status.LEFT).first()
    waiting = row.memberships.filter(status=Membership.Status.APPLIED).select_related("user")
    shown = {
        "organisation": row,
        "member_count": row.memberships.filter(status=MEMBER).count(),
        "own": own,
        "may_admit": may_admit,
        "waiting": waiting if may_admit else (),
        "asks_for_code": row.how_to_join == Organisation.HowToJoin.CODE,
        "is_closed": row.how_to_join == Organisation.HowToJoin.CLOSED,
    }
    return render(request, "accounts/organisation.html", shown)


@login_required
@require_POST
def organisation_join(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Organisation, pk=pk)
    user = permitted(request, "join_organisation")
    code = request.POST.get("code", "").strip()
    tried(
        request,
        lambda: join_organisation(organisation=row, user=user, by=user, code=code),
        _("You are registered with %(name)s.") % {"name": row.name},
    )
    return redirect("accounts:organisation", pk)


@login_required
@require_POST
def organisation_leave(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Organisation, pk=pk)
    user = person(request)
    tried(request, lambda: leave_organisation(organisation=row, user=user, by=user), _("You have left."))
    return redirect("accounts:organisation", pk)


@login_required
@require_POST
def member_admit(request: HttpRequest, pk: int) -> HttpResponse:
    membership = get_object_or_404(Membership.objects.select_related("organisation"), pk=pk)
    user = permitted(request, "admit_member", membership.organisation)
    tried(request, lambda: admit_member(membership=membership, by=user), _("Admitted."))
    return redirect("accounts:organisation", membership.organisation_id)
