"""Rows into PostgreSQL by COPY, from unsaved model instances: the database's own constraints hold as ever."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def next_id(model: type[models.Model]) -> int:
    """The first number that the table's sequence has not given out."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {model._meta.db_table}")  # noqa: S608
        return int(cursor.fetchone()[0])


def copy_in(rows: Sequence[models.Model]) -> None:
    """Write the instances, which have their ids, and move the sequence behind them.

    Unlike `bulk_create`, moments marked auto_now_add keep the value that was given.
    """
    if not rows:
        return
    model = type(rows[0])
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(_values(row, fields))
        if any(field.column == "id" for field in fields):
            last = max(row.pk for row in rows)
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, last])


def _values(row: models.Model, fields: Iterable[models.Field[Any, Any]]) -> list[Any]:
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]


class Numbers:
    """Gives each new row of a table its id, from the first free one on."""

    def __init__(self) -> None:
        self._next: dict[type[models.Model], int] = {}

    def __call__(self, model: type[models.Model]) -> int:
        number = self._next.get(model) or next_id(model)
        self._next[model] = number + 1
        return number
