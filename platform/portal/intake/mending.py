"""The rows that were refused, as a file like the one that came, with one more column that says what to mend."""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime, time

import openpyxl
from django.utils.translation import get_language
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from portal.intake.columns import REASON_HEADERS, columns_of
from portal.intake.importing import Result
from portal.intake.tables import FORMULA_MARKS, Cell

Rows = Iterable[list[Cell]]


def reason_header() -> str:
    return REASON_HEADERS[0] if (get_language() or "").startswith("zh") else REASON_HEADERS[1]


def file_to_mend(result: Result) -> bytes:
    """Header and refused rows with their reasons; in the format, delimiter and encoding of the list."""
    layout = result.layout
    width = len(layout.headers)
    reasons_at = next((at for at, header in enumerate(layout.headers) if header in REASON_HEADERS), width)
    rows: list[list[Cell]] = [_with(list(layout.headers), reasons_at, reason_header())]
    for cells, reasons in result.to_mend:
        rows.append(_with((cells + [None] * width)[: max(width, len(cells))], reasons_at, reasons))
    if result.table.suffix == ".xlsx":
        return as_xlsx(rows)
    return as_csv(rows, result.table.encoding, result.table.delimiter)


def _with(cells: list[Cell], at: int, reason: str) -> list[Cell]:
    """`reason` in the column `at`, which may lie behind the last one."""
    filled = cells + [None] * (at + 1 - len(cells))
    filled[at] = reason
    return filled


def template_of(roster: str, suffix: str) -> bytes:
    """An empty list with its columns and one example row, in the reader's language."""
    columns = columns_of(roster)
    rows: list[list[Cell]] = [[column.label for column in columns], [column.example for column in columns]]
    return as_xlsx(rows) if suffix == ".xlsx" else as_csv(rows, "utf-8-sig", ",")


def harmless(cell: Cell) -> Cell:
    """A spreadsheet must never read a cell of ours as a formula: an apostrophe goes before (OWASP, CSV injection).
    Reading the file again takes it away."""
    return "'" + cell if isinstance(cell, str) and cell.startswith(FORMULA_MARKS) else cell


def as_csv(rows: Rows, encoding: str, delimiter: str) -> bytes:
    """With a byte order mark in UTF-8, or Excel shows Chinese as noise."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    for row in rows:
        writer.writerow([_in_csv(harmless(cell)) for cell in row])
    return out.getvalue().encode("utf-8-sig" if encoding.startswith("utf-8") else encoding, errors="replace")


def _in_csv(cell: Cell) -> object:
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, time):
        return cell.strftime("%H:%M")
    return cell.isoformat() if isinstance(cell, date) else "" if cell is None else cell


def as_xlsx(rows: Rows) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    table = list(rows)
    for at in range(max(map(len, table), default=0)):
        sheet.column_dimensions[get_column_letter(at + 1)].width = 22
    sheet.freeze_panes = "A2"
    for number, row in enumerate(table):
        sheet.append([_in_sheet(sheet, harmless(cell), is_header=number == 0) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _in_sheet(sheet: object, cell: Cell, *, is_header: bool) -> object:
    """Text stays text, whatever it begins with."""
    written = WriteOnlyCell(sheet, value=cell)
    if isinstance(cell, str):
        written.data_type = "s"
        written.number_format = "@"
    if is_header:
        written.font = Font(bold=True)
    return written
