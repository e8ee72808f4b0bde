"""The model of who says yes: what it may learn from, how it wins, how it serves, how staff go back."""

import io
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from matching.engine import FEATURES, PriorAcceptance, build_features
from matching.engine.errors import OutOfRangeError
from matching.engine.learned_acceptance import LearnedAcceptance
from matching.engine.synthetic.answers import answer_log
from matching.learning.answers import answered_offers, as_kept, load_answers, matrix_of
from matching.learning.artefact import UnusableArtefactError, opened, packed, seal
from matching.learning.drift import profile_of, stability
from matching.learning.model import ServedAcceptance, chances
from matching.learning.trained import TooFewAnswersError
from matching.learning.training import compare, held_out_weeks, learn_best, served, train
from matching.learning.trees import MOST_LEAVES, no_trees, trees_of
from matching.models import AcceptanceVersion, Offer
from matching.services.runs import carry_on, start_run
from matching.tasks import plan_requests
from tests.matching.history import write_history

Status = AcceptanceVersion.Status
SENSITIVE = (
    "health",
    "poor",
    "income",
    "sex",
    "gender",
    "age",
    "born",
    "origin",
    "religion",
    "party",
    "disab",
)


@pytest.fixture(scope="module")
def log():
    return answer_log(7, people=60, questions=3000)


@pytest.fixture(scope="module")
def fitted(log):
    return LearnedAcceptance(rounds=40).fit(log.features, log.yes, log.person)


@pytest.fixture(scope="module")
def model(fitted):
    return served(fitted, np.arange(60) * 10, "learned-test")


@pytest.fixture
def asked_for_half_a_year(make_request, make_volunteer):
    return write_history(make_request(), [make_volunteer() for _number in range(24)])


def trained_by(user):
    run = start_run(kind="training", by=user)
    carry_on(run.pk)
    run.refresh_from_db()
    return run


# --- what is kept and what is learned from


def test_a_question_keeps_what_the_model_saw_and_nothing_that_is_sensitive(post, volunteer):
    need = post()
    plan_requests([need.pk])
    offer = Offer.objects.get(request=need, volunteer=volunteer)
    assert set(offer.features) == set(FEATURES)
    assert not [name for name in offer.features if any(word in name.split("_") for word in SENSITIVE)]
    assert offer.chance_of_being_asked == 1.0
    assert offer.model_version == PriorAcceptance.version
    again = PriorAcceptance().predict(matrix_of([offer.features]))[0]
    assert again == pytest.approx(offer.probability, abs=1e-3)


def test_only_answered_questions_that_kept_their_features_are_learned_from(make_request, make_volunteer):
    need, kept = make_request(), {"distance_m": 700.0}
    statuses = ("accepted", "declined", "expired", "taken", "withdrawn", "sent", "proposed", "passed")
    for status in statuses:
        offer_of(need, make_volunteer(), status=status, features=kept)
    offer_of(need, make_volunteer(), status="accepted", features={})
    answers = load_answers(now=timezone.now())
    assert len(answers) == 3
    assert sorted(answers.yes) == [0, 0, 1]
    assert set(answers.features.column("distance_m")) == {700.0}
    assert answered_offers(now=timezone.now()).count() == 3


def test_who_said_yes_and_cancelled_later_had_said_yes(make_request, volunteer):
    offer = offer_of(make_request(), volunteer, status="declined", features={"hour": 9.0})
    offer.assignments.create(request=offer.request, volunteer=volunteer, status="cancelled")
    assert load_answers(now=timezone.now()).yes.tolist() == [1]


def test_all_answers_come_in_one_query(asked_for_half_a_year):
    with CaptureQueriesContext(connection) as captured:
        answers = load_answers(now=timezone.now())
    assert len(captured) == 1
    assert len(answers) == len(asked_for_half_a_year.yes)
    assert answers.weeks == 26
    assert (np.diff(answers.week) >= 0).all()


