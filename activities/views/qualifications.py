"""My papers; the queue of the centre; the roles of a shift."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.asking import person, tried
from activities.asking import volunteer_of
from activities.forms.qualifications import QualificationForm, RoleFormSet, roles_now
from activities.models import QualificationGrant, Shift
from activities.services.qualifications import check_qualification, claim_qualification
from activities.services.roles import set_roles
from core.errors import DomainError

PAGE = 20


@login_required
def qualifications(request: HttpRequest) -> HttpResponse:
    """The own papers, and the form for another one."""
    person(request)
    volunteer = volunteer_of(request)
    if volunteer is None:
        messages.info(request, _("Register as a volunteer first."))
        return redirect("accounts:volunteer_register")
    form, refusal = QualificationForm(request.POST or None), None
    if form.is_valid():
        try:
            claim_qualification(volunteer=volunteer, **form.cleaned_data)
        except DomainError as error:
            refusal = error
        else:
            messages.success(
                request, _("Entered. Show the original to the centre; it counts once it is checked.")
            )
            return redirect("activities:qualifications")
    shown = {
        "grants": volunteer.qualification_grants.select_related("qualification"),
        "form": form,
        "refusal": refusal,
        "today": timezone.localdate(),
    }
    return render(request, "activities/qualifications.html", shown)


@login_required
def qualification_queue(request: HttpRequest) -> HttpResponse:
    """Papers that wait for this centre."""
    user = person(request)
    if not user.centre_codes:
        raise Http404
    rows = QualificationGrant.objects.to_check_by(user).select_related("qualification", "volunteer__user")
    page = Paginator(rows.order_by("claimed_at", "id"), PAGE).get_page(request.GET.get("page"))
    return render(request, "activities/qualification_queue.html", {"page": page})


@login_required
@require_POST
def qualification_check(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    grant = get_object_or_404(QualificationGrant.objects.to_check_by(user), pk=pk)
    is_accepted = request.POST.get("act") == "accept"
    tried(
        request,
        lambda: check_qualification(
            grant=grant, is_accepted=is_accepted, by=user, reason=request.POST.get("reason", "")
        ),
        _("Checked: it counts from now on.")
        if is_accepted
        else _("Not accepted; the person reads your reason."),
    )
    return redirect("activities:qualification_queue")


@login_required
def shift_roles(request: HttpRequest, pk: int) -> HttpResponse:
    """How many are needed of what; the shift's places are theirs together."""
    user = person(request)
    shift = get_object_or_404(Shift.objects.run_by(user).select_related("activity"), pk=pk)
    form, refusal = RoleFormSet(request.POST or None, prefix="role", initial=roles_now(shift)), None
    if request.method == "POST" and form.is_valid():
        try:
            roles = [line.given() for line in form.forms if line.has_changed()]
            set_roles(shift=shift, roles=roles, by=user)
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("The roles of this shift are set."))
            return redirect("activities:activity", shift.activity_id)
    return render(request, "activities/roles.html", {"shift": shift, "form": form, "refusal": refusal})
