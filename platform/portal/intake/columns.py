"""Which column of a file is which: headers in Chinese or English, in any order, among others that are not read."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from portal.intake.tables import Cell, Table
from portal.models import Roster
from portal.search.words import folded

DATA = Path(__file__).parent / "data"
HEADER_ROWS = 12  # a title and remarks may stand above the header
IN_BRACKETS = re.compile(r"[(\[【〔].*?[)\]】〕]")
NOT_A_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Column:
    key: str
    zh: str
    en: str
    is_required: bool
    also: tuple[str, ...]
    example: str

    @property
    def label(self) -> str:
        """The header in the reader's language."""
        return self.zh if (get_language() or "").startswith("zh") else self.en


@cache
def _known() -> dict[str, Any]:
    return json.loads((DATA / "columns.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@cache
def columns_of(roster: str) -> tuple[Column, ...]:
    return tuple(
        Column(
            key=row["key"],
            zh=row["zh"],
            en=row["en"],
            is_required=row.get("required", False),
            also=tuple(row["also"]),
            example=row["example"],
        )
        for row in _known()[roster]
    )


def plain(header: object) -> str:
    """A header as it is compared: without remarks in brackets, marks, spaces and case."""
    text = folded(str(header or ""))
    return NOT_A_LETTER.sub("", IN_BRACKETS.sub("", text)) or NOT_A_LETTER.sub("", text)


@cache
def _keys_of(roster: str) -> dict[str, str]:
    """From every spelling of a header to the column's key; the own name of a column wins over a synonym of another."""
    found: dict[str, str] = {}
    for column in columns_of(roster):
        for word in (column.zh, column.en, column.key):
            found[plain(word)] = column.key
    for column in columns_of(roster):
        for word in column.also:
            found.setdefault(plain(word), column.key)
    return found


@dataclass(frozen=True)
class Layout:
    """Where the header stands, what the file is a list of, and which column holds what."""

    roster: str
    header_at: int  # index into table.rows
    places: dict[str, int]  # key -> position in a row
    headers: list[str]
    not_read: list[str]
    never_read: list[str]  # recognised, and left out on purpose (ID numbers)


def layout_of(table: Table, roster: str = "") -> Layout:
    """The layout that explains most of the header. Raises DomainError: no_header, columns_missing, roster_unclear."""
    found = [_best_row(table, kind) for kind in ([roster] if roster else Roster.values)]
    complete = [layout for layout in found if not _missing(layout)]
    best = max(complete or found, key=lambda layout: len(layout.places))
    if len(best.places) < 2:
        raise DomainError(
            "no_header",
            _("No row with the names of the columns was found."),
            help=_(
                "The first row names the columns, each cell on its own (not merged). The template shows how."
            ),
        )
    equals = [layout for layout in complete if len(layout.places) == len(best.places)]
    if len(equals) > 1:
        raise DomainError(
            "roster_unclear",
            _("It is not clear what this is a list of."),
            help=_("Choose: volunteers, studios, households or needs."),
        )
    missing = _missing(best)
    if missing:
        raise DomainError(
            "columns_missing",
            _("Columns are missing: %(missing)s."),
            help=_("Found were: %(found)s. Name the others as in the template."),
            params={
                "missing": ", ".join(missing),
                "found": ", ".join(best.headers[at] for at in best.places.values()) or "—",
            },
        )
    return best


def _best_row(table: Table, roster: str) -> Layout:
    candidates = [_layout_at(table, at, roster) for at in range(min(HEADER_ROWS, len(table.rows)))]
    return max(candidates, key=lambda layout: (len(layout.places), -layout.header_at))


def _layout_at(table: Table, at: int, roster: str) -> Layout:
    keys = _keys_of(roster)
    never = {plain(word) for word in _known()["never_read"]}
    headers = [_as_text(cell) for cell in table.rows[at]]
    places: dict[str, int] = {}
    not_read: list[str] = []
    never_read: list[str] = []
    for position, header in enumerate(headers):
        key = keys.get(plain(header))
        if key and key not in places:
            places[key] = position
        elif plain(header) in never:
            never_read.append(header)
        elif header and header != REASON_HEADERS[0] and header != REASON_HEADERS[1]:
            not_read.append(header)
    return Layout(roster, at, places, headers, not_read, never_read)


def _missing(layout: Layout) -> list[str]:
    """Labels of required columns that are not there; of phone and e-mail one is enough."""
    columns = columns_of(layout.roster)
    missing = [column.label for column in columns if column.is_required and column.key not in layout.places]
    both = [column.label for column in columns if column.key in {"phone", "email"}]
    if both and not {"phone", "email"} & set(layout.places) and both[0] not in missing:
        missing.append("/".join(both))
    return missing


def _as_text(cell: Cell) -> str:
    return "" if cell is None else str(cell).strip()


# The column that a file to mend ends with, in both languages; it is not read again.
REASON_HEADERS: tuple[str, str] = tuple(_known()["reason"])
