"""Scoring the candidates of one need: the served trees, the library's own predict, logistic regression, the prior."""

import os
import time
from collections.abc import Callable

import django
import numpy as np
from rows import head, row

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from sklearn.linear_model import LogisticRegression  # noqa: E402  (after the settings)
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

from matching.engine import FeatureMatrix, PriorAcceptance  # noqa: E402
from matching.engine.learned_acceptance import LearnedAcceptance  # noqa: E402
from matching.engine.synthetic.answers import answer_log  # noqa: E402
from matching.learning.artefact import opened, packed, seal  # noqa: E402
from matching.learning.training import served  # noqa: E402

ROWS, CALLS = 200, 400
BATCH = 500_000


def spread(work: Callable[[], object], calls: int = CALLS) -> str:
    """Median and 99th percentile of wall milliseconds, and processor milliseconds a call."""
    walls = []
    cpu = time.process_time()
    for _ in range(calls):
        begin = time.perf_counter()
        work()
        walls.append(1000 * (time.perf_counter() - begin))
    cpu = 1000 * (time.process_time() - cpu) / calls
    return f"p50 {np.median(walls):.2f} ms, p99 {np.quantile(walls, 0.99):.2f} ms (cpu {cpu:.2f})"


def main() -> None:
    log = answer_log(11, people=1000, questions=30_000)
    fitted = LearnedAcceptance().fit(log.features, log.yes, log.person)
    line = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(log.features.values, log.yes)
    model, prior = served(fitted, np.arange(1000), "bench"), PriorAcceptance()
    some, who = FeatureMatrix(log.features.values[:ROWS]), log.person[:ROWS]
    content = packed(model)
    sealed = seal("bench", content)
    model.predict(some, who)  # compiled once a machine
    assert np.allclose(model.predict(some, who), fitted.predict(some, who))

    head("Serving the acceptance model")
    ours = spread(lambda: model.predict(some, who))
    theirs = spread(lambda: fitted.predict(some, who), CALLS // 4)
    logistic = spread(lambda: line.predict_proba(some.values))
    by_hand = spread(lambda: prior.predict(some))
    size = f"{ROWS} rows, {len(model.trees.root)} trees"
    row("scores for one need", size, "p99 20 ms", ours, f"scikit-learn, one thread: {theirs}")
    row("same", size, "", ours, f"logistic regression: {logistic}")
    row("same", size, "", ours, f"prior: {by_hand}")
    reasons = spread(lambda: model.contributions(FeatureMatrix(some.values[:20])))
    slow = spread(lambda: fitted.contributions(FeatureMatrix(some.values[:20])), 20)
    row("contributions of 20 asked", size, "p99 20 ms", reasons, f"scikit-learn, one thread: {slow}")
    loading = spread(lambda: opened("bench", content, sealed), 20)
    row(
        "seal checked and arrays read", f"{len(content) / 1024:.0f} KB", "once a process and version", loading
    )
    many = FeatureMatrix(np.tile(log.features.values, (BATCH // len(log.yes) + 1, 1))[:BATCH])
    begin = time.perf_counter()
    model.predict(many)
    row("score many pairs", f"{BATCH:,} pairs", "2 s", f"{time.perf_counter() - begin:.2f} s, one thread")


if __name__ == "__main__":
    main()
