"""What came of a list: counts, and what must be mended, row by row."""

from dataclasses import asdict, dataclass, field
from typing import Any

from portal.intake.rows import Problem

MOST_PROBLEMS = 500  # that are kept for the page; the file to mend holds all


@dataclass
class Report:
    roster: str = ""
    is_dry_run: bool = True
    rows: int = 0
    imported: int = 0  # or, in a dry run, would be
    already: int = 0
    refused: int = 0
    problems: list[Problem] = field(default_factory=list)
    not_read: list[str] = field(default_factory=list)
    never_read: list[str] = field(default_factory=list)

    def note(self, problems: list[Problem]) -> None:
        self.refused += 1
        self.problems += problems[: max(MOST_PROBLEMS - len(self.problems), 0)]

    @property
    def changes_nothing(self) -> bool:
        return not self.imported and not self.refused

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Report":
        given = dict(kept)
        given["problems"] = [Problem(**problem) for problem in given.get("problems", [])]
        return cls(**given)
