"""A uniform grid over people: counting sort by cell, tight boxes, and an exact k-nearest search with hard limits.

Build O(V + cells). A query walks rings of cells outward and stops when a ring cannot hold anybody nearer than the k-th;
it costs O(people seen + k log k). A cell that cannot help any more is left in the middle, so a million people on one
point cost no more than k.
"""

from typing import NamedTuple

import numpy as np

from matching.engine.compiled import compiled
from matching.engine.words import Floats, Integers, Words

PEOPLE_PER_CELL = 12.0
MOST_CELLS = 4_000_000


class Grid(NamedTuple):
    """People in the order of their cells. Lengths: V people, C = columns x rows cells."""

    x: Floats  # (V,) metres
    y: Floats  # (V,) metres
    word: Words  # (V,) see words.py
    reach2: Floats  # (V,) square of the person's own radius, may be infinite
    ident: Integers  # (V,) index in the caller's order
    starts: Integers  # (C + 1,) first person of each cell
    boxes: Floats  # (C, 4) least x, least y, most x, most y of those inside
    left: float
    bottom: float
    cell: float
    columns: int
    rows: int


def build_grid(xy: Floats, word: Words, reach: Floats, cell_m: float | None) -> Grid:
    """Sort people into cells of ``cell_m`` metres; None picks about 12 people a cell, at least 250 m."""
    if len(xy) == 0:
        left, bottom, width, height = 0.0, 0.0, 0.0, 0.0
    else:
        left, bottom = xy.min(axis=0).tolist()
        width, height = (xy.max(axis=0) - xy.min(axis=0)).tolist()
    if cell_m is None:
        cell_m = max(250.0, float(np.sqrt(width * height * PEOPLE_PER_CELL / max(len(xy), 1))))
    cell = max(
        cell_m,
        float(np.sqrt((width + cell_m) * (height + cell_m) / MOST_CELLS)),
        max(width, height) / 100_000,
    )
    columns, rows = int(width / cell) + 1, int(height / cell) + 1
    x, y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
    starts, order, boxes = _sort_by_cell(x, y, left, bottom, cell, columns, rows)
    reach2 = np.square(reach)
    return Grid(
        x[order],
        y[order],
        word[order],
        reach2[order],
        order,
        starts,
        boxes,
        left,
        bottom,
        cell,
        columns,
        rows,
    )


def empty_grid() -> Grid:
    """Nobody."""
    return build_grid(np.empty((0, 2)), np.empty(0, np.uint64), np.empty(0), 1.0)


@compiled
def _sort_by_cell(
    x: Floats, y: Floats, left: float, bottom: float, cell: float, columns: int, rows: int
) -> tuple[Integers, Integers, Floats]:
    people = len(x)
    where = np.empty(people, np.int64)
    starts = np.zeros(columns * rows + 1, np.int64)
    for i in range(people):
        column = min(int((x[i] - left) / cell), columns - 1)
        row = min(int((y[i] - bottom) / cell), rows - 1)
        where[i] = row * columns + column
        starts[where[i] + 1] += 1
    for c in range(columns * rows):
        starts[c + 1] += starts[c]
    order = np.empty(people, np.int64)
    fill = starts[:-1].copy()
    boxes = np.empty((columns * rows, 4))
    boxes[:, 0:2] = np.inf
    boxes[:, 2:4] = -np.inf
    for i in range(people):
        c = where[i]
        order[fill[c]] = i
        fill[c] += 1
        boxes[c, 0] = min(boxes[c, 0], x[i])
        boxes[c, 1] = min(boxes[c, 1], y[i])
        boxes[c, 2] = max(boxes[c, 2], x[i])
        boxes[c, 3] = max(boxes[c, 3], y[i])
    return starts, order, boxes


@compiled
def contains(values: Integers, first: int, last: int, wanted: int) -> bool:
    """Whether the ascending ``values[first:last]`` hold ``wanted``; O(log n)."""
    end = last
    while first < last:
        middle = (first + last) >> 1
        if values[middle] < wanted:
            first = middle + 1
        else:
            last = middle
    return bool(first < end and values[first] == wanted)


@compiled
def _sift_down(distance2: Floats, ident: Integers, at: int, size: int) -> None:
    d, i = distance2[at], ident[at]
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        other = child + 1
        if other < size and (
            distance2[other] > distance2[child]
            or (distance2[other] == distance2[child] and ident[other] > ident[child])
        ):
            child = other
        if distance2[child] < d or (distance2[child] == d and ident[child] < i):
            break
        distance2[at], ident[at] = distance2[child], ident[child]
        at = child
    distance2[at], ident[at] = d, i


