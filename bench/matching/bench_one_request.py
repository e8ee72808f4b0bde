"""One request: candidates from a million people, the whole decision in process, scoring 500,000 pairs."""

import time

import numpy as np
from rows import head, row, timed
from sklearn.neighbors import BallTree

from matching.engine import CandidateGrid, PriorAcceptance, build_features, first_wave, why

PEOPLE = 1_000_000


def main() -> None:
    rng = np.random.default_rng(1)
    centres = rng.uniform(6000, 54_000, (60, 2))
    xy = centres[rng.integers(0, 60, PEOPLE)] + rng.normal(0, 2500, (PEOPLE, 2))
    skill = (1 << rng.integers(0, 24, PEOPLE)) | (1 << rng.integers(0, 24, PEOPLE))
    slot = rng.integers(0, 1 << 24, PEOPLE) & rng.integers(0, 1 << 24, PEOPLE)
    head("One request")
    wall, cpu = timed(lambda: CandidateGrid().fit(xy, skill, slot))
    row("grid, full rebuild", f"{PEOPLE:,} people", "a fraction of a second", f"{wall:.2f} s (cpu {cpu:.2f})")
    grid = CandidateGrid().fit(xy, skill, slot)
    asked = [
        (xy[i], int(1 << rng.integers(0, 24)), int(1 << rng.integers(0, 24)))
        for i in rng.integers(0, PEOPLE, 3000)
    ]
    model = PriorAcceptance()

    def candidates(where, need_skill, need_slot):
        return grid.query(where, skill_mask=need_skill, slot_mask=need_slot, radius_m=20_000.0, k=50)

    def decision(where, need_skill, need_slot):
        people, metres = candidates(where, need_skill, need_slot)
        features = build_features(len(people), distance_m=metres)
        chance = model.predict(features)
        order = np.argsort(-chance, kind="stable")
        wave = first_wave(chance[order], 2, 0.9, 20)
        first = type(features)(features.values[order[:wave]])
        why(first, model, skill_mask=[need_skill] * wave, slot_mask=[need_slot] * wave)

    for part, work, goal in (
        ("candidates", candidates, "p50 0.05, p99 0.2 ms (0.1)"),
        ("whole decision", decision, "p50 5, p99 20 ms (3)"),
    ):
        spent = []
        for need in asked:
            began = time.perf_counter()
            work(*need)
            spent.append(time.perf_counter() - began)
        p50, p99 = np.percentile(spent[100:], [50, 99]) * 1e3
        compared = ""
        if part == "candidates":
            common = skill & asked[0][1] > 0
            tree = BallTree(np.radians(xy[common] / 111_195.0), metric="haversine")
            balls = []
            for where, _, _ in asked[:200]:
                began = time.perf_counter()
                tree.query(np.radians([where / 111_195.0]), k=200)
                balls.append(time.perf_counter() - began)
            compared = (
                f"BallTree of one skill, 200 nearest without slots: p50 {np.median(balls) * 1e3:.2f} ms"
            )
        row(part, "50 nearest of a million", goal, f"p50 {p50:.3f}, p99 {p99:.3f} ms", compared)
    pairs = build_features(500_000, distance_m=rng.gamma(2, 900, 500_000), asks_7d=rng.poisson(1, 500_000))
    wall, cpu = timed(lambda: model.predict(pairs))
    row("score pairs, prior", "500,000", "2 s (0.5)", f"{wall:.2f} s (cpu {cpu:.2f})")


if __name__ == "__main__":
    main()
