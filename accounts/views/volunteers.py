"""A volunteer's own record, and the volunteers of a division for its staff."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.asking import permitted, person, tried
from accounts.editing import saved
from accounts.forms import volunteers as forms
from accounts.forms.rows import typed_of
from accounts.models import Volunteer, VolunteerSkill
from accounts.registrations import VOLUNTEER
from accounts.services import (
    change_volunteer,
    check_licence,
    restore_volunteer,
    suspend_volunteer,
    verify_volunteer,
)
from accounts.steps import walk
from core.codes import ServiceCategory
from core.states import history

PAGE = 30
SHOWN = ("applied", "verified", "suspended")


@login_required
def volunteer_register(request: HttpRequest, step: str = "about") -> HttpResponse:
    own = Volunteer.objects.filter(user=person(request)).first()
    if own is not None and request.method != "POST":
        return redirect("accounts:volunteer", own.pk)
    return walk(request, VOLUNTEER, step)


@login_required
def volunteer_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The own record without `pk`; the centre mends others."""
    if pk is None:
        pk = get_object_or_404(Volunteer, user=person(request)).pk
    volunteer = get_object_or_404(Volunteer.objects.visible_to(person(request)), pk=pk)
    user = permitted(request, "change_volunteer", volunteer)
    data, known = typed_of(request), forms.initial_of(volunteer)
    is_own = volunteer.user_id == user.pk
    about = forms.AboutVerified if is_own and volunteer.status == "verified" else forms.AboutYou
    parts = [
        about(data, initial=known),
        forms.Skills(data, initial=known, rows=forms.rows_of(volunteer)),
        forms.WithoutConsent(data, initial=known),
    ]
    done, refusal = saved(
        request,
        parts,
        lambda cleaned: change_volunteer(
            volunteer=volunteer,
            by=user,
            agrees_to_verification=cleaned.get("agrees_to_verification", False),
            **forms.about_volunteer(cleaned),
        ),
    )
    if done:
        return redirect("accounts:volunteer", pk)
    shown = {
        "title": _("Change the record"),
        "parts": zip(VOLUNTEER.labels, parts, strict=False),
        "refusal": refusal,
        "back": reverse("accounts:volunteer", args=[pk]),
    }
    return render(request, "accounts/edit.html", shown)


@login_required
def volunteers(request: HttpRequest) -> HttpResponse:
    """For workers those of their division, for the centre those of its district."""
    user = permitted(request, "list_volunteers")
    show = request.GET.get("show", "applied" if user.is_centre_staff else "verified")
    rows = (
        Volunteer.objects.visible_to(user).select_related("user", "home_division").prefetch_related("skills")
    )
    if show in SHOWN:
        rows = rows.filter(status=show)
    page = Paginator(_named(rows, request.GET.get("q", "")).order_by("-registered_at", "-id"), PAGE)
    shown = {
        "page": page.get_page(request.GET.get("page")),
        "show": show,
        "statuses": Volunteer.Status.choices,
    }
    return render(request, "accounts/volunteers.html", shown)


def _named(rows: QuerySet[Volunteer], words: str) -> QuerySet[Volunteer]:
    words = words.strip()
    return (
        rows.filter(Q(user__name__icontains=words) | Q(home_division__name__icontains=words))
        if words
        else rows
    )


@login_required
def volunteer(request: HttpRequest, pk: int) -> HttpResponse:
    """Order 67, Art 12: a person sees the own record, with what staff have done to it."""
    return record_page(request, pk)


def record_page(request: HttpRequest, pk: int, **more: Any) -> HttpResponse:
    rows = Volunteer.objects.visible_to(person(request)).select_related("user", "home_division__parent")
    row = get_object_or_404(rows, pk=pk)
    user = permitted(request, "see_volunteer", row)
    changes = list(history(row))
    for change in changes:
        change.word = Volunteer.Status(change.after).label  # type: ignore[attr-defined]
    shown = {
        "volunteer": row,
        "skills": row.skills.all(),
        "categories": [ServiceCategory(code).label for code in row.categories],
        "memberships": row.user.memberships.exclude(status="left").select_related("organisation"),
        "studios": row.studio_memberships.select_related("studio"),
        "corrections": row.corrections.select_related("answered_by"),
        "question": forms.CorrectionQuestion(initial={"submission_key": uuid.uuid4()}),
        "answer": forms.CorrectionAnswer(),
        "may_answer": user.has_perm("accounts.answer_correction", row),
        "reason": forms.Reason(),
        "changes": changes,
        "is_own": row.user_id == user.pk,
        "may_verify": user.has_perm("accounts.verify_volunteer", row),
        "may_change": user.has_perm("accounts.change_volunteer", row),
        **more,
    }
    return render(request, "accounts/volunteer.html", shown)


@login_required
@require_POST
def volunteer_move(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """The centre verifies, suspends or restores."""
    row = get_object_or_404(Volunteer.objects.visible_to(person(request)), pk=pk)
    user = permitted(request, f"{'suspend' if act == 'suspend' else 'verify'}_volunteer", row)
    acts = {
        "verify": lambda: verify_volunteer(volunteer=row, by=user),
        "restore": lambda: restore_volunteer(volunteer=row, by=user),
        "suspend": lambda: suspend_volunteer(volunteer=row, reason=request.POST.get("reason", ""), by=user),
    }
    tried(request, acts[act], _("Done: the volunteer is told."))
    return redirect("accounts:volunteer", pk)


@login_required
@require_POST
def licence_check(request: HttpRequest, pk: int) -> HttpResponse:
    skill = get_object_or_404(
        VolunteerSkill.objects.filter(
            volunteer__in=Volunteer.objects.visible_to(person(request))
        ).select_related("volunteer"),
        pk=pk,
    )
    user = permitted(request, "check_licence", skill.volunteer)
    tried(request, lambda: check_licence(volunteer_skill=skill, by=user), _("The licence is marked as seen."))
    return redirect("accounts:volunteer", skill.volunteer_id)
