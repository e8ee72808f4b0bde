"""A file becomes a table of cells: CSV in any of the usual encodings, or the first filled sheet of an XLSX.

Everything that can be wrong with a file is told as a DomainError `file_…`, never as a traceback. Limits come first: an
XLSX is a ZIP archive and is not opened when it would unpack to more than `MOST_UNPACKED`.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice

import openpyxl
from django.utils.translation import gettext_lazy as _
from openpyxl.utils.exceptions import InvalidFileException

from core.errors import DomainError

Cell = str | int | float | bool | date | datetime | time | None
MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
MOST_PARTS = 2000  # files in the archive
MOST_ROWS = 100_000
MOST_COLUMNS = 80
LONGEST_CELL = 2000
EXCEL_97 = b"\xd0\xcf\x11\xe0"
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Table:
    """All rows of a file, the header among them. `numbers` are the row numbers that a spreadsheet shows."""

    rows: list[list[Cell]]
    numbers: list[int]
    suffix: str  # ".csv" or ".xlsx"
    encoding: str  # of a CSV
    delimiter: str = ","


def read_table(content: bytes, *, most_rows: int = MOST_ROWS) -> Table:
    """The table in a file, whatever its name says. Raises DomainError: file_empty, file_too_large, file_too_long,
    file_unreadable, file_old_excel, file_encoding."""
    if not content.strip():
        raise DomainError(
            "file_empty", _("The file is empty."), help=_("Choose the file that holds the list.")
        )
    if len(content) > MOST_BYTES:
        raise too_large()
    if content.startswith(EXCEL_97):
        raise DomainError(
            "file_old_excel",
            _("This is a file of an old Excel (.xls)."),
            help=_("Open it and save it as .xlsx or as CSV."),
        )
    if content.startswith(b"PK"):
        table = _from_xlsx(content, most_rows)
    else:
        table = _from_csv(content, most_rows)
    if not table.rows:
        raise DomainError(
            "file_empty", _("The file is empty."), help=_("Choose the file that holds the list.")
        )
    return table


def _from_csv(content: bytes, most_rows: int) -> Table:
    text, encoding = _decoded(content)
    delimiter = _delimiter_of(text)
    csv.field_size_limit(MOST_BYTES)
    try:
        rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), most_rows + 100))
    except csv.Error as error:
        raise unreadable() from error
    return _table(rows, ".csv", encoding, delimiter, most_rows)


def _decoded(content: bytes) -> tuple[str, str]:
    """UTF-8 with or without a byte order mark, UTF-16 with one, else GB18030, the superset of GBK that Excel writes in
    China."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _decode(content, encoding), encoding
    if b"\0" in content:
        raise unreadable()
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _decode(content, "gb18030"), "gb18030"


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise DomainError(
            "file_encoding",
            _("The characters of this file cannot be read."),
            help=_("Save it as “CSV UTF-8” or as .xlsx and try again."),
        ) from error


def _delimiter_of(text: str) -> str:
    head = text[:4000].splitlines()[:3]
    return max(",;\t|", key=lambda mark: sum(line.count(mark) for line in head))


def _from_xlsx(content: bytes, most_rows: int) -> Table:
    try:
        _check_unpacked_size(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            rows = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
            table = _table(islice(rows, most_rows + 100), ".xlsx", "", ",", most_rows)
            if table.rows:
                return table
    except DomainError:
        raise
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        OSError,
        SyntaxError,
        TypeError,
    ) as error:
        raise unreadable() from error
    return Table([], [], ".xlsx", "")


def _check_unpacked_size(content: bytes) -> None:
    """What the archive says that it holds; `zipfile` reads no part beyond the size stated there."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise too_large()


def _table(
    rows: Iterable[Sequence[object]], suffix: str, encoding: str, delimiter: str, most_rows: int
) -> Table:
    """Without empty rows; their numbers are kept so that a message names the row as the spreadsheet does."""
    kept: list[list[Cell]] = []
    numbers: list[int] = []
    for number, row in enumerate(rows, 1):
        cells = [_cell(value) for value in row[:MOST_COLUMNS]]
        while cells and cells[-1] in (None, ""):
            cells.pop()
        if cells:
            kept.append(cells)
            numbers.append(number)
    if len(kept) > most_rows + 1:
        raise DomainError(
            "file_too_long",
            _("The list has more than %(most)d rows."),
            help=_("Divide it into several files."),
            params={"most": most_rows},
        )
    return Table(kept, numbers, suffix, encoding, delimiter)


def _cell(value: object) -> Cell:
    """Text is trimmed and freed of the apostrophe that keeps a spreadsheet from reading it as a formula."""
    if isinstance(value, str):
        text = value.replace("\0", "").strip()[:LONGEST_CELL]
        return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_MARKS) else text
    if value is None or isinstance(value, (int, float, date, time)):
        return value
    return str(value)[:LONGEST_CELL]


def too_large() -> DomainError:
    return DomainError(
        "file_too_large",
        _("The file is too large."),
        help=_("At most %(most)d MB; divide the list into several files."),
        params={"most": MOST_BYTES // 1024 // 1024},
    )


def unreadable() -> DomainError:
    return DomainError(
        "file_unreadable",
        _("This is no list that can be read."),
        help=_("Save it as CSV or as .xlsx and try again."),
    )
