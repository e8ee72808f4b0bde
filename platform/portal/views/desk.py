"""The worker's desk."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import Correction, User
from activities.models import CorrectionRequest
from portal import desk as reading
from portal.scopes import for_staff


@for_staff
def desk(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    filters = reading.Filters.of(request.GET, user.scope_codes)
    page = Paginator(reading.live_needs(user.scope_codes, filters), reading.PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "waiting": reading.waiting_on(user.scope_codes),
        "corrections": CorrectionRequest.objects.answerable_by(user).waiting().count(),
        "record_corrections": Correction.objects.in_scope_of(user).waiting().count(),
        "filters": filters,
        "statuses": [(status, status.label) for status in reading.STATUS_FILTERS],
        "page": page,
        "rows": reading.rows_of(page.object_list),
        "topics": " ".join(f"desk:{code}" for code in user.scope_codes),
    }
    return render(request, "portal/desk.html", context)
