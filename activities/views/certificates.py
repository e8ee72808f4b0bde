"""Certificates: ask, watch it being made, fetch it; the centre revokes one."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.asking import person, tried
from activities import services
from activities.asking import volunteer_of
from activities.certificates import address_of
from activities.forms.inputs import ReasonForm
from activities.forms.record import CertificateForm
from activities.models import Certificate, CertificatePaper
from activities.tasks import make_certificate
from core.errors import DomainError
from core.tasks import queue_after_commit


@login_required
def certificate_ask(request: HttpRequest) -> HttpResponse:
    volunteer = volunteer_of(request)
    if volunteer is None:
        raise Http404
    form, refusal = CertificateForm(request.POST or None), None
    if form.is_valid():
        starts_on, ends_on = form.days()
        try:
            certificate = services.ask_for_certificate(
                volunteer=volunteer,
                starts_on=starts_on,
                ends_on=ends_on,
                by=person(request),
                submission_key=form.cleaned_data["submission_key"],
            )
        except DomainError as error:
            refusal = error
        else:
            queue_after_commit(make_certificate, certificate.pk)
            return redirect("activities:certificate", certificate.pk)
    return render(request, "activities/certificate_ask.html", {"form": form, "refusal": refusal})


@login_required
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is; when it is ready, the paper and how others check it."""
    user = person(request)
    rows = Certificate.objects.visible_to(user).select_related("volunteer__user").defer("services")
    row = get_object_or_404(rows, pk=pk)
    is_ready = row.status == Certificate.Status.READY
    shown = {
        "certificate": row,
        "is_own": row.volunteer.user_id == user.pk,
        "is_ready": is_ready,
        "address": address_of(row) if is_ready else "",
        "rounding": services.rounding_for(row),
    }
    return render(request, "activities/certificate.html", shown)


@login_required
@require_safe
def certificate_paper(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Certificate.objects.visible_to(person(request)).values("pk")
    paper = get_object_or_404(
        CertificatePaper.objects.filter(certificate__in=rows).select_related("certificate"), pk=pk
    )
    response = HttpResponse(bytes(paper.content), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="certificate-{paper.certificate.shown_serial}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_POST
def certificate_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    if not user.is_centre_staff:
        raise Http404
    row = get_object_or_404(Certificate.objects.visible_to(user), pk=pk)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    tried(
        request,
        lambda: services.revoke_certificate(certificate=row, reason=reason, by=user),
        _("Revoked. Whoever checks it is told that it is void."),
    )
    return redirect("activities:certificate", pk)
