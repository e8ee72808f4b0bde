"""The search page; the same address gives the fragment of results while somebody types."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.codes import ServiceCategory
from portal import search as finding
from portal.search.filters import SORTS, TIMES, WITHIN, Filters
from portal.search.here import here_of
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
        "times": TIMES,
        "distances": WITHIN if here else (),
        "sorts": {code: label for code, label in SORTS.items() if here or code != "near"},
        "suggestions": [ServiceCategory(code).label for code in SUGGESTED],
    }
    is_fragment = getattr(request, "htmx", None) and request.htmx.target == "results"  # type: ignore[attr-defined]
    return render(request, "portal/search_results.html" if is_fragment else "portal/search.html", context)
