"""python -m matching.engine: every format it reads, on files made here."""

import itertools
import json

import numpy as np
import pytest

from matching.engine.__main__ import main, solve_file
from matching.engine.arrivals import offline_optimum, online_value, read_arrivals, utilities
from matching.engine.errors import UnknownFormatError

ARRIVALS = """2 2 10 30
0 w 0 0 5 1 100 0.5
10 t 3 4 50 10
20 w 3 3 5 2 100 0.9
200 t 3 3 50 8
"""


def test_a_dense_or_library_file_is_solved_exactly(tmp_path):
    cost = np.random.default_rng(1).integers(1, 100, (6, 6))
    file = tmp_path / "dense.txt"
    file.write_text("6\n" + "\n".join(" ".join(map(str, row)) for row in cost))
    best = min(sum(cost[i, p[i]] for i in range(6)) for p in itertools.permutations(range(6)))
    line = solve_file(file, None)
    assert (line["objective"], line["lower_bound"], line["exact"]) == (best, best, True)


def test_a_sparse_or_library_file_uses_only_the_listed_pairs(tmp_path):
    file = tmp_path / "sparse.txt"
    file.write_text("2\n1 1 5\n1 2 1\n2 2 9\n2 1 4\n")
    assert solve_file(file, None)["objective"] == 5


def test_a_city_file_is_solved_with_its_own_capacities(tmp_path):
    file = tmp_path / "city.npz"
    np.savez(
        file, vxy=[(0.0, 0.0), (100.0, 0.0)], mask=[1, 1], avail=[1, 1], vcap=[1, 1], rxy=[(10.0, 0.0)], rskill=[0],
        rslot=[0], head=[2], urg=[1],
    )  # fmt: skip
    assert solve_file(file, None)["objective"] == 100


def test_arrivals_are_read_and_pairs_need_distance_and_overlapping_windows():
    arrivals = read_arrivals(ARRIVALS)
    assert utilities(arrivals).tolist() == [[5.0, 9.0], [0.0, 0.0]]
    assert offline_optimum(arrivals) == 9.0
    assert online_value(arrivals, "greedy") == 5.0
    assert online_value(arrivals, "patient") == 9.0


def test_hindsight_is_never_beaten_by_an_online_policy():
    rng = np.random.default_rng(3)
    lines = ["0 0 0 0"]
    for _ in range(60):
        x, y, time = *rng.uniform(0, 5, 2).round(3), int(rng.integers(0, 900))
        tail = f"300 {rng.integers(1, 9)}" if rng.random() < 0.5 else f"2 {rng.integers(1, 3)} 300 0.5"
        lines.append(f"{time} {'t' if len(tail.split()) == 2 else 'w'} {x} {y} {tail}")
    arrivals = read_arrivals("\n".join(lines))
    best = offline_optimum(arrivals)
    assert 0 < online_value(arrivals, "greedy") <= best + 1e-6
    assert 0 < online_value(arrivals, "patient") <= best + 1e-6


@pytest.mark.parametrize("text", ["", "hello", "3 1 2", "0 1", "2.5 1"])
def test_a_file_of_no_known_format_is_a_named_error(tmp_path, text):
    file = tmp_path / "odd.txt"
    file.write_text(text)
    with pytest.raises(UnknownFormatError):
        solve_file(file, None)


def test_one_json_line_for_each_file_and_an_exit_code_for_the_unreadable(tmp_path, capsys):
    good = tmp_path / "good.txt"
    good.write_text("1\n7\n")
    assert main([str(good), str(tmp_path / "missing.txt")]) == 2
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first["objective"] == 7
    assert {"file", "objective", "lower_bound", "exact", "seconds", "peak_mb"} <= set(first)
    assert "error" in second
