"""A ranking to take along: a poster for the wall, and its lines for a spreadsheet."""

import csv
from collections.abc import Iterator
from io import BytesIO

import openpyxl
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import RuleSet
from activities.models import RankingRow, RankingSnapshot
from activities.posters import poster_of
from activities.views.publishing import seen_snapshot

MOST_IN_A_BOOK = 50_000  # lines: a spreadsheet of more is of no use to anybody, the CSV has them all
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _titles() -> list[str]:
    return [
        _("Ranked"),
        _("Who"),
        _("Minutes given"),
        _("How many services"),
        _("Reliability (%)"),
        _("Weeks in a row"),
    ]


def _text(name: str) -> str:
    """A spreadsheet must never read a cell of ours as a formula (OWASP, CSV injection)."""
    return f"'{name}" if name.startswith(FORMULA) else name


def _cells(row: RankingRow) -> list[int | str | None]:
    return [row.place, _text(row.shown_name), row.minutes, row.services, row.reliability, row.streak_weeks]


def _name(snapshot: RankingSnapshot, suffix: str) -> str:
    of = f"{snapshot.division_id}-{snapshot.subject_kind}-{snapshot.period}-{snapshot.period_starts_on}"
    return f"ranking-{of}-{snapshot.edition}.{suffix}"


class _Echo:
    """What csv.writer writes to, so that each line leaves at once."""

    def write(self, line: str) -> str:
        return line


@require_safe
def snapshot_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    snapshot = seen_snapshot(request, pk)

    def lines() -> Iterator[str]:
        writer = csv.writer(_Echo())
        yield "\ufeff"  # or spreadsheets take the Chinese for something else
        yield writer.writerow(_titles())
        for row in snapshot.rows.all().iterator(chunk_size=2000):
            yield writer.writerow(_cells(row))

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_name(snapshot, "csv")}"'
    return response


@require_safe
def snapshot_xlsx(request: HttpRequest, pk: int) -> FileResponse:
    snapshot = seen_snapshot(request, pk)
    if snapshot.people > MOST_IN_A_BOOK:
        raise Http404
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(_("Ranking"))
    sheet.append(_titles())
    for row in snapshot.rows.all().iterator(chunk_size=2000):
        sheet.append(_cells(row))
    written = BytesIO()
    book.save(written)
    written.seek(0)
    return FileResponse(written, as_attachment=True, filename=_name(snapshot, "xlsx"))


@require_safe
def snapshot_poster(request: HttpRequest, pk: int) -> HttpResponse:
    snapshot = seen_snapshot(request, pk)
    rules = RuleSet.objects.in_force(snapshot.frozen_at.date(), snapshot.division_id)
    paper = poster_of(snapshot, rules=rules, address=request.build_absolute_uri(snapshot.get_absolute_url()))
    response = HttpResponse(paper, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{_name(snapshot, "pdf")}"'
    return response
