"""Studios: the public list and page, registration, what the lead and the centre do."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.asking import permitted, person, tried
from accounts.editing import saved
from accounts.forms import studios as forms
from accounts.forms.rows import typed_of
from accounts.models import Credential, Division, Studio, StudioMember, Volunteer
from accounts.models.volunteers import public_name
from accounts.registrations import STUDIO
from accounts.services import (
    change_studio,
    check_credential,
    invitation_to,
    join_studio,
    leave_studio,
    restore_studio,
    studio_of_invitation,
    suspend_studio,
    verify_studio,
)
from accounts.steps import walk
from core.codes import Skill
from core.states import history

PAGE = 24


def studios(request: HttpRequest) -> HttpResponse:
    """Public. Staff can also see those that wait for the centre."""
    rows = (
        Studio.objects.visible_to(request.user)
        .select_related("division__parent")
        .prefetch_related("services")
    )
    is_staff = request.user.has_perm("accounts.list_volunteers")
    show = request.GET.get("show", "") if is_staff else ""
    rows = rows.filter(status=show if show in Studio.Status.values else Studio.Status.VERIFIED)
    skill, place, words = (request.GET.get(name, "").strip() for name in ("skill", "place", "q"))
    if skill in Skill.values:
        rows = rows.filter(services__skill=skill).distinct()
    if place.isdigit():
        rows = rows.filter(division__code__startswith=place)
    if words:
        rows = rows.filter(name__icontains=words)
    shown = {
        "page": Paginator(rows.order_by("name", "id"), PAGE).get_page(request.GET.get("page")),
        "skills": Skill.choices,
        "subdistricts": Division.objects.subdistricts(),
        "is_staff": is_staff,
        "show": show or "verified",
        "is_filtered": bool(skill or place or words),
    }
    return render(request, "accounts/studios.html", shown)


def studio(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Studio.objects.visible_to(request.user).select_related("lead", "division__parent")
    row = get_object_or_404(rows, pk=pk)
    may_verify = request.user.has_perm("accounts.verify_studio", row)
    is_lead = request.user.has_perm("accounts.invite_to_studio", row)
    shown: dict[str, Any] = {
        "studio": row,
        "services": row.services.all(),
        "lead_name": _lead_name(row, everything=is_lead or may_verify),
        "credentials": row.credentials.all(),
        "may_verify": may_verify,
        "may_change": request.user.has_perm("accounts.change_studio", row),
        "is_lead": is_lead,
    }
    if is_lead or may_verify:
        shown["members"] = row.members.select_related("volunteer__user")
        shown["changes"] = changes = list(history(row))
        for change in changes:
            change.word = Studio.Status(change.after).label  # type: ignore[attr-defined]
    if is_lead:
        path = reverse("accounts:studio_join", args=[invitation_to(row)])
        shown["invitation"] = request.build_absolute_uri(path)
    return render(request, "accounts/studio.html", shown)


def _lead_name(row: Studio, *, everything: bool) -> str:
    """The whole name for the lead and the centre; for the public as far as the lead agreed."""
    own = Volunteer.objects.filter(user=row.lead).first()
    return public_name(row.lead.name, consents=everything or bool(own and own.publishes_name))


@login_required
def studio_register(request: HttpRequest, step: str = "about") -> HttpResponse:
    permitted(request, "register_studio")
    return walk(request, STUDIO, step)


@login_required
def studio_edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Studio.objects.visible_to(request.user), pk=pk)
    user = permitted(request, "change_studio", row)
    data, known = typed_of(request), forms.initial_of(row)
    parts = [
        forms.AboutStudio(data, initial=known),
        forms.Services(data, rows=forms.service_rows(row)),
        forms.Credentials(data, rows=forms.credential_rows(row)),
        forms.Hours(data, initial=known),
    ]
    done, refusal = saved(
        request, parts, lambda cleaned: change_studio(studio=row, by=user, **forms.about_studio(cleaned))
    )
    if done:
        return redirect("accounts:studio", pk)
    shown = {
        "title": _("Change the studio"),
        "parts": zip(STUDIO.labels, parts, strict=False),
        "refusal": refusal,
        "back": reverse("accounts:studio", args=[pk]),
    }
    return render(request, "accounts/edit.html", shown)


@login_required
@require_POST
def studio_move(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """The centre verifies, suspends or restores."""
    row = get_object_or_404(Studio.objects.visible_to(request.user), pk=pk)
    user = permitted(request, "verify_studio", row)
    acts = {
        "verify": lambda: verify_studio(studio=row, by=user),
        "restore": lambda: restore_studio(studio=row, by=user),
        "suspend": lambda: suspend_studio(studio=row, reason=request.POST.get("reason", ""), by=user),
    }
    tried(request, acts[act], _("Done: the studio is told."))
    return redirect("accounts:studio", pk)


@login_required
@require_POST
def credential_check(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Studio.objects.visible_to(request.user)
    credential = get_object_or_404(Credential.objects.filter(studio__in=mine).select_related("studio"), pk=pk)
    user = permitted(request, "verify_studio", credential.studio)
    tried(
        request, lambda: check_credential(credential=credential, by=user), _("The licence is marked as seen.")
    )
    return redirect("accounts:studio", credential.studio_id)


@login_required
def studio_join(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invitation of the lead leads: a registered volunteer says yes."""
    row = studio_of_invitation(token)
    if row is None:
        raise Http404
    own = Volunteer.objects.filter(user=person(request)).first()
    if request.method == "POST" and own is not None:
        tried(
            request,
            lambda: join_studio(studio=row, volunteer=own, by=person(request)),
            _("You belong to %(studio)s now.") % {"studio": row.name},
        )
        return redirect("accounts:volunteer", own.pk)
    return render(request, "accounts/studio_join.html", {"studio": row, "volunteer": own})


@login_required
@require_POST
def studio_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """A member goes, or the lead lets a member go."""
    member = get_object_or_404(StudioMember.objects.select_related("studio", "volunteer"), pk=pk)
    user = person(request)
    is_own = member.volunteer.user_id == user.pk
    if not is_own and not user.has_perm("accounts.invite_to_studio", member.studio):
        raise Http404
    tried(request, lambda: leave_studio(member=member, by=user), _("Done."))
    return (
        redirect("accounts:volunteer", member.volunteer_id)
        if is_own
        else redirect("accounts:studio", member.studio_id)
    )
