"""What became different since a plan was made: rows of a problem that are written over, or added at its end."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.engine.assignment.problem import PairProblem, Problem
from matching.engine.errors import BadShapeError, OutOfRangeError
from matching.engine.words import Integers, whole_numbers

REQUEST_COLUMNS: dict[str, float | None] = {
    "request_xy": None, "headcount": None, "penalty": None,
    "request_skill": 0, "request_slot": 0, "request_radius": np.inf, "remote": 0,
}  # fmt: skip
VOLUNTEER_COLUMNS: dict[str, float | None] = {
    "volunteer_xy": None, "volunteer_skill": 0, "volunteer_slot": 0,
    "volunteer_radius": np.inf, "capacity": 1, "surcharge": 0,
}  # fmt: skip
"""Columns of a ``SpatialProblem`` and what a new row holds where the change does not say; None: it must say."""
PAIR_LISTS = ("forbidden", "pinned", "pair_costs")


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Changed rows of a ``SpatialProblem`` or a ``PairProblem``.

    requests (n,): the needs that changed, each once. Indices from R on are new needs, in order and without a hole; a
    need that is gone has headcount 0. The columns beside it hold n rows each; a column that is None stays as it was.
    volunteers (m,): likewise for people; somebody who is gone has capacity 0. forbidden, pinned, pair_costs: None, or
    the whole new list. Units and meaning are those of the problem; a ``PairProblem`` knows only headcount, penalty,
    capacity, forbidden and pinned.
    """

    requests: ArrayLike = ()
    request_xy: ArrayLike | None = None
    headcount: ArrayLike | None = None
    penalty: ArrayLike | None = None
    request_skill: ArrayLike | None = None
    request_slot: ArrayLike | None = None
    request_radius: ArrayLike | None = None
    remote: ArrayLike | None = None
    volunteers: ArrayLike = ()
    volunteer_xy: ArrayLike | None = None
    volunteer_skill: ArrayLike | None = None
    volunteer_slot: ArrayLike | None = None
    volunteer_radius: ArrayLike | None = None
    capacity: ArrayLike | None = None
    surcharge: ArrayLike | None = None
    forbidden: ArrayLike | None = None
    pinned: ArrayLike | None = None
    pair_costs: ArrayLike | None = None

    def applied_to(self, problem: Problem) -> Problem:
        """The whole problem after the changes; the one given stays as it is. O(R + V)."""
        if isinstance(problem, PairProblem):
            return self._applied_to_pairs(problem)
        needs, people = len(np.asarray(problem.request_xy)), len(np.asarray(problem.volunteer_xy))
        changed: dict[str, Any] = {}
        for columns, indices, rows in (
            (REQUEST_COLUMNS, rows_changed(self.requests, needs, "requests"), needs),
            (VOLUNTEER_COLUMNS, rows_changed(self.volunteers, people, "volunteers"), people),
        ):
            total = size_after(indices, rows)
            for name, default in columns.items():
                values = getattr(self, name)
                if len(indices) == 0 and values is None:
                    continue
                check_new_rows(name, values, default, total > rows)
                old = getattr(problem, name)
                if old is None and values is None:
                    continue
                changed[name] = written_over(_column(old, default, rows), indices, values, default, total)
        if problem.several is not None:
            several = np.asarray(problem.several)
            total = size_after(rows_changed(self.volunteers, people, "volunteers"), people)
            changed["several"] = np.concatenate([several, np.zeros(total - people, np.int64)])
        for name in PAIR_LISTS:
            if getattr(self, name) is not None:
                changed[name] = getattr(self, name)
        return replace(problem, **changed)

    def _applied_to_pairs(self, problem: PairProblem) -> PairProblem:
        known = {"requests", "volunteers", "headcount", "penalty", "capacity", "forbidden", "pinned"}
        for field in fields(self):
            if field.name not in known and getattr(self, field.name) is not None:
                raise OutOfRangeError(f"{field.name} does not exist in a problem of explicit pairs")
        changed: dict[str, Any] = {}
        needs, people = len(np.asarray(problem.headcount)), len(np.asarray(problem.capacity))
        for name, chosen, rows in (
            ("headcount", self.requests, needs),
            ("penalty", self.requests, needs),
            ("capacity", self.volunteers, people),
        ):
            indices = rows_changed(chosen, rows, name)
            if size_after(indices, rows) > rows:
                raise OutOfRangeError(
                    "explicit pairs: a new need or person needs new pairs; solve the new problem"
                )
            if getattr(self, name) is not None:
                old = _column(getattr(problem, name), None, rows)
                changed[name] = written_over(old, indices, getattr(self, name), None, rows)
        for name in ("forbidden", "pinned"):
            if getattr(self, name) is not None:
                changed[name] = getattr(self, name)
        return replace(problem, **changed)


def rows_changed(indices: ArrayLike, rows: int, name: str) -> Integers:
    """Checked indices: none twice, new ones without a hole."""
    array = np.asarray(indices)
    if array.size == 0:
        return np.empty(0, np.int64)
    chosen = whole_numbers(array, name, least=0)
    if len(np.unique(chosen)) < len(chosen):
        raise OutOfRangeError(f"{name} names a row twice")
    if size_after(chosen, rows) - rows > int((chosen >= rows).sum()):
        raise OutOfRangeError(f"{name}: new rows must follow {rows - 1} without a hole")
    return chosen


def size_after(indices: Integers, rows: int) -> int:
    return max(rows, int(indices.max(initial=-1)) + 1)


def check_new_rows(name: str, values: ArrayLike | None, default: float | None, grows: bool) -> None:
    if grows and values is None and default is None:
        raise BadShapeError(f"{name} must be given for new rows")


def written_over(
    old: NDArray[Any], indices: Integers, values: ArrayLike | None, default: float | None, total: int
) -> NDArray[Any]:
    """A copy of the column with the changed rows written over and new ones added."""
    fill = 0 if default is None else default
    column = np.full((total, *old.shape[1:]), fill, old.dtype)
    column[: len(old)] = old
    if values is not None:
        rows = np.asarray(values)
        if rows.ndim and rows.shape != (len(indices), *old.shape[1:]):
            raise BadShapeError(f"{len(indices)} rows changed but {rows.shape} values are given")
        if rows.dtype.kind == "f" and column.dtype.kind != "f":
            column = column.astype(np.float64)
        column[indices] = rows
    return column


def _column(values: ArrayLike | None, default: float | None, rows: int) -> NDArray[Any]:
    array = np.asarray(default if values is None else values)
    return np.full(rows, array) if array.ndim == 0 else array
