"""Arrivals, alerts, browsing, acceptance: each against what it claims to beat."""

import numpy as np
from rows import FULL, data, head, row
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from matching.engine.alerting import phased_alerts
from matching.engine.arrivals import offline_optimum, online_value, read_arrivals
from matching.engine.browsing import browse
from matching.engine.features import FeatureMatrix
from matching.engine.learned_acceptance import LearnedAcceptance, judge
from matching.engine.ranking import EquityRanking
from matching.engine.synthetic.alerts import alarms
from matching.engine.synthetic.answers import answer_log
from matching.engine.synthetic.browsing import browsing_week


def arrivals() -> None:
    shares: dict[str, list[float]] = {"greedy": [], "patient": []}
    for number in range(10):
        path = data(f"gmission/data_{number:02d}.txt")
        if path is None:
            return
        orders = read_arrivals(path.read_text())
        best = offline_optimum(orders)
        for policy in ("greedy", "patient"):
            shares[policy].append(online_value(orders, policy) / best)
    row("gMission, by the clock", "ten orders, 532 x 713", "above 94.0 % (96 %)", f"{np.mean(shares['patient']):.2%}",
        f"greedy in file order {np.mean(shares['greedy']):.2%}; published Greedy 94.0 %, TGOA 93.4 %")  # fmt: skip


def alerts() -> None:
    for density in (5, 10, 20, 30, 50) if FULL else (10, 30):
        drawn = alarms(77, density, 3000 if FULL else 1000)
        phased, plain, everybody = (
            phased_alerts(drawn, 7), phased_alerts(drawn, 7, replace=False), phased_alerts(drawn, density),
        )  # fmt: skip
        text = [
            f"served {o.served:.3f}, {o.minutes:.2f} min, {o.alerted:.1f} alerted, {o.in_vain:.2f} in vain"
            for o in (phased, plain, everybody)
        ]
        row(
            "alert 7, replace",
            f"{density} within 1 km",
            "four metrics",
            text[0],
            f"7 only: {text[1]}; all: {text[2]}",
        )


def browsing() -> None:
    weeks = [browsing_week(seed) for seed in range(301, 321 if FULL else 307)]
    results = {s: [browse(week, EquityRanking(strength=s)) for week in weeks] for s in (0.0, 0.03, 1.0)}
    base = results[0.0]
    for strength in (0.03, 1.0):
        needs = np.mean([o.needs for o in results[strength]]) / np.mean([o.needs for o in base]) - 1
        links = (
            np.mean([o.connections for o in results[strength]]) / np.mean([o.connections for o in base]) - 1
        )
        filled = np.mean([o.filled for o in results[strength]])
        row(f"equity ranking, strength {strength}", f"{len(weeks)} weeks, 200 needs, 600 visitors",
            "needs +9 % (15), connections -0.5 %", f"needs {needs:+.1%}, connections {links:+.2%}, seats {filled:.1%}",
            f"relevance alone: seats {np.mean([o.filled for o in base]):.1%}")  # fmt: skip


def acceptance() -> None:
    log = answer_log(401)
    early, late = log.week < 22, log.week >= 22
    train, test = FeatureMatrix(log.features.values[early]), FeatureMatrix(log.features.values[late])
    segments = {"area": log.area[late], "urgency": test.column("urgency"), "weekday": test.column("weekday")}
    model = LearnedAcceptance().fit(train, log.yes[early], log.person[early])
    learned = judge(model.predict(test, log.person[late]), log.yes[late], segments)
    line = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(train.values, log.yes[early])
    logistic = judge(line.predict_proba(test.values)[:, 1], log.yes[late], segments)
    oracle = judge(log.truth[late], log.yes[late], segments)
    row("acceptance", f"{int(early.sum()):,} answers, {learned.answers:,} later", "ECE 0.01 (segments 0.03), AUC +0.01",
        f"ECE {learned.calibration_error:.4f}, worst segment {learned.worst_segment_error:.4f}, AUC {learned.auc:.4f}, "
        f"log-loss oracle {learned.log_loss / oracle.log_loss - 1:+.2%}",
        f"logistic AUC {logistic.auc:.4f}, ECE {logistic.calibration_error:.4f}; oracle AUC {oracle.auc:.4f}, "
        f"worst segment by chance {oracle.worst_segment_error:.4f}")  # fmt: skip


if __name__ == "__main__":
    head("Arrivals, alerts, browsing, acceptance")
    arrivals()
    alerts()
    browsing()
    acceptance()
