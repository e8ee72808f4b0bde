"""The heads of the ledger's chain, for everybody who wants to hold us to it."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from activities.chain import COLUMNS
from activities.models import LedgerBatch, LedgerHead


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """The chain as it stands now, and the signed head of each month that is over."""
    last = LedgerBatch.objects.order_by("-id").defer("record_ids").first()
    shown = {"last": last, "heads": LedgerHead.objects.all(), "columns": ", ".join(COLUMNS)}
    return render(request, "activities/ledger.html", shown)


@require_safe
def ledger_head(_request: HttpRequest, year: int, month: int) -> HttpResponse:
    """One month as a file: the head, what it is made of, and the signed statement."""
    try:
        first = date(year, month, 1)
    except ValueError:
        raise Http404 from None
    row = get_object_or_404(LedgerHead, month=first)
    batches = LedgerBatch.objects.filter(month=first).order_by("number")
    told = {
        "month": first.isoformat(),
        "hash": row.hash,
        "records": row.records,
        "minutes": row.minutes,
        "statement": row.statement,
        "batches": list(
            batches.values("number", "previous_hash", "record_ids__len", "minutes", "entries_hash", "hash")
        ),
    }
    response = JsonResponse(told)
    response["Access-Control-Allow-Origin"] = "*"
    return response
