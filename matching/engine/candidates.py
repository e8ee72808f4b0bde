"""Who could help: hard limits first, then the nearest.

Reference in the tests: scikit-learn's BallTree over the same people, and brute force.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.engine.errors import BadShapeError, NotFiniteError, NotFittedError, OutOfRangeError
from matching.engine.grid import Grid, build_grid, first_eligible, nearest, nearest_of_many
from matching.engine.words import (
    Floats,
    Integers,
    Words,
    need_word,
    need_words,
    numbers,
    person_words,
    points,
    whole_numbers,
)

_NOBODY: Integers = np.empty(0, np.int64)


class Candidates(NamedTuple):
    """The candidates of R needs, as rows of a CSR matrix, each row nearest first.

    ``starts`` (R + 1,), ``people`` (n,) indexes into the fitted arrays, ``metres`` (n,) straight-line distances,
    0 for a need that is met by phone.
    """

    starts: Integers
    people: Integers
    metres: Floats

    def of(self, need: int) -> tuple[Integers, Floats]:
        """People and metres of one need."""
        row = slice(self.starts[need], self.starts[need + 1])
        return self.people[row], self.metres[row]

    def needs(self) -> Integers:
        """(n,) which need each candidate belongs to."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


class CandidateGrid:
    """Nearest eligible people on a grid with bitmasks.

    Parameters
    ----------
    cell_m : edge of a cell in metres; None chooses about 12 people a cell, at least 250 m.

    After ``fit``: ``grid_``, ``words_`` (V,), ``priority_`` (V,) the order for needs met by phone, ``size_``.
    Fitting costs O(V) time and about 60 bytes a person; a query O(people in the rings seen).
    """

    grid_: Grid
    words_: Words
    priority_: Integers
    size_: int

    def __init__(self, cell_m: float | None = None) -> None:
        self.cell_m = cell_m

    def fit(
        self,
        xy: ArrayLike,
        skill_mask: ArrayLike,
        slot_mask: ArrayLike,
        radius_m: ArrayLike = np.inf,
        *,
        load: ArrayLike | None = None,
    ) -> Self:
        """Take (V, 2) metres in a local flat projection, (V,) masks and each person's own radius.

        ``load`` (V,), smaller is asked first, orders people for needs without distance; ties go to the smaller index.
        """
        if self.cell_m is not None and not self.cell_m > 0:
            raise OutOfRangeError(f"cell_m must be positive, not {self.cell_m}")
        people = points(xy, "xy")
        words = person_words(skill_mask, slot_mask)
        if len(words) != len(people):
            raise BadShapeError(f"{len(people)} points but {len(words)} masks")
        reach = numbers(radius_m, "radius_m", len(people), infinite=True)
        self._people, self._reach = people, reach
        self.words_ = words
        self.size_ = len(people)
        loads = np.zeros(self.size_) if load is None else numbers(load, "load", self.size_, least=-np.inf)
        self.priority_ = np.argsort(loads, kind="stable").astype(np.int64)
        self.grid_ = build_grid(people, words, reach, self.cell_m)
        return self

    def change(
        self,
        people: ArrayLike,
        *,
        skill_mask: ArrayLike | None = None,
        slot_mask: ArrayLike | None = None,
        xy: ArrayLike | None = None,
    ) -> Self:
        """Feed changes of some people. Masks are replaced in place, O(n); a move rebuilds, O(V).

        Somebody who may not be asked at all (a pause, a spent contact budget) gets both masks 0 and is then only
        found by a need that asks for nothing; pass such people as ``excluded`` instead where needs without skill exist.
        """
        self._must_be_fitted()
        who = whole_numbers(people, "people", least=0, most=self.size_ - 1)
        if (skill_mask is None) != (slot_mask is None):
            raise BadShapeError("give skill_mask and slot_mask together")
        if skill_mask is not None and slot_mask is not None:
            fresh = person_words(skill_mask, slot_mask)
            if fresh.shape != who.shape:
                raise BadShapeError(f"{len(who)} people but {len(fresh)} masks")
            self.words_[who] = fresh
            self.grid_.word[self._places()[who]] = fresh
        if xy is not None:
            moved = points(xy, "xy")
            if len(moved) != len(who):
                raise BadShapeError(f"{len(who)} people but {len(moved)} points")
            self._people = self._people.copy()
            self._people[who] = moved
            self.grid_ = build_grid(self._people, self.words_, self._reach, self.cell_m)
            self._place_of = None
        return self

    def query(
        self,
        xy: Sequence[float],
        *,
        skill_mask: int = 0,
        slot_mask: int = 0,
        radius_m: float = np.inf,
        k: int = 50,
        excluded: Sequence[int] | Integers = (),
        remote: bool = False,
    ) -> tuple[Integers, Floats]:
        """The k nearest eligible people of one need: indexes and metres, nearest first, ties by index.

        Eligible: holds every bit of both masks, the distance is within the need's and the person's radius (unless
        ``remote``), and the index is not among ``excluded`` (blocked pairs, already asked, contact budget spent).
        """
        self._must_be_fitted()
        x, y = float(xy[0]), float(xy[1])
        if not (math.isfinite(x) and math.isfinite(y)):
            raise NotFiniteError(f"xy is {[x, y]}")
        if math.isnan(radius_m) or radius_m < 0 or k < 0:
            raise OutOfRangeError(f"radius_m ({radius_m}) and k ({k}) must not be negative")
        need = need_word(skill_mask, slot_mask)
        banned = np.unique(whole_numbers(excluded, "excluded")) if len(excluded) else _NOBODY
        k = min(k, self.size_)
        people = np.empty(k, np.int64)
        if remote:
            found = first_eligible(self.words_, self.priority_, need, k, banned, 0, len(banned), people)
            return people[:found], np.zeros(found)
        distance2 = np.empty(k)
        found = nearest(self.grid_, x, y, need, float(radius_m), k, banned, 0, len(banned), distance2, people)
        return people[:found], np.sqrt(distance2[:found])

    def query_many(
        self,
        xy: ArrayLike | Sequence[Sequence[float]],
        *,
        skill_mask: ArrayLike,
        slot_mask: ArrayLike,
        radius_m: ArrayLike = np.inf,
        k: int = 50,
        excluded: Sequence[ArrayLike] | None = None,
        remote: ArrayLike | None = None,
    ) -> Candidates:
        """``query`` for R needs in one compiled pass: (R, 2) metres, (R,) masks and radii, R lists of excluded."""
        self._must_be_fitted()
        where = points(xy, "xy")
        words = need_words(skill_mask, slot_mask)
        needs = len(words)
        if len(where) != needs:
            raise BadShapeError(f"{len(where)} points but {needs} masks")
        if k < 0:
            raise OutOfRangeError(f"k must not be negative, found {k}")
        radius = numbers(radius_m, "radius_m", needs, infinite=True)
        far: NDArray[np.bool_] = np.zeros(needs, bool) if remote is None else np.asarray(remote, dtype=bool)
        if far.shape != (needs,):
            raise BadShapeError(f"remote must have shape ({needs},), not {far.shape}")
        banned, banned_starts = excluded_rows(excluded, needs)
        return Candidates(
            *nearest_of_many(
                self.grid_,
                self.words_,
                self.priority_,
                where,
                words,
                radius,
                far,
                min(k, max(self.size_, 1)),
                banned,
                banned_starts,
            )
        )

    _people: Floats
    _reach: Floats
    _place_of: Integers | None = None

    def _places(self) -> Integers:
        """(V,) where each person stands in the grid's own order."""
        if self._place_of is None:
            self._place_of = np.empty(self.size_, np.int64)
            self._place_of[self.grid_.ident] = np.arange(self.size_)
        return self._place_of

    def _must_be_fitted(self) -> None:
        if not hasattr(self, "grid_"):
            raise NotFittedError("call fit before asking for candidates")


def excluded_rows(excluded: Sequence[ArrayLike] | None, needs: int) -> tuple[Integers, Integers]:
    """R lists of excluded people as one ascending CSR: values (n,), starts (R + 1,)."""
    if excluded is None:
        return np.empty(0, np.int64), np.zeros(needs + 1, np.int64)
    if len(excluded) != needs:
        raise BadShapeError(f"{needs} needs but {len(excluded)} lists of excluded people")
    rows = [np.unique(whole_numbers(row, "excluded")) for row in excluded]
    starts = np.zeros(needs + 1, np.int64)
    np.cumsum([len(row) for row in rows], out=starts[1:])
    return (np.concatenate(rows) if rows else np.empty(0, np.int64)), starts
