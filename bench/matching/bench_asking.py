"""Policies of asking: seven families against SN, SDN, notify-all, top-k, nearest-first; ten volunteers exactly."""

import numpy as np
from rows import FULL, head, row

from matching.engine.asking import (
    Adaptive,
    NearestFirst,
    NotifyAll,
    ScaledDown,
    Sparse,
    TopK,
    draw_episodes,
    exact_value,
    fluid_plan,
)
from matching.engine.synthetic.asking import FAMILIES, asking_instance

INSTANCES = 5 if FULL else 1
LIVES = 1000 if FULL else 300


def families() -> None:
    ratios, lowest, messages = [], np.inf, []
    for family in FAMILIES:
        shares: dict[str, list[float]] = {}
        sent: dict[str, list[float]] = {}
        errors: dict[str, list[float]] = {}
        for seed in range(101, 101 + INSTANCES):
            instance = asking_instance(family, seed)
            bound, _ = fluid_plan(instance)
            _, plan = fluid_plan(instance, smooth=True)
            lives = draw_episodes(instance, seed, LIVES)
            for name, policy in (
                ("all", NotifyAll()), ("top 3", TopK(3)), ("nearest 3", NearestFirst(3)), ("SDN", ScaledDown(plan)),
                ("SN", Sparse(plan)), ("ADAPT", Adaptive()),
            ):  # fmt: skip
                outcome = policy.fit(instance).play(lives)
                shares.setdefault(name, []).append(outcome.answered_mean / bound)
                errors.setdefault(name, []).append(outcome.half_width / bound)
                sent.setdefault(name, []).append(outcome.messages_a_need)
        ratio = np.mean(shares["ADAPT"]) / np.mean(shares["SN"])
        ratios.append(ratio)
        lowest = min(lowest, ratio)
        messages.append(np.mean(sent["ADAPT"]) / np.mean(sent["all"]))
        text = {
            name: f"{name} {np.mean(value):.3f} ±{np.mean(errors[name]):.3f} ({np.mean(sent[name]):.1f})"
            for name, value in shares.items()
        }
        compared = ", ".join(text[name] for name in text if name != "ADAPT")
        row(
            family,
            f"30 x 10 x 80, {INSTANCES} instances",
            "share of the LP bound (messages a need)",
            text["ADAPT"],
            compared,
        )
    row("all families", "ADAPT / SN", "1.20 on average, never below 1", f"{np.mean(ratios):.3f}, lowest {lowest:.3f}",
        f"messages: {np.mean(messages):.2f} of notify-all's")  # fmt: skip


def exact() -> None:
    for family in ("geometric 0.5", "geometric 0.2", "geometric 0.1", "geometric 0.05"):
        shares: dict[str, list[float]] = {"ADAPT": [], "SN": [], "all": []}
        for seed in range(201, 201 + INSTANCES):
            instance = asking_instance(family, seed, volunteers=10, types=5, periods=60)
            best = exact_value(instance)
            lives = draw_episodes(instance, seed, 4 * LIVES)
            for name, policy in (("ADAPT", Adaptive()), ("SN", Sparse()), ("all", NotifyAll())):
                shares[name].append(policy.fit(instance).play(lives).answered_mean / best)
        text = {name: f"{name} {np.mean(value):.3f}" for name, value in shares.items()}
        row(
            f"exact program, {family}",
            "10 x 5 x 60",
            "0.97 (0.98)",
            text["ADAPT"],
            f"{text['SN']}, {text['all']}",
        )


if __name__ == "__main__":
    head("Asking")
    families()
    exact()
