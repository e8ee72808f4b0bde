"""The photo of an activity: put, removed, served."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.asking import person, tried
from activities.checks.photos import may_change_photo
from activities.forms.photos import PhotoForm
from activities.models import Activity, ActivityPhoto
from activities.services.photos import put_photo, remove_photo
from core.errors import DomainError


@login_required
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    activity = get_object_or_404(Activity.objects.run_by(user), pk=pk)
    if not may_change_photo(activity, user):
        raise Http404
    if request.POST.get("act") == "remove":
        tried(request, lambda: remove_photo(activity=activity, by=user), _("The photo is removed."))
        return redirect("activities:activity", pk)
    form, refusal = PhotoForm(request.POST or None, request.FILES or None), None
    if form.is_valid():
        try:
            put_photo(activity=activity, by=user, **_given(form))
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("The photo is on the page."))
            return redirect("activities:activity", pk)
    shown = {
        "activity": activity,
        "form": form,
        "refusal": refusal,
        "photo": ActivityPhoto.objects.defer("content").filter(activity=activity).first(),
    }
    return render(request, "activities/photo.html", shown)


def _given(form: PhotoForm) -> dict[str, Any]:
    upload = form.cleaned_data["photo"]
    return {"file": upload.file, "size": upload.size, "alt": form.cleaned_data["alt"]}


@require_safe
def photo_file(request: HttpRequest, pk: int) -> HttpResponse:
    """For everybody who sees the activity; the address changes with the picture (ActivityPhoto.address)."""
    visible = Activity.objects.visible_to(request.user)
    row = get_object_or_404(ActivityPhoto, activity__in=visible, pk=pk)
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(row.content), content_type="image/jpeg", headers=headers)
