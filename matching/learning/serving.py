"""The model in force, kept in memory by each process and replaced when another one is put into force."""

import logging

from matching.engine import AcceptanceModel, PriorAcceptance
from matching.learning.artefact import UnusableArtefactError, opened
from matching.models import AcceptanceVersion

logger = logging.getLogger(__name__)

_kept: dict[tuple[int, str], AcceptanceModel] = {}  # one entry: the version in force


def model_in_force() -> AcceptanceModel:
    """The version in force, or the rules written by hand. One small query; the arrays are read when it changes.

    An artefact that cannot be trusted is told in the log once and never used.
    """
    row = AcceptanceVersion.objects.in_force().values_list("pk", "version").first()
    if row is None:
        return PriorAcceptance()
    if row not in _kept:
        model = model_of(AcceptanceVersion.objects.get(pk=row[0]))
        _kept.clear()
        _kept[row] = model
    return _kept[row]


def model_of(version: AcceptanceVersion | None) -> AcceptanceModel:
    """The model of a row, or the rules written by hand when there is none or it cannot be trusted."""
    if version is None:
        return PriorAcceptance()
    try:
        return opened(version.version, bytes(version.artefact), version.seal)
    except UnusableArtefactError as error:
        logger.warning("%s is not used (%s); the rules written by hand are", version.version, error)
        return PriorAcceptance()
