"""The log of readings and the history of states can be written once, and never rewritten: the database says so."""

import pytest
from django.db import DatabaseError, connection, transaction

from core import states
from core.audit import open_sealed
from core.models import Purpose, SensitiveReading, StateChange

pytestmark = pytest.mark.django_db


@pytest.fixture
def reading(household, worker):
    open_sealed(household, ["address"], by=worker, purpose=Purpose.REGISTER)
    return SensitiveReading.objects.get()


@pytest.fixture
def change(activity, worker):
    with transaction.atomic():
        states.move(activity, "cancelled", moves={"recruiting": frozenset({"cancelled"})}, by=worker)
    return StateChange.objects.get()


@pytest.mark.parametrize("what", ["reading", "change"])
def test_a_line_is_neither_changed_nor_removed(request, what, stranger):
    row = request.getfixturevalue(what)
    rows = type(row).objects.filter(pk=row.pk)
    who = "reader" if what == "reading" else "by"
    for act in (lambda: rows.update(**{who: stranger}), rows.delete, row.save, row.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()
    assert getattr(rows.get(), who) != stranger


def test_tests_may_still_empty_the_tables(reading, change):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE core_sensitivereading, core_statechange")
    assert not SensitiveReading.objects.exists()