@compiled
def nearest(  # noqa: C901 - one compiled loop; calls would cost more than they explain
    grid: Grid,
    x: float,
    y: float,
    need: np.uint64,
    radius: float,
    k: int,
    banned: Integers,
    banned_from: int,
    banned_to: int,
    distance2: Floats,
    ident: Integers,
) -> int:
    """The k nearest eligible people, nearest first; ties go to the smaller index. Returns how many were found.

    ``distance2`` (k,) square metres and ``ident`` (k,) are written. ``banned[banned_from:banned_to]`` ascends.
    """
    found = 0
    if k <= 0 or len(grid.x) == 0 or not radius >= 0.0:
        return 0
    radius2 = radius * radius
    own_column = int(np.floor((x - grid.left) / grid.cell))
    own_row = int(np.floor((y - grid.bottom) / grid.cell))
    ring = max(0, -own_column, own_column - grid.columns + 1, -own_row, own_row - grid.rows + 1)
    last_ring = max(own_column, grid.columns - 1 - own_column, own_row, grid.rows - 1 - own_row)
    inside_x = (x - grid.left) - own_column * grid.cell
    inside_y = (y - grid.bottom) - own_row * grid.cell
    margin = min(inside_x, grid.cell - inside_x, inside_y, grid.cell - inside_y)
    limit2 = radius2
    while ring <= last_ring:
        if ring > 0:
            reach = (ring - 1) * grid.cell + max(margin, 0.0) - 1e-6
            if reach > 0.0 and reach * reach > limit2:
                break
        for row in range(max(own_row - ring, 0), min(own_row + ring, grid.rows - 1) + 1):
            edge = row == own_row - ring or row == own_row + ring
            step = 1 if edge or ring == 0 else 2 * ring
            for column in range(own_column - ring, own_column + ring + 1, step):
                if column < 0 or column >= grid.columns:
                    continue
                c = row * grid.columns + column
                start, stop = grid.starts[c], grid.starts[c + 1]
                if start == stop:
                    continue
                gap_x = max(grid.boxes[c, 0] - x, 0.0, x - grid.boxes[c, 2])
                gap_y = max(grid.boxes[c, 1] - y, 0.0, y - grid.boxes[c, 3])
                cell2 = gap_x * gap_x + gap_y * gap_y
                if cell2 > limit2:
                    continue
                for i in range(start, stop):
                    if grid.word[i] & need != need:
                        continue
                    dx, dy = grid.x[i] - x, grid.y[i] - y
                    d2 = dx * dx + dy * dy
                    if d2 > limit2 or d2 > grid.reach2[i]:
                        continue
                    who = grid.ident[i]
                    if found == k and d2 == distance2[0] and who > ident[0]:
                        if cell2 >= limit2:
                            break  # everybody left in this cell is as far and comes later
                        continue
                    if banned_from < banned_to and contains(banned, banned_from, banned_to, who):
                        continue
                    if found < k:
                        at = found
                        found += 1
                        while at > 0:
                            parent = (at - 1) >> 1
                            if distance2[parent] > d2 or (distance2[parent] == d2 and ident[parent] > who):
                                break
                            distance2[at], ident[at] = distance2[parent], ident[parent]
                            at = parent
                        distance2[at], ident[at] = d2, who
                    else:
                        distance2[0], ident[0] = d2, who
                        _sift_down(distance2, ident, 0, k)
                    if found == k:
                        limit2 = min(radius2, distance2[0])
        ring += 1
    for size in range(found - 1, 0, -1):
        distance2[0], distance2[size] = distance2[size], distance2[0]
        ident[0], ident[size] = ident[size], ident[0]
        _sift_down(distance2, ident, 0, size)
    return found


