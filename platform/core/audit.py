"""The one door to sealed fields: a reading has a reader, a purpose and a line in the log."""

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction

from core.crypto import seal, unseal
from core.models import Purpose, SensitiveReading


def context_of(row: models.Model, field: str) -> str:
    """What a sealed value is bound to: its table and column and the row's `seal_id` (a UUID given before saving)."""
    return f"{row._meta.label_lower}.{field}.{row.seal_id}"  # type: ignore[attr-defined]


def put_sealed(row: models.Model, **values: str) -> None:
    """Set sealed columns of an unsaved or saved row from plain text; the caller saves."""
    for field, text in values.items():
        setattr(row, field, seal(text, context=context_of(row, field)))


@transaction.atomic
def open_sealed(row: models.Model, fields: Iterable[str], *, by: Any, purpose: Purpose) -> dict[str, str]:
    """The plain text of these sealed columns, and one line in the log. `by` is the reader, None for the matching task.

    Who may read what is decided by the caller; this is where it is written down.
    """
    names = sorted(fields)
    SensitiveReading.objects.create(
        reader=by, subject_kind=row._meta.label_lower, subject_id=row.pk, fields=names, purpose=purpose
    )
    return {name: unseal(getattr(row, name), context=context_of(row, name)) for name in names}
