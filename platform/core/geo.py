"""Places on the plane of one city: WGS-84 degrees in, metres out.

Within 60 km an equirectangular projection around a reference point is good to about 0.1 %, which is far below the
500 m in which a distance to a household may be told.
"""

import math
from typing import NamedTuple

REFERENCE_LON = 121.4
REFERENCE_LAT = 31.2
EARTH_RADIUS_M = 6_371_008.8
CELL_M = 500
HOME_GRID_M = 100


class Point(NamedTuple):
    """Degrees, WGS-84."""

    lon: float
    lat: float


class Cell(NamedTuple):
    """A square of CELL_M metres; all that is said of where a household is before an offer is accepted."""

    column: int
    row: int

    @property
    def centre(self) -> Point:
        return to_point((self.column + 0.5) * CELL_M, (self.row + 0.5) * CELL_M)


def to_metres(point: Point) -> tuple[float, float]:
    """Metres east and north of the reference point."""
    east = math.radians(point.lon - REFERENCE_LON) * EARTH_RADIUS_M * math.cos(math.radians(REFERENCE_LAT))
    north = math.radians(point.lat - REFERENCE_LAT) * EARTH_RADIUS_M
    return east, north


def to_point(east: float, north: float) -> Point:
    lon = REFERENCE_LON + math.degrees(east / (EARTH_RADIUS_M * math.cos(math.radians(REFERENCE_LAT))))
    return Point(lon, REFERENCE_LAT + math.degrees(north / EARTH_RADIUS_M))


def cell_of(point: Point) -> Cell:
    east, north = to_metres(point)
    return Cell(math.floor(east / CELL_M), math.floor(north / CELL_M))


def snapped(point: Point, grid: int = HOME_GRID_M) -> Point:
    """The middle of the `grid` metre square around a point: how a volunteer's home is kept."""
    east, north = to_metres(point)
    middle = to_point((math.floor(east / grid) + 0.5) * grid, (math.floor(north / grid) + 0.5) * grid)
    return Point(round(middle.lon, 6), round(middle.lat, 6))


def distance_m(one: Point, other: Point) -> float:
    """Metres in a straight line."""
    (east, north), (other_east, other_north) = to_metres(one), to_metres(other)
    return math.hypot(east - other_east, north - other_north)


def distance_step(one: Point, cell: Cell) -> int:
    """Metres to the centre of a household's cell, rounded up to steps of 500; never 0.

    Both ends are coarse, so asking from many homes finds the cell and never the door (tests/core/test_geo.py).
    """
    return max(CELL_M, math.ceil(distance_m(one, cell.centre) / CELL_M) * CELL_M)
