"""Importing a list: upload, what would happen, confirm, what happened."""

import uuid
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from core.errors import DomainError
from portal.forms import UploadForm
from portal.intake.columns import columns_of
from portal.intake.mending import template_of
from portal.intake.report import Report
from portal.models import Roster, RosterUpload
from portal.scopes import for_centre
from portal.tasks import content_of
from portal.uploading import bring_list, confirm_list
from portal.views.centre import frame

TYPES = {".csv": "text/csv", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@for_centre
def imports(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    form = UploadForm(request.POST or None, request.FILES or None, initial={"submission_key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        upload = bring_list(
            content=file.read(),
            file_name=file.name,
            roster=form.cleaned_data["roster"],
            is_verified=form.cleaned_data["is_verified"],
            submission_key=form.cleaned_data["submission_key"],
            by=user,
        )
        return redirect("portal:import", upload.pk)
    context = frame(user, "imports") | {
        "form": form,
        "kinds": [(value, label, columns_of(value)) for value, label in Roster.choices],
        "uploads": RosterUpload.objects.visible_to(user)[:10],
    }
    return render(request, "portal/imports.html", context)


@for_centre
def one_import(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    upload = get_object_or_404(RosterUpload.objects.visible_to(user), pk=pk)
    context: dict[str, Any] = frame(user, "imports") | {"upload": upload}
    if upload.status in {RosterUpload.Status.CHECKED, RosterUpload.Status.DONE}:
        context["report"] = Report.from_json(upload.report)
    return render(request, "portal/import.html", context)


@for_centre
@require_POST
def import_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    upload = get_object_or_404(RosterUpload.objects.visible_to(user), pk=pk)
    try:
        confirm_list(upload=upload, by=user)
        messages.success(request, _("The list is being imported. You can leave this page."))
    except DomainError as refused:
        messages.info(request, str(refused))
    return redirect("portal:import", upload.pk)


@for_centre
def import_mend(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows to mend, in the form in which the list came."""
    user: User = request.user  # type: ignore[assignment]
    upload = get_object_or_404(RosterUpload.objects.visible_to(user).exclude(to_mend=b""), pk=pk)
    content = content_of(upload, "to_mend")
    suffix = ".xlsx" if content.startswith(b"PK") else ".csv"
    return as_download(content, f"{Path(upload.file_name).stem}-mend{suffix}", suffix)


@for_centre
def import_template(request: HttpRequest, roster: str, suffix: str) -> HttpResponse:  # noqa: ARG001
    suffix = f".{suffix}"
    if roster not in Roster.values or suffix not in TYPES:
        raise Http404
    return as_download(template_of(roster, suffix), f"{roster}{suffix}", suffix)


def as_download(content: bytes, name: str, suffix: str) -> HttpResponse:
    response = HttpResponse(content, content_type=TYPES[suffix])
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["Cache-Control"] = "no-store"
    return response
