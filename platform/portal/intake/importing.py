"""A list goes in: each row in a transaction of its own, through the same services as the forms.

A dry run does exactly the same and rolls every row back, so what it reports is what would happen. Running a list again
changes nothing: a row is known by a keyed hash of what makes it one of a kind, and by the thing itself in the database.
"""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import RuleSet, User
from core.errors import DomainError
from portal.intake.columns import Layout, columns_of, layout_of
from portal.intake.people import Places
from portal.intake.report import Report
from portal.intake.rosters import KINDS, Importing
from portal.intake.rows import AlreadyThere, Problem, Row, RowRefused
from portal.intake.tables import MOST_ROWS, Cell, Table, read_table
from portal.models import ImportedRow

Told = Callable[[int, int], None]
Seen = dict[str, tuple[int, dict[str, Cell]]]  # by key: the row, and its cells that are read


@dataclass
class Result:
    """The report, and the rows to mend with their reasons: what `portal.intake.mending` writes as a file."""

    report: Report
    table: Table
    layout: Layout
    to_mend: list[tuple[list[Cell], str]] = field(default_factory=list)


def import_roster(
    *,
    content: bytes,
    roster: str = "",
    by: User,
    is_dry_run: bool = True,
    is_verified: bool = False,
    most_rows: int = MOST_ROWS,
    told: Told = lambda _seen, _rows: None,
) -> Result:
    """Read a file and take its rows in. `told(rows seen, rows)` hears of the progress.

    Raises DomainError for the file as a whole: file_…, no_header, columns_missing, roster_unclear, no_scope.
    """
    if not by.scope_codes:
        raise DomainError("no_scope", _("Only staff with a district or a neighbourhood import lists."))
    table = read_table(content, most_rows=most_rows)
    layout = layout_of(table, roster)
    report = Report(
        roster=layout.roster, is_dry_run=is_dry_run, not_read=layout.not_read, never_read=layout.never_read
    )
    result = Result(report, table, layout)
    rules = RuleSet.objects.in_force(timezone.localdate(), by.scope_codes[0])
    importing = Importing(by, Places(by.scope_codes), frozenset(rules.licensed_skills), is_verified)
    total = len(table.rows) - layout.header_at - 1
    seen_keys: Seen = {}
    for count, (row, cells) in enumerate(_rows(table, layout), 1):
        _take(row, cells, importing, result, seen_keys)
        told(count, total)
    return result


def _rows(table: Table, layout: Layout) -> Iterator[tuple[Row, list[Cell]]]:
    headers = {key: layout.headers[at] for key, at in layout.places.items()}
    examples = [column.example for column in columns_of(layout.roster)]
    for cells, number in list(zip(table.rows, table.numbers, strict=True))[layout.header_at + 1 :]:
        found = {key: cells[at] if at < len(cells) else None for key, at in layout.places.items()}
        if [str(cell or "") for cell in found.values()] == examples:
            continue  # the example row of the template was left in
        yield Row(number, layout.roster, found, headers), cells


def _take(row: Row, cells: list[Cell], importing: Importing, result: Result, seen: Seen) -> None:
    """One row: in, there already, or refused with everything that is wrong with it."""
    report = result.report
    report.rows += 1
    try:
        _act(row, importing, seen, is_dry_run=report.is_dry_run)
        report.imported += 1
    except AlreadyThere:
        report.already += 1
    except RowRefused as refused:
        problems = row.problems or [Problem(row.number, refused.column, str(refused.reason))]
        report.note(problems)
        reasons = "; ".join(f"{p.column}: {p.reason}" if p.column else p.reason for p in problems)
        result.to_mend.append((cells, reasons))


def _act(
    row: Row,
    importing: Importing,
    seen: Seen,
    *,
    is_dry_run: bool,
) -> None:
    kind = KINDS[row.roster]
    given = kind.read(row, importing)
    if row.problems:
        raise RowRefused("")
    keys = kind.keys(given)
    for key in keys:
        earlier = seen.setdefault(key, (row.number, row.cells))
        if earlier[0] != row.number and earlier[1] == row.cells:
            raise AlreadyThere(0)
        if earlier[0] != row.number:
            raise RowRefused(_("The same one stands in row %(row)d with other values.") % {"row": earlier[0]})
    mark = key_hash(row.roster, keys[0])
    try:
        with transaction.atomic():
            known = kind.find(given, row) or _imported(row.roster, mark)
            if known:
                raise AlreadyThere(known)
            object_id = kind.act(given, row, importing, UUID(mark[:32]))
            ImportedRow.objects.create(
                roster=row.roster, key_hash=mark, object_id=object_id, imported_by=importing.by
            )
            if is_dry_run:
                transaction.set_rollback(True)
    except DomainError as refused:
        raise RowRefused(str(refused)) from refused
    except DatabaseError as error:
        raise RowRefused(_("The database refused this row; look at its values.")) from error


def _imported(roster: str, mark: str) -> int | None:
    """What an earlier list brought under this key, whatever it is called by now."""
    return (
        ImportedRow.objects.filter(roster=roster, key_hash=mark).values_list("object_id", flat=True).first()
    )


def key_hash(roster: str, key: str) -> str:
    """A keyed hash (HMAC-SHA-256): the same row has the same one, and nobody can try out numbers without the key."""
    return hmac.new(
        settings.SECRET_KEY.encode(), f"portal.intake|{roster}|{key}".encode(), sha256
    ).hexdigest()