def offer_of(need, volunteer, **fields):
    now = timezone.now()
    values = {"score": 0.3, "probability": 0.3, "model_version": "prior-1", "sent_at": now, "answer_by": now}
    return Offer.objects.create(request=need, volunteer=volunteer, **values | fields)


# --- the served form of a model


def test_the_arrays_give_what_the_library_gives(log, fitted, model):
    people = log.person[:500]
    features = type(log.features)(log.features.values[:500])
    assert np.allclose(model.predict(features), fitted.predict(features), atol=1e-9)
    assert np.allclose(model.predict(features, people * 10), fitted.predict(features, people), atol=1e-9)
    ours, theirs = model.contributions(features), fitted.contributions(features)
    assert all(np.allclose(ours[name], theirs[name], atol=1e-9) for name in FEATURES)


def test_a_forest_of_stumps_and_one_of_deep_trees_give_what_the_library_gives(log):
    for leaves in (2, 31, MOST_LEAVES):
        boosting = HistGradientBoostingClassifier(max_leaf_nodes=leaves, max_iter=7, random_state=1)
        boosting.fit(log.features.values, log.yes)
        ours = trees_of(boosting).log_odds(log.features.values)
        assert np.allclose(ours, boosting.decision_function(log.features.values), atol=1e-12)
        assert len(trees_of(boosting).log_odds(np.empty((0, log.features.values.shape[1])))) == 0


def test_a_tree_with_more_leaves_than_a_word_has_bits_is_refused(log):
    boosting = HistGradientBoostingClassifier(max_leaf_nodes=MOST_LEAVES + 1, max_iter=1, min_samples_leaf=1)
    forest = trees_of(boosting.fit(log.features.values, log.yes))
    with pytest.raises(OutOfRangeError):
        forest.log_odds(log.features.values)


def test_somebody_whom_the_model_does_not_know_has_no_effect_of_their_own(model):
    features = build_features(2)
    assert (model.effect_of(np.array([-5, 10**9])) == 0).all()
    assert (chances(model, features, np.array([-5, 10**9])) == model.predict(features)).all()


def test_a_model_survives_the_database_and_holds_no_code(model, log):
    content = packed(model)
    back = opened("learned-test", content, seal("learned-test", content))
    assert (back.predict(log.features) == model.predict(log.features)).all()
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fiU" for name in arrays.files)


@pytest.mark.parametrize("change", ["content", "version", "seal", "no_arrays"])
def test_a_model_that_somebody_changed_is_not_opened(model, change):
    content, version = packed(model), "learned-test"
    sealed = seal(version, content)
    if change == "content":
        content = content[:-1] + bytes([content[-1] ^ 1])
    elif change == "version":
        version = "another"
    elif change == "seal":
        sealed = "0" * 64
    else:
        content = b"not arrays"
        sealed = seal(version, content)
    with pytest.raises(UnusableArtefactError):
        opened(version, content, sealed)


def test_a_replaced_secret_opens_while_it_is_a_fallback(model, settings):
    content = packed(model)
    sealed = seal("learned-test", content)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new one " * 6
    assert opened("learned-test", content, sealed).version == "learned-test"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(UnusableArtefactError):
        opened("learned-test", content, sealed)


# --- the competition


def test_where_habits_are_a_straight_line_that_is_learned_and_else_the_trees(log):
    asked = all_of(log).where(np.arange(len(log.yes)) < 1500)
    metres = asked.features.column("distance_m")
    chance = 1 / (1 + np.exp(metres / 1500 - 1 - asked.features.column("slot_match")))
    few = replace(asked, yes=(np.random.default_rng(1).random(1500) < chance).astype(np.int64))
    line, kind = learn_best(few, "line")
    assert kind == "logistic"
    scaled = StandardScaler().fit_transform(few.features.values)
    by_library = LogisticRegression(max_iter=500).fit(scaled, few.yes).predict_proba(scaled)[:, 1]
    assert np.allclose(line.predict(few.features), by_library.clip(0.001, 0.999))
    bent = replace(few, yes=((metres > 1000) & (metres < 2500)).astype(np.int64))
    assert learn_best(bent, "trees")[1] == "boosting"


