"""The plan as a schematic map: squares of 500 m with needs, squares from which people come, arrows between them.

Squares and counts only; nobody's home and no household's place is a point here. A wide district is drawn with larger
squares, so that it stays legible.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass

from core.geo import CELL_M, Cell, cell_of
from matching.plans.solving import Solved

SIDE = 40  # units of the drawing for one square
MARGIN = 20
MOST_SQUARES = 28  # in a line; beyond it squares are joined
HEAD = 15  # an arrow ends before the middle, where the number stands
Square = tuple[int, int]


@dataclass(frozen=True)
class NeedSquare:
    x: int
    y: int
    needs: int
    places: int
    empty: int
    first: int  # the request whose row the square leads to

    @property
    def middle(self) -> tuple[int, int]:
        return self.x + SIDE // 2, self.y + SIDE // 2


@dataclass(frozen=True)
class PeopleSquare:
    x: int  # of the middle
    y: int
    count: int


@dataclass(frozen=True)
class Arrow:
    x1: float
    y1: float
    x2: float
    y2: float
    count: int

    @property
    def width(self) -> int:
        return min(1 + self.count, 6)


@dataclass(frozen=True)
class Picture:
    width: int
    height: int
    side: int
    metres: int  # of the side of a square
    columns: list[int]  # x of the lines of the grid
    lines: list[int]  # y
    needs: list[NeedSquare]
    people: list[PeopleSquare]
    arrows: list[Arrow]


def picture_of(solved: Solved) -> Picture | None:
    """None when every need is by phone, or there is none."""
    board = solved.board
    at_home = [at for at, need in enumerate(board.needs) if not need.request.is_remote]
    if not at_home:
        return None
    places = {
        at: Cell(board.needs[at].request.cell_column, board.needs[at].request.cell_row) for at in at_home
    }
    starts = {at: _starts(solved, at) for at in at_home}
    cells = [*places.values(), *(cell for there in starts.values() for cell in there)]
    span = max(
        max(cell.column for cell in cells) - min(cell.column for cell in cells),
        max(cell.row for cell in cells) - min(cell.row for cell in cells),
    )
    joined = max(1, math.ceil((span + 1) / MOST_SQUARES))
    squares = [(cell.column // joined, cell.row // joined) for cell in cells]
    left, right = min(column for column, _row in squares), max(column for column, _row in squares)
    bottom, top = min(row for _column, row in squares), max(row for _column, row in squares)

    def corner(cell: Cell) -> Square:
        column, row = cell.column // joined, cell.row // joined
        return MARGIN + (column - left) * SIDE, MARGIN + (top - row) * SIDE

    width, height = (right - left + 1) * SIDE, (top - bottom + 1) * SIDE
    flows: Counter[tuple[Square, Square]] = Counter()
    for at in at_home:
        for home in starts[at]:
            flows[corner(home), corner(places[at])] += 1
    people: Counter[Square] = Counter()
    for (start, _end), count in flows.items():
        people[start] += count
    return Picture(
        width=width + 2 * MARGIN,
        height=height + 2 * MARGIN,
        side=SIDE,
        metres=joined * CELL_M,
        columns=[MARGIN + number * SIDE for number in range(right - left + 2)],
        lines=[MARGIN + number * SIDE for number in range(top - bottom + 2)],
        needs=_need_squares(solved, {at: corner(cell) for at, cell in places.items()}),
        people=[PeopleSquare(x + SIDE - 9, y + SIDE - 9, count) for (x, y), count in sorted(people.items())],
        arrows=[_arrow(start, end, count) for (start, end), count in sorted(flows.items()) if start != end],
    )


def _starts(solved: Solved, at: int) -> list[Cell]:
    """The squares from which people and studios come to one need."""
    homes = [_cell_of(*solved.board.people.xy[row]) for row in solved.rows_of(at)]
    return homes + [cell_of(week.provider.studio.point) for week in solved.studios_of(at)]


def _cell_of(east: float, north: float) -> Cell:
    return Cell(math.floor(east / CELL_M), math.floor(north / CELL_M))


def _need_squares(solved: Solved, corners: dict[int, Square]) -> list[NeedSquare]:
    there: defaultdict[Square, list[int]] = defaultdict(list)
    for at, corner in corners.items():
        there[corner].append(at)
    needs, empty = solved.board.needs, solved.plan.unfilled.tolist()
    return [
        NeedSquare(
            x=x,
            y=y,
            needs=len(rows),
            places=sum(needs[at].request.free for at in rows),
            empty=sum(empty[at] for at in rows),
            first=needs[rows[0]].request.pk,
        )
        for (x, y), rows in sorted(there.items())
    ]


def _arrow(start: Square, end: Square, count: int) -> Arrow:
    """From the number of people to just before the middle of the need's square."""
    x1, y1 = start[0] + SIDE - 9, start[1] + SIDE - 9
    x2, y2 = end[0] + SIDE // 2, end[1] + SIDE // 2
    length = math.hypot(x2 - x1, y2 - y1) or 1.0
    keep = max(length - HEAD, 0.0) / length
    return Arrow(x1, y1, round(x1 + (x2 - x1) * keep, 1), round(y1 + (y2 - y1) * keep, 1), count)
