"""The search page; the same address gives the fragment of results while somebody types."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.asking import person
from core.codes import ServiceCategory
from core.errors import DomainError
from portal import search as finding
from portal.models import SavedSearch
from portal.search.filters import SORTS, TIMES, WITHIN, Filters
from portal.search.here import here_of
from portal.search.saved import forget_search, save_search
from portal.search.suggesting import suggestions

SUGGESTED = ("0017", "0004", "0005", "0006", "0003", "0008", "0001")


def search(request: HttpRequest) -> HttpResponse:
    here = here_of(request)
    results = finding.search(
        user=request.user,
        typed=request.GET.get("q", "").replace("\0", " ").strip()[:200],
        filters=Filters.of(request.GET, here),
        page=request.GET.get("page", "1"),
    )
    context: dict[str, Any] = {
        "results": results,
        "going_on": suggestions(results.typed),
        "saved": list(SavedSearch.objects.visible_to(request.user)),
        "address": results.filters.address(results.typed),
        "times": TIMES,
        "distances": WITHIN if here else (),
        "sorts": {code: label for code, label in SORTS.items() if here or code != "near"},
        "suggestions": [ServiceCategory(code).label for code in SUGGESTED],
    }
    is_fragment = getattr(request, "htmx", None) and request.htmx.target == "results"  # type: ignore[attr-defined]
    return render(request, "portal/search_results.html" if is_fragment else "portal/search.html", context)


@login_required
@require_POST
def search_save(request: HttpRequest) -> HttpResponse:
    """Tell me about new results of this search, which stands in the address."""
    typed = request.GET.get("q", "").replace("\0", " ").strip()[:200]
    filters = Filters.of(request.GET, here_of(request))
    try:
        save_search(typed=typed, filters=filters, by=person(request))
        messages.success(request, _("Saved. You hear from us when something new fits."))
    except DomainError as refused:
        messages.warning(request, str(refused))
    return redirect(reverse("portal:search") + filters.address(typed))


@login_required
@require_POST
def search_forget(request: HttpRequest, pk: int) -> HttpResponse:
    saved = get_object_or_404(SavedSearch.objects.visible_to(request.user), pk=pk)
    forget_search(saved=saved)
    messages.success(request, _("You get no more messages about “%(typed)s”.") % {"typed": saved.typed})
    return redirect("portal:search")