def test_a_week_that_was_once_learned_from_is_never_judged_on():
    """The champion learned from the weeks before its own held-out ones; the next challenger is judged later."""
    first_judged = [weeks - held_out_weeks(weeks) for weeks in range(4, 200)]
    assert first_judged == sorted(first_judged)
    assert all(1 <= held_out_weeks(weeks) <= 4 for weeks in range(1, 200))


def test_too_little_history_is_said_so(asked_for_half_a_year):
    answers = load_answers(now=timezone.now())
    few = answers.where(np.arange(len(answers)) < 900)
    short = answers.where(answers.week > answers.week[-1] - 3)
    for part in (few, short, answers.where(answers.week < 0)):
        with pytest.raises(TooFewAnswersError):
            train(part, version="x", champion=PriorAcceptance())


def test_a_model_is_no_better_than_itself(asked_for_half_a_year):
    answers = load_answers(now=timezone.now())
    first = train(answers, version="first", champion=PriorAcceptance())
    second = train(answers, version="second", champion=first.model)
    assert first.is_better
    assert not second.is_better
    assert second.metrics["gain"] == pytest.approx(0.0, abs=1e-12)


def test_figures_are_there_for_every_competitor_and_kind_of_question(asked_for_half_a_year):
    trained = train(load_answers(now=timezone.now()), version="x", champion=PriorAcceptance())
    for name in ("challenger", "champion", "prior", "logistic"):
        assert {"log_loss", "auc", "ece"} <= set(trained.metrics[name])
    assert {row["kind"] for row in trained.metrics["segments"]} == {"urgency", "distance", "remote", "hour"}
    assert set(trained.metrics["weight"]) == set(trained.profile) == set(FEATURES)
    assert sum(point["count"] for point in trained.metrics["curve"]) == trained.held_out


def test_a_better_log_loss_does_not_excuse_a_worse_calibration(log):
    """A challenger that tells people apart but promises too much loses against a constant that is right on average."""

    class Constant:
        version = "constant"

        def predict(self, features):
            return np.full(len(features.values), float(log.yes.mean()))

    class Shifted(ServedAcceptance):
        def predict(self, features, volunteers=None):  # noqa: ARG002
            return np.clip(log.truth[: len(features.values)] + 0.12, 0.01, 0.99)

    answers = all_of(log)
    model = Shifted("shifted", no_trees(), np.zeros(15), np.zeros(3), np.zeros(0, np.int64), np.zeros(0))
    metrics, better = compare(model, Constant(), answers, answers)
    assert metrics["gain"] > 0.002
    assert metrics["challenger"]["ece"] > metrics["champion"]["ece"] + 0.005
    assert not better


def all_of(log):
    from matching.learning.answers import Answers

    return Answers(log.features, log.yes, log.person, log.week, np.arange(len(log.yes)) % 5 == 0)


def test_drift_is_nothing_for_the_same_people_and_much_for_others(log):
    profile = profile_of(log.features)
    assert max(stability(profile, log.features).values()) < 1e-9
    farther = log.features.values.copy()
    farther[:, FEATURES.index("distance_m")] += 3000
    moved = stability(profile, type(log.features)(farther))
    assert moved["distance_m"] > 0.25
    assert moved["hour"] < 1e-9


def test_what_is_kept_reads_back_as_it_was(log):
    kept = [as_kept(log.features, row) for row in range(20)]
    assert np.allclose(matrix_of(kept).values, log.features.values[:20], atol=1e-4)
    assert matrix_of([]).values.shape == (0, len(FEATURES))


def test_a_process_that_only_serves_pages_does_not_load_scikit_learn():
    """It would cost every web process a hundred megabytes and seconds of its start."""
    asks = "import sys, django; django.setup(); import config.urls; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asks], timeout=120).returncode == 0
