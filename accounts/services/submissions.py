"""A form sent twice has one effect."""

from typing import TypeVar
from uuid import UUID

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


def first_of(rows: models.QuerySet[Row], submission_key: UUID | None) -> Row | None:
    """What the first sending of this form made, or None.

    Holds a lock on the key until the transaction ends, so a double click waits here and then finds the first row.
    """
    if submission_key is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(submission_key)])
    return rows.filter(submission_key=submission_key).first()