@compiled
def between(  # noqa: C901 - one compiled loop; calls would cost more than they explain
    grid: Grid,
    x: float,
    y: float,
    need: np.uint64,
    inner: float,
    outer: float,
    banned: Integers,
    banned_from: int,
    banned_to: int,
    distance2: Floats,
    ident: Integers,
) -> tuple[int, int]:
    """Everybody eligible with inner < metres <= outer, in no order; -1 when they do not fit into ``ident``.

    Returns how many were found, and the cells and people looked at, which is what it cost.

    No heap: when lists double anyway, taking whole rings is several times faster than keeping the best k.
    """
    found, seen = 0, 0
    inner2, outer2 = inner * inner if inner >= 0.0 else -1.0, outer * outer
    low_row = max(int(np.floor((y - outer - grid.bottom) / grid.cell)), 0)
    high_row = min(int(np.floor((y + outer - grid.bottom) / grid.cell)), grid.rows - 1)
    for row in range(low_row, high_row + 1):
        row_bottom = grid.bottom + row * grid.cell
        away = max(row_bottom - y, 0.0, y - row_bottom - grid.cell)
        if row == grid.rows - 1 and y > row_bottom:
            away = 0.0
        half2 = outer2 - away * away
        if half2 < 0.0:
            continue
        half = np.sqrt(half2)
        low = max(int(np.floor((x - half - grid.left) / grid.cell)), 0)
        high = min(int(np.floor((x + half - grid.left) / grid.cell)), grid.columns - 1)
        seen += max(high - low, 0) + 1
        for c in range(row * grid.columns + low, row * grid.columns + high + 1):
            start, stop = grid.starts[c], grid.starts[c + 1]
            if start == stop:
                continue
            gap_x = max(grid.boxes[c, 0] - x, 0.0, x - grid.boxes[c, 2])
            gap_y = max(grid.boxes[c, 1] - y, 0.0, y - grid.boxes[c, 3])
            if gap_x * gap_x + gap_y * gap_y > outer2:
                continue
            if inner > 0.0:
                far_x = max(x - grid.boxes[c, 0], grid.boxes[c, 2] - x)
                far_y = max(y - grid.boxes[c, 1], grid.boxes[c, 3] - y)
                if far_x * far_x + far_y * far_y <= inner2:
                    continue
            seen += stop - start
            for i in range(start, stop):
                if grid.word[i] & need != need:
                    continue
                dx, dy = grid.x[i] - x, grid.y[i] - y
                d2 = dx * dx + dy * dy
                if d2 > outer2 or d2 <= inner2 or d2 > grid.reach2[i]:
                    continue
                who = grid.ident[i]
                if banned_from < banned_to and contains(banned, banned_from, banned_to, who):
                    continue
                if found == len(ident):
                    return -1, seen
                distance2[found], ident[found] = d2, who
                found += 1
    return found, seen


@compiled
def first_eligible(
    word: Words,
    priority: Integers,
    need: np.uint64,
    k: int,
    banned: Integers,
    banned_from: int,
    banned_to: int,
    ident: Integers,
) -> int:
    """For needs met by phone: the first k people, in the order ``priority``, whose word holds the need."""
    found = 0
    for who in priority:
        if found == k:
            break
        if word[who] & need != need:
            continue
        if banned_from < banned_to and contains(banned, banned_from, banned_to, who):
            continue
        ident[found] = who
        found += 1
    return found


@compiled
def nearest_of_many(
    grid: Grid,
    word: Words,
    priority: Integers,
    xy: Floats,
    need: Words,
    radius: Floats,
    remote: np.ndarray[tuple[int], np.dtype[np.bool_]],
    k: int,
    banned: Integers,
    banned_starts: Integers,
) -> tuple[Integers, Integers, Floats]:
    """``nearest`` for many needs: CSR starts (R + 1,), people, metres."""
    needs = len(need)
    starts = np.zeros(needs + 1, np.int64)
    people = np.empty(max(needs, 1) * min(k, 64), np.int64)
    metres = np.empty(len(people))
    distance2 = np.empty(k)
    ident = np.empty(k, np.int64)
    for r in range(needs):
        if remote[r]:
            found = first_eligible(
                word, priority, need[r], k, banned, banned_starts[r], banned_starts[r + 1], ident
            )
            distance2[:found] = 0.0
        else:
            found = nearest(
                grid, xy[r, 0], xy[r, 1], need[r], radius[r], k,
                banned, banned_starts[r], banned_starts[r + 1], distance2, ident,
            )  # fmt: skip
        first = starts[r]
        if first + found > len(people):
            bigger = max(2 * len(people), first + found)
            more_people, more_metres = np.empty(bigger, np.int64), np.empty(bigger)
            more_people[:first], more_metres[:first] = people[:first], metres[:first]
            people, metres = more_people, more_metres
        for i in range(found):
            people[first + i] = ident[i]
            metres[first + i] = np.sqrt(distance2[i])
        starts[r + 1] = first + found
    return starts, people[: starts[needs]].copy(), metres[: starts[needs]].copy()
