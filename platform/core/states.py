"""Moving things between states: one table of allowed moves, one function, one history."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.models import StateChange

Moves = Mapping[str, frozenset[str]]


def check_can_move(row: models.Model, after: str, *, moves: Moves) -> None:
    """Raises DomainError `not_in_this_state` when the table does not allow the move."""
    before = row.status  # type: ignore[attr-defined]
    if after not in moves.get(before, frozenset()):
        raise DomainError(
            "not_in_this_state",
            _("This can no longer be done: it is already “%(state)s”."),
            help=_("Load the page again to see how it stands."),
            params={"state": row.get_status_display()},  # type: ignore[attr-defined]
        )


def move(row: models.Model, after: str, *, moves: Moves, by: Any, reason: str = "", **values: Any) -> None:
    """Put a locked row into the state `after`, set `values` with it, and write the history.

    The caller holds the row's lock (`select_for_update`). Raises DomainError `not_in_this_state`.
    """
    change = _moved(row, after, moves=moves, by=by, reason=reason, **values)
    row.save(update_fields=["status", *values])
    change.save(force_insert=True)


def move_all(
    rows: Sequence[models.Model], after: str, *, moves: Moves, by: Any, reason: str = "", **values: Any
) -> None:
    """`move` for many locked rows of one model: two queries however many they are, and a history for each of them.

    Raises DomainError `not_in_this_state` before anything is written.
    """
    changes = [_moved(row, after, moves=moves, by=by, reason=reason, **values) for row in rows]
    if rows:
        ids = [row.pk for row in rows]
        type(rows[0])._default_manager.filter(pk__in=ids).update(status=after, **values)
        StateChange.objects.bulk_create(changes)


def _moved(
    row: models.Model, after: str, *, moves: Moves, by: Any, reason: str, **values: Any
) -> StateChange:
    """The row in its new state, not saved; the history's line, likewise."""
    check_can_move(row, after, moves=moves)
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a state is changed inside a transaction")
    before = row.status  # type: ignore[attr-defined]
    row.status = after  # type: ignore[attr-defined]
    for name, value in values.items():
        setattr(row, name, value)
    return StateChange(
        subject_kind=row._meta.label_lower,
        subject_id=row.pk,
        before=before,
        after=after,
        by=by,
        reason=reason[:300],
    )


def history(row: models.Model) -> models.QuerySet[StateChange]:
    return (
        StateChange.objects.filter(subject_kind=row._meta.label_lower, subject_id=row.pk)
        .select_related("by")
        .order_by("id")
    )
