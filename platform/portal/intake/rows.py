"""One row of a list: its cells by column, and the problems found in them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.intake.columns import Column, columns_of
from portal.intake.tables import Cell
from portal.intake.values import BadValue, is_empty

Value = TypeVar("Value")
Other = TypeVar("Other")


class RowRefused(Exception):
    """A row that cannot come in as a whole: what names the column, or nothing."""

    def __init__(self, reason: str | Promise, *, column: str = "") -> None:
        super().__init__()
        self.reason = reason
        self.column = column


class AlreadyThere(Exception):
    """What the row tells of is registered; nothing was changed."""

    def __init__(self, object_id: int) -> None:
        super().__init__()
        self.object_id = object_id


@dataclass(frozen=True)
class Problem:
    """What must be mended, in the reader's language: row as the spreadsheet counts, column as the list names it."""

    row: int
    column: str
    reason: str


@dataclass
class Row:
    number: int
    roster: str
    cells: dict[str, Cell]
    headers: dict[str, str] = field(default_factory=dict)  # key -> header as it stands in the list
    problems: list[Problem] = field(default_factory=list)

    def has(self, key: str) -> bool:
        return not is_empty(self.cells.get(key))

    def read(self, key: str, reader: Callable[[Cell], Value], default: Other) -> Value | Other:
        """The value in this column; `default` when it is empty or cannot be read, and then the problem is noted."""
        cell = self.cells.get(key)
        if is_empty(cell):
            return default
        try:
            return reader(cell)
        except BadValue as bad:
            self.note(key, bad.reason)
            return default

    def need(self, key: str, reader: Callable[[Cell], Value], default: Other) -> Value | Other:
        """The same for a column that must be filled."""
        if not self.has(key):
            self.note(key, _("This must be filled in."))
        return self.read(key, reader, default)

    def note(self, key: str, reason: str | Promise) -> None:
        problem = Problem(self.number, self.header(key), str(reason))
        if problem not in self.problems:
            self.problems.append(problem)

    def header(self, key: str) -> str:
        if key in self.headers:
            return self.headers[key]
        return next((column.label for column in _columns(self.roster) if column.key == key), key)


def _columns(roster: str) -> tuple[Column, ...]:
    return columns_of(roster)
