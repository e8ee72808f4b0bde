"""Whoever changes a record breaks the chain, and the command says where."""

import hashlib
import json
from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from activities import chain
from activities.models import LedgerBatch, LedgerHead, LedgerPending, ServiceRecord
from activities.tasks import close_ledger
from core import signing

pytestmark = pytest.mark.django_db


def tamper(sql):
    """As somebody would who owns the database."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


@pytest.fixture
def batches(give_hours, volunteer):
    for minutes in (60, 90):
        give_hours(volunteer, minutes, days_ago=minutes)
        chain.close_batch(date(2026, 3, 31))
    give_hours(volunteer, 30, days_ago=3)
    chain.close_batch(date(2026, 4, 1))
    return list(LedgerBatch.objects.all())


def test_each_batch_holds_what_was_pending_and_follows_the_one_before(batches):
    assert [(batch.month.month, batch.number, batch.minutes) for batch in batches] == [
        (3, 1, 60),
        (3, 2, 90),
        (4, 1, 30),
    ]
    assert batches[0].previous_hash == chain.NOTHING
    assert [batch.previous_hash for batch in batches[1:]] == [batch.hash for batch in batches[:2]]
    assert not LedgerPending.objects.exists()
    assert chain.differences() == []


def test_the_fingerprint_of_a_record_can_be_calculated_without_a_database(batches):
    row = ServiceRecord.objects.filter(pk__in=batches[0].record_ids).values(*chain.COLUMNS).get()
    moments = {name: row[name].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") for name in chain.MOMENTS}
    entry = json.dumps([(row | moments)[name] for name in chain.COLUMNS], ensure_ascii=False)
    of_record = hashlib.sha256(entry.encode()).hexdigest()
    assert batches[0].entries_hash == hashlib.sha256(of_record.encode()).hexdigest()


def test_closing_twice_closes_nothing_more(batches):
    assert chain.close_batch() is None
    assert close_ledger() == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE activities_servicerecord SET minutes = minutes + 60", "a record was changed"),
        ("UPDATE activities_servicerecord SET in_charge = 'x'", "a record was changed"),
        ("DELETE FROM activities_servicerecord", "1 records were closed, 0 are there"),
        ("DELETE FROM activities_ledgerbatch WHERE number = 2", "does not follow the batch before it"),
        ("UPDATE activities_ledgerbatch SET minutes = 7", "its head does not fit"),
    ],
)
def test_whoever_tampers_is_found(batches, change, said):
    tamper(change)
    assert any(said in line for line in chain.differences())
    with pytest.raises(CommandError):
        call_command("verify_ledger")


def test_a_record_that_no_batch_holds_is_found(give_hours, volunteer):
    record = give_hours(volunteer)
    assert chain.differences() == []  # it waits, that is well
    LedgerPending.objects.all().delete()
    assert chain.differences() == [f"record {record.pk}: held by 0 batches, or not in the ledger"]


@pytest.mark.parametrize("table", ["ledgerbatch", "ledgerhead"])
def test_batches_and_heads_are_append_only(batches, table):
    chain.publish_heads(date(2026, 4, 2))
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM activities_{table}")


def test_a_month_that_is_over_is_signed_and_published_once(batches, client):
    (head,) = chain.publish_heads(date(2026, 4, 2))
    assert chain.publish_heads(date(2026, 4, 2)) == []
    assert (head.records, head.minutes, head.hash) == (2, 150, batches[1].hash)
    assert signing.verify(head.statement, kind="ledger-head")["hash"] == head.hash
    assert chain.differences() == []
    page = client.get(reverse("activities:ledger")).content.decode()
    assert head.hash in page
    assert batches[2].hash in page
    told = client.get(reverse("activities:ledger_head", args=[2026, 3])).json()
    assert [batch["hash"] for batch in told["batches"]] == [batch.hash for batch in batches[:2]]
    assert client.get(reverse("activities:ledger_head", args=[2026, 13])).status_code == 404


def test_a_head_that_says_something_else_is_found(batches):
    chain.publish_heads(date(2026, 4, 2))
    tamper("UPDATE activities_ledgerhead SET minutes = 1")
    assert len(chain.differences()) == 2
    LedgerHead.objects.all()
    tamper("UPDATE activities_ledgerhead SET minutes = 150, statement = 'x.y.z'")
    assert any("signature" in line for line in chain.differences())


def test_the_page_says_so_before_the_first_month_is_over(client):
    assert "No month is over yet" in client.get(reverse("activities:ledger")).content.decode()


def test_moments_are_told_to_the_microsecond(give_hours, volunteer):
    give_hours(volunteer, starts_at=datetime(2026, 3, 1, 9, 0, 0, 7, tzinfo=UTC))
    chain.close_batch()
    assert chain.differences() == []
