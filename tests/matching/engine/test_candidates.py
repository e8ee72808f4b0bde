"""The grid against BallTree (haversine) and brute force, and on odd districts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import BallTree

from matching.engine.candidates import CandidateGrid
from matching.engine.errors import BadShapeError, EngineError, NotFiniteError, NotFittedError, OutOfRangeError


def brute_force(xy, skill, slot, reach, where, need_skill, need_slot, radius, k, excluded=()):
    metres = np.hypot(*(xy - where).T)
    ok = (
        (skill & need_skill == need_skill)
        & (slot & need_slot == need_slot)
        & (metres <= np.minimum(radius, reach))
    )
    ok[list(excluded)] = False
    who = np.flatnonzero(ok)
    return who[np.lexsort((who, metres[who]))][:k]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_nearest_eligible_are_those_of_brute_force(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    people = data.draw(st.integers(0, 200))
    spread = data.draw(st.sampled_from([0.0, 3.0, 900.0, 40_000.0]))
    xy = np.rint(rng.normal(0, 1, (people, 2)) * spread)
    skill, slot = rng.integers(0, 8, people), rng.integers(0, 4, people)
    reach = rng.choice([np.inf, 500.0, 5000.0], people)
    grid = CandidateGrid(cell_m=data.draw(st.sampled_from([None, 40.0, 250.0, 5000.0]))).fit(
        xy, skill, slot, reach
    )
    where = np.rint(rng.normal(0, 2, 2) * max(spread, 1.0))
    radius, k = data.draw(st.sampled_from([0.0, 700.0, np.inf])), data.draw(st.integers(0, 30))
    excluded = rng.choice(people, min(people, 3), replace=False)
    asked = {
        "skill_mask": int(rng.integers(0, 8)),
        "slot_mask": int(rng.integers(0, 4)),
        "radius_m": radius,
        "k": k,
    }
    found, metres = grid.query(where, **asked, excluded=excluded)
    expected = brute_force(
        xy, skill, slot, reach, where, asked["skill_mask"], asked["slot_mask"], radius, k, excluded
    )  # fmt: skip
    assert found.tolist() == expected.tolist()
    assert np.allclose(metres, np.hypot(*(xy[found] - where).T))
    many = grid.query_many(
        [where] * 3, skill_mask=[asked["skill_mask"]] * 3, slot_mask=[asked["slot_mask"]] * 3, radius_m=radius, k=k,
        excluded=[excluded] * 3,
    )  # fmt: skip
    assert all(many.of(i)[0].tolist() == found.tolist() for i in range(3))


def test_distances_agree_with_the_ball_tree_on_the_sphere():
    rng = np.random.default_rng(1)
    latitude, longitude = 31.22 + rng.normal(0, 0.02, 5000), 121.40 + rng.normal(0, 0.02, 5000)
    scale = 6_371_008.8 * np.pi / 180
    xy = np.column_stack([(longitude - 121.4) * np.cos(np.radians(31.22)), latitude - 31.22]) * scale
    tree = BallTree(np.radians(np.column_stack([latitude, longitude])), metric="haversine")
    far, who = tree.query(np.radians([[31.22, 121.40]]), k=50)
    found, metres = CandidateGrid().fit(xy, np.zeros(5000, int), np.zeros(5000, int)).query((0.0, 0.0), k=50)
    assert len(set(found) & set(who[0])) >= 49
    assert np.allclose(metres, far[0] * 6_371_008.8, rtol=2e-3, atol=1)


def test_a_need_by_phone_ignores_distance_and_asks_the_least_loaded_first():
    grid = CandidateGrid().fit(
        [(0, 0), (90_000, 0), (5, 5)], [1, 1, 0], [0, 0, 0], 10.0, load=[3.0, 1.0, 0.0]
    )
    found, metres = grid.query((0, 0), skill_mask=1, radius_m=1.0, remote=True)
    assert found.tolist() == [1, 0]
    assert metres.tolist() == [0.0, 0.0]


def test_changes_of_masks_and_places_are_seen_by_the_next_query():
    grid = CandidateGrid().fit([(0, 0), (100, 0), (200, 0)], [1, 1, 1], [1, 1, 1])
    grid.change([0], skill_mask=[0], slot_mask=[0])
    assert grid.query((0, 0), skill_mask=1)[0].tolist() == [1, 2]
    grid.change([2], xy=[(1, 0)])
    assert grid.query((0, 0), skill_mask=1)[0].tolist() == [2, 1]
    assert grid.query((0, 0), skill_mask=1, remote=True)[0].tolist() == [1, 2]


def test_nobody_at_all_and_a_skill_nobody_has_give_no_candidates():
    nobody = CandidateGrid().fit(np.empty((0, 2)), [], [])
    assert nobody.query((3.0, 4.0))[0].tolist() == []
    assert CandidateGrid().fit([(0, 0)], [1], [1]).query((0, 0), skill_mask=2)[0].tolist() == []


def test_a_need_far_outside_the_district_still_finds_the_nearest():
    grid = CandidateGrid().fit(
        np.random.default_rng(2).uniform(0, 9000, (500, 2)), np.zeros(500, int), np.zeros(500, int)
    )
    found, metres = grid.query((-400_000.0, 900_000.0), k=3)
    assert (
        found.tolist()
        == brute_force(
            grid._people,
            np.zeros(500, int),
            np.zeros(500, int),
            np.inf,
            (-400_000.0, 900_000.0),
            0,
            0,
            np.inf,
            3,
        ).tolist()
    )
    assert len(metres) == 3


def test_a_million_people_on_one_point_answer_at_once():
    grid = CandidateGrid().fit(np.ones((1_000_000, 2)), np.ones(1_000_000, int), np.ones(1_000_000, int))
    found, _ = grid.query((50.0, 50.0), skill_mask=1, slot_mask=1, k=5)
    assert found.tolist() == [0, 1, 2, 3, 4]


def test_people_spread_over_the_globe_do_not_blow_up_the_grid():
    grid = CandidateGrid(cell_m=1.0).fit([(-2e7, -1e7), (2e7, 1e7), (0, 0)], [0, 0, 0], [0, 0, 0])
    assert grid.grid_.columns * grid.grid_.rows < 5_000_000
    assert grid.query((1.0, 1.0), k=2)[0].tolist() == [2, 1]


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: CandidateGrid().query((0, 0)), NotFittedError),
        (lambda: CandidateGrid().fit([(np.nan, 0)], [0], [0]), NotFiniteError),
        (lambda: CandidateGrid().fit([(0, 0)], [0, 1], [0, 1]), BadShapeError),
        (lambda: CandidateGrid().fit([(0, 0)], [0], [1 << 24]), OutOfRangeError),
        (lambda: CandidateGrid(cell_m=0).fit([(0, 0)], [0], [0]), OutOfRangeError),
        (lambda: CandidateGrid().fit([(0, 0)], [0], [0], -5.0), OutOfRangeError),
        (lambda: CandidateGrid().fit([(0, 0)], [0], [0]).query((np.inf, 0)), NotFiniteError),
        (lambda: CandidateGrid().fit([(0, 0)], [0], [0]).query((0, 0), radius_m=np.nan), EngineError),
        (lambda: CandidateGrid().fit([(0, 0)], [0], [0]).query((0, 0), skill_mask=-1), OutOfRangeError),
        (lambda: CandidateGrid().fit([(0, 0)], [0], [0]).change([1], xy=[(0, 0)]), OutOfRangeError),
    ],
)
def test_bad_input_is_a_named_error(call, error):
    with pytest.raises(error):
        call()
