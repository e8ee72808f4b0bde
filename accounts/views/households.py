"""Households for the workers of their division: list, page, registration, and the sealed part, opened on purpose."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.asking import permitted, person
from accounts.editing import saved
from accounts.forms import households as forms
from accounts.forms.rows import typed_of
from accounts.forms.shown import word_list
from accounts.models import Household
from accounts.registrations import HOUSEHOLD
from accounts.services import change_household, open_household, readings_of
from accounts.steps import walk
from core.codes import PeopleServed
from core.models import Purpose, StateChange
from core.states import history

PAGE = 30
READINGS = 20
OPENED = ("address", "phone", "health")


@login_required
def households(request: HttpRequest) -> HttpResponse:
    user = permitted(request, "list_households")
    rows = Household.objects.visible_to(user).select_related("division").order_by("alias", "id")
    show = request.GET.get("show", "active")
    rows = rows.filter(status=show) if show in Household.Status.values else rows
    words = request.GET.get("q", "").strip()
    if words:
        rows = rows.filter(alias__icontains=words)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(
        request, "accounts/households.html", {"page": page, "show": show, "is_filtered": bool(words)}
    )


@login_required
def household(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, pk)


def _page(request: HttpRequest, pk: int, **more: Any) -> HttpResponse:
    rows = Household.objects.visible_to(person(request)).select_related(
        "division__parent", "contact", "registered_by"
    )
    row = get_object_or_404(rows, pk=pk)
    user = permitted(request, "see_household", row)
    is_staff = user.has_perm("accounts.change_household", row)
    shown = {
        "household": row,
        "members": row.members.all(),
        "served": word_list(PeopleServed(code).label for code in row.people_served),
        "readings": readings_of(row)[:READINGS],
        "opening": forms.Opening(initial={"purpose": Purpose.POST_NEED}),
        "is_staff": is_staff,
        "changes": _history_of(row) if is_staff else [],
        **more,
    }
    return render(request, "accounts/household.html", shown)


def _history_of(row: Household) -> list[StateChange]:
    changes = list(history(row))
    for change in changes:
        change.word = Household.Status(change.after).label  # type: ignore[attr-defined]
    return changes


@login_required
@never_cache
@require_POST
def household_open(request: HttpRequest, pk: int) -> HttpResponse:
    """The sealed part, once, in this answer only; the reading is written down first."""
    row = get_object_or_404(Household.objects.visible_to(person(request)), pk=pk)
    user = permitted(request, "open_household", row)
    if not user.has_perm("accounts.change_household", row):
        purpose = Purpose.OWN
    else:
        form = forms.Opening(request.POST)
        if not form.is_valid():
            return _page(request, pk, opening=form)
        purpose = Purpose(form.cleaned_data["purpose"])
    opened = open_household(household=row, fields=OPENED, by=user, purpose=purpose)
    return _page(request, pk, opened=opened)


@login_required
def household_register(request: HttpRequest, step: str = "case") -> HttpResponse:
    permitted(request, "register_household")
    return walk(request, HOUSEHOLD, step)


@login_required
def household_edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Household.objects.visible_to(person(request)).select_related("contact"), pk=pk)
    user = permitted(request, "change_household", row)
    data, known = typed_of(request), forms.initial_of(row)
    parts = [
        forms.TheCase(data, initial=known),
        forms.Members(data, rows=forms.member_rows(row)),
        forms.ChangedContact(data, initial=known),
        forms.ChangedCare(data, initial=known),
    ]
    done, refusal = saved(
        request, parts, lambda cleaned: change_household(household=row, by=user, **forms.changes_of(cleaned))
    )
    if done:
        return redirect("accounts:household", pk)
    shown = {
        "title": _("Change the household"),
        "parts": zip(HOUSEHOLD.labels, parts, strict=False),
        "refusal": refusal,
        "back": reverse("accounts:household", args=[pk]),
    }
    return render(request, "accounts/edit.html", shown)
