"""The model of who says yes: it learns, competes, serves; staff may go back to an earlier one."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from core.states import Moves, move
from matching.engine import FEATURES, EngineError
from matching.learning.answers import load_answers
from matching.learning.artefact import packed, seal
from matching.learning.serving import model_of
from matching.learning.trained import TooFewAnswersError, Trained
from matching.models import AcceptanceVersion, Run
from matching.permissions import check_may
from matching.services.progress import finish, tell

Status = AcceptanceVersion.Status
VERSION_MOVES: Moves = {
    Status.READY: frozenset({Status.SERVED}),
    Status.SERVED: frozenset({Status.RETIRED}),
    Status.RETIRED: frozenset({Status.SERVED}),
}
# After staff went back, nothing new serves by itself for this long: they had a reason, and the night does not know it.
HOLD = timedelta(days=14)
ARTEFACTS_KEPT = 10


def learn(run: Run) -> None:
    """Train a challenger and let it compete. At night nothing is done when nothing was answered since."""
    from matching.learning.training import (
        train,  # scikit-learn is for the worker that trains, not for every process
    )

    now = timezone.now()
    answers = load_answers(now=now)
    tell(run, 30)
    champion = AcceptanceVersion.objects.in_force().first()
    found: dict[str, Any] = {"answers": len(answers), "weeks": answers.weeks}
    if run.asked_by_id is None and _is_known(len(answers)):
        finish(run, "nothing_new", found)
        return
    try:
        trained = train(
            answers,
            version=f"learned-{timezone.localtime(now):%Y%m%d}-{run.pk}",
            champion=model_of(champion),
            told=lambda percent: tell(run, percent),
        )
    except TooFewAnswersError:
        finish(run, "too_few", found)
    except EngineError:
        finish(run, "one_sided", found)
    else:
        keep(run, trained, champion, found)


def _is_known(count: int) -> bool:
    latest = AcceptanceVersion.objects.defer("artefact").first()
    return latest is not None and latest.rows + latest.held_out == count


@transaction.atomic
def keep(run: Run, trained: Trained, champion: AcceptanceVersion | None, found: dict[str, Any]) -> None:
    """Write the version; it serves at once if it won, nobody holds it back, and its champion still serves.

    Lock order: the run, then the version in force.
    """
    locked = Run.objects.select_for_update().get(pk=run.pk)
    if locked.status != Run.Status.RUNNING or locked.version_id is not None:
        return
    now = timezone.now()
    content = packed(trained.model) if trained.is_better else b""
    version = AcceptanceVersion.objects.create(
        version=trained.model.version,
        status=Status.READY if trained.is_better else Status.NOT_BETTER,
        trained_at=now,
        rows=trained.rows,
        held_out=trained.held_out,
        people=trained.people,
        weeks=trained.weeks,
        features=list(FEATURES),
        metrics=trained.metrics,
        profile=trained.profile,
        artefact=content,
        seal=seal(trained.model.version, content) if content else "",
    )
    outcome = "ready" if trained.is_better else "not_better"
    in_force = _in_force_locked()
    if trained.is_better and not is_held(now=now) and in_force == champion:
        _replace(in_force, version, by=None)
        outcome = "promoted"
    finish(run, outcome, found, version)


def is_held(*, now: Any) -> bool:
    """Whether staff went back to an earlier model lately."""
    return AcceptanceVersion.objects.filter(rolled_back_by__isnull=False, retired_at__gte=now - HOLD).exists()


def _in_force_locked() -> AcceptanceVersion | None:
    return AcceptanceVersion.objects.select_for_update(of=("self",)).in_force().first()


@transaction.atomic
def serve_version(*, version: AcceptanceVersion, by: User) -> AcceptanceVersion:
    """Put this one into force: a better one that waits, or one that served before. Pressing twice changes nothing.

    Raises DomainError: not_yours, no_artefact, not_in_this_state.
    """
    check_may(by, "matching.keep_model", None)
    in_force = _in_force_locked()
    version = AcceptanceVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if version.status == Status.SERVED:
        return version
    if not version.seal:
        raise DomainError(
            "no_artefact",
            _("Of this version only the figures were kept."),
            help=_("Train again, or choose a later version."),
        )
    went_back = in_force is not None and version.trained_at < in_force.trained_at
    _replace(in_force, version, by=by, rolled_back_by=by if went_back else None)
    return version


@transaction.atomic
def roll_back(*, by: User) -> AcceptanceVersion | None:
    """Back to the version that served before this one, or to the rules written by hand when there is none.

    Gives what is in force now. Raises DomainError: not_yours, nothing_in_force.
    """
    check_may(by, "matching.keep_model", None)
    in_force = _in_force_locked()
    if in_force is None:
        raise DomainError(
            "nothing_in_force",
            _("The rules written by hand are in use already."),
            help=_("Train a model first."),
        )
    earlier = (
        AcceptanceVersion.objects.select_for_update(of=("self",))
        .filter(status=Status.RETIRED, rolled_back_by=None, trained_at__lt=in_force.trained_at)
        .exclude(seal="")
        .first()
    )
    _replace(in_force, earlier, by=by, rolled_back_by=by)
    return earlier


def _replace(
    before: AcceptanceVersion | None,
    after: AcceptanceVersion | None,
    *,
    by: User | None,
    rolled_back_by: User | None = None,
) -> None:
    now = timezone.now()
    if before is not None:
        move(
            before,
            Status.RETIRED,
            moves=VERSION_MOVES,
            by=by,
            retired_at=now,
            rolled_back_by=rolled_back_by,
        )
    if after is not None:
        move(
            after,
            Status.SERVED,
            moves=VERSION_MOVES,
            by=by,
            promoted_at=now,
            retired_at=None,
            rolled_back_by=None,
        )
    _forget_old_artefacts()


def _forget_old_artefacts() -> None:
    """The figures of all versions stay; the arrays only of the last that served."""
    retired = AcceptanceVersion.objects.filter(status=Status.RETIRED).exclude(seal="")
    old = list(retired.values_list("pk", flat=True)[ARTEFACTS_KEPT:])
    AcceptanceVersion.objects.filter(pk__in=old).update(artefact=b"", seal="")
