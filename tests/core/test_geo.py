"""Places: metres, cells, and what a distance gives away."""

import math

import pytest

from core.geo import CELL_M, Point, cell_of, distance_m, distance_step, snapped, to_metres, to_point

DOOR = Point(121.4182, 31.2231)


def test_a_point_survives_the_way_to_metres_and_back():
    back = to_point(*to_metres(DOOR))
    assert back.lon == pytest.approx(DOOR.lon, abs=1e-9)
    assert back.lat == pytest.approx(DOOR.lat, abs=1e-9)


def test_a_thousandth_of_a_degree_north_is_111_metres():
    assert distance_m(DOOR, Point(DOOR.lon, DOOR.lat + 0.001)) == pytest.approx(111.2, abs=0.1)


def test_distances_are_told_in_steps_of_500_metres_and_are_never_nothing():
    cell = cell_of(DOOR)
    assert distance_step(cell.centre, cell) == 500
    far = to_point(*(value + 3_210 for value in to_metres(DOOR)))
    assert distance_step(far, cell) % 500 == 0


def test_a_home_is_kept_as_the_middle_of_a_square_of_100_metres():
    near = to_point(*(value + 1 for value in to_metres(snapped(DOOR))))
    assert snapped(near) == snapped(DOOR)
    assert distance_m(snapped(DOOR), DOOR) <= 100 * math.sqrt(2)


def test_asking_from_twenty_homes_does_not_find_the_door():
    """Whoever combines the answers to 20 homes learns the cell: every door in it gives the same answers."""
    cell = cell_of(DOOR)
    corner_east, corner_north = cell.column * CELL_M, cell.row * CELL_M
    homes = [
        to_point(corner_east + 2_000 * math.cos(turn), corner_north + 2_000 * math.sin(turn))
        for turn in (2 * math.pi * step / 20 for step in range(20))
    ]
    answers = [distance_step(home, cell) for home in homes]
    other_doors = [
        to_point(corner_east + x, corner_north + y)
        for x in range(5, CELL_M, 45)
        for y in range(5, CELL_M, 45)
    ]
    assert len(other_doors) == 121
    for door in other_doors:
        assert [distance_step(home, cell_of(door)) for home in homes] == answers
