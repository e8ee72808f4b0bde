"""Rows into PostgreSQL by COPY: the database's own constraints hold as ever.

Rows that others refer to are unsaved model instances with their ids. Of the others, which are most, only the values
are kept (`Leaf`): a model instance costs ten times as much to make, and there are millions at scale 100.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from psycopg import Copy

PLAIN = (models.IntegerField, models.FloatField, models.BooleanField, models.DateField, models.UUIDField)


def next_id(model: type[models.Model]) -> int:
    """The first number that the table's sequence has not given out."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {model._meta.db_table}")  # noqa: S608
        return int(cursor.fetchone()[0])


class Leaf:
    """The values of a row that no other refers to, by column name of the model (`volunteer_id`, not `volunteer`)."""

    __slots__ = ("model", "values")

    def __init__(self, model: type[models.Model], **values: Any) -> None:
        self.model, self.values = model, values


def copy_leaves(leaves: Sequence[Leaf]) -> None:
    """Write them, all of one table. What a leaf does not say has the model's default; the database gives the ids."""
    if not leaves:
        return
    fields = [field for field in leaves[0].model._meta.concrete_fields if not field.primary_key]
    columns_of = [(field.attname, field.get_default(), _converter(field)) for field in fields]
    with _copying(leaves[0].model, fields) as copy:
        for leaf in leaves:
            value_of = leaf.values.get
            copy.write_row([convert(value_of(name, default)) for name, default, convert in columns_of])


@contextmanager
def _copying(model: type[models.Model], fields: Sequence[models.Field[Any, Any]]) -> Iterator[Copy]:
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as copy,
    ):
        yield copy


def copy_in(rows: Sequence[models.Model]) -> None:
    """Write the instances, which have their ids, and move the sequence behind them.

    Unlike `bulk_create`, moments marked auto_now_add keep the value that was given.
    """
    if not rows:
        return
    model = type(rows[0])
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    columns_of = [(field.attname, _converter(field)) for field in fields]
    with _copying(model, fields) as copy:
        for row in rows:
            copy.write_row([convert(getattr(row, name)) for name, convert in columns_of])
    with connection.cursor() as cursor:
        last = max(row.pk for row in rows)
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [model._meta.db_table, last])


def _converter(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    """From a field's value to what psycopg writes: as it is for numbers and moments, else as Django prepares it."""
    target = field
    while isinstance(target, models.ForeignKey):
        target = target.target_field
    if isinstance(target, PLAIN):
        return _as_it_is
    if isinstance(target, models.CharField):
        return _text
    # the connection itself, not Django's proxy, which looks it up at each of a million values
    database = connections[DEFAULT_DB_ALIAS]
    return lambda value: field.get_db_prep_save(value, database)


def _as_it_is(value: Any) -> Any:
    return value


def _text(value: Any) -> Any:
    return None if value is None else str(value)


class Numbers:
    """Gives each new row of a table its id, from the first free one on."""

    def __init__(self) -> None:
        self._next: dict[type[models.Model], int] = {}

    def __call__(self, model: type[models.Model]) -> int:
        number = self._next.get(model) or next_id(model)
        self._next[model] = number + 1
        return number
