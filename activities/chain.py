"""The chain over the ledger: closed in batches every few seconds, one chain of heads, published by month.

A trigger writes the id of each appended record into LedgerPending. Closing takes what is there, so no record waits for
the chain and none is forgotten, in whatever order transactions end. The digest of a record is SHA-256 over the JSON
list of its columns as PostgreSQL writes it (`ENTRY`; Python's `json.dumps(row, ensure_ascii=False)` gives the same
text), that of a batch is over its records' digests in the order of their ids, and a head is over the head before it.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from activities.models import LedgerBatch, LedgerHead
from activities.rules import period_start
from core import signing

BATCH = 5000  # records at most
CLOSE_LOCK = 4103
KIND = "ledger-head"
NOTHING = "0" * 64
COLUMNS = (
    "id", "volunteer_id", "studio_id", "organisation_id", "unit_id", "division_id", "home_code", "category", "name",
    "place", "content", "in_charge", "starts_at", "ends_at", "minutes", "grade", "how_observed", "source_kind",
    "source_id", "reverses_id", "revision", "reason", "recorded_by_id", "recorded_at",
)  # fmt: skip
MOMENTS = {"starts_at", "ends_at", "recorded_at"}
ENTRY = "jsonb_build_array({})::text".format(
    ", ".join(
        f"to_char(r.{name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
        if name in MOMENTS
        else f"r.{name}"
        for name in COLUMNS
    )
)
DIGEST = f"encode(sha256(convert_to({ENTRY}, 'UTF8')), 'hex')"
ENTRIES = f"""
    encode(sha256(convert_to(string_agg({DIGEST}, '' ORDER BY r.id), 'UTF8')), 'hex'), count(*), sum(r.minutes)
"""
TAKE = """
WITH taken AS (
    DELETE FROM activities_ledgerpending WHERE record_id IN
        (SELECT record_id FROM activities_ledgerpending ORDER BY record_id LIMIT %s) RETURNING record_id
) SELECT array_agg(record_id ORDER BY record_id) FROM taken
"""
# S608: nothing here comes from outside
READ = f"SELECT {ENTRIES} FROM activities_servicerecord r WHERE r.id = ANY(%s)"  # noqa: S608
VERIFY = f"""
SELECT b.id, b.month, b.number, b.previous_hash, cardinality(b.record_ids), b.minutes, b.entries_hash, b.hash, found.*
FROM activities_ledgerbatch b
LEFT JOIN LATERAL (
    SELECT {ENTRIES} FROM activities_servicerecord r WHERE r.id = ANY(b.record_ids)
) AS found (entries, records, minutes) ON true
ORDER BY b.id
"""  # noqa: S608
OUTSIDE = """
WITH held AS (
    SELECT unnest(record_ids) AS id FROM activities_ledgerbatch UNION ALL SELECT record_id FROM activities_ledgerpending
), counted AS (SELECT id, count(*) AS times FROM held GROUP BY id)
SELECT coalesce(r.id, c.id), coalesce(c.times, 0) FROM activities_servicerecord r FULL JOIN counted c ON c.id = r.id
WHERE r.id IS NULL OR c.times IS DISTINCT FROM 1 ORDER BY 1 LIMIT 1000
"""


@dataclass(frozen=True)
class Link:
    """What a head is made of."""

    previous_hash: str
    month: date
    number: int
    records: int
    minutes: int
    entries_hash: str

    @property
    def hash(self) -> str:
        told = (self.previous_hash, self.month, self.number, self.records, self.minutes, self.entries_hash)
        return hashlib.sha256("\n".join(map(str, told)).encode()).hexdigest()


@transaction.atomic
def close_batch(today: date | None = None) -> LedgerBatch | None:
    """Close what is pending, oldest ids first, at most BATCH records; None when nothing is, or somebody else closes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [CLOSE_LOCK])
        if not cursor.fetchone()[0]:
            return None
        cursor.execute(TAKE, [BATCH])
        ids = cursor.fetchone()[0]
        if not ids:
            return None
        cursor.execute(READ, [ids])
        entries, records, minutes = cursor.fetchone()
    last = LedgerBatch.objects.order_by("-id").first()
    month = max(period_start("month", today or timezone.localdate()), last.month if last else date.min)
    number = last.number + 1 if last and last.month == month else 1
    link = Link(last.hash if last else NOTHING, month, number, records, int(minutes), entries)
    return LedgerBatch.objects.create(
        month=month,
        number=number,
        previous_hash=link.previous_hash,
        record_ids=ids,
        minutes=link.minutes,
        entries_hash=entries,
        hash=link.hash,
    )


def close_ledger() -> int:
    """Close everything that is pending; how many batches."""
    batches = 0
    while close_batch():
        batches += 1
    return batches


def _head_of(month: date) -> dict[str, Any]:
    batches = LedgerBatch.objects.filter(month=month).order_by("number")
    rows = list(batches.values_list("record_ids__len", "minutes", "hash"))
    return {
        "month": month.isoformat(),
        "batches": len(rows),
        "records": sum(row[0] for row in rows),
        "minutes": sum(row[1] for row in rows),
        "hash": rows[-1][2],
    }


@transaction.atomic
def publish_heads(today: date | None = None) -> list[LedgerHead]:
    """Sign and publish the head of every month that is over and has batches. Safe to run twice."""
    this_month = period_start("month", today or timezone.localdate())
    months = LedgerBatch.objects.filter(month__lt=this_month).exclude(
        month__in=LedgerHead.objects.values("month")
    )
    published = []
    for month in months.order_by("month").values_list("month", flat=True).distinct():
        told = _head_of(month)
        row, is_new = LedgerHead.objects.get_or_create(
            month=month,
            defaults=told | {"month": month, "statement": signing.sign(told, kind=KIND)},
        )
        published += [row] if is_new else []
    return published


def differences() -> list[str]:
    """Everything that does not agree between the ledger, its batches and its published heads, in words."""
    found: list[str] = []
    before = NOTHING
    with connection.cursor() as cursor:
        cursor.execute(VERIFY)
        for _id, month, number, previous, size, minutes, entries, head, *now in cursor.fetchall():
            name = f"batch {month:%Y-%m} no. {number}"
            if previous != before:
                found.append(f"{name}: does not follow the batch before it")
            if now[1] != size:
                found.append(f"{name}: {size} records were closed, {now[1]} are there")
            elif now[0] != entries or int(now[2] or 0) != minutes:
                found.append(f"{name}: a record was changed")
            if Link(previous, month, number, size, minutes, entries).hash != head:
                found.append(f"{name}: its head does not fit what it holds")
            before = head
        cursor.execute(OUTSIDE)
        for record, times in cursor.fetchall():
            found.append(f"record {record}: held by {times} batches, or not in the ledger")
    for row in LedgerHead.objects.order_by("month"):
        found += _head_differences(row)
    return found


def _head_differences(row: LedgerHead) -> list[str]:
    told = {
        "month": row.month.isoformat(),
        "batches": row.batches,
        "records": row.records,
        "minutes": row.minutes,
        "hash": row.hash,
    }
    found = []
    if not LedgerBatch.objects.filter(month=row.month).exists() or _head_of(row.month) != told:
        found.append(f"head of {row.month:%Y-%m}: the batches say something else")
    try:
        if dict(signing.verify(row.statement, kind=KIND)) != told:
            found.append(f"head of {row.month:%Y-%m}: what was signed is something else")
    except signing.NotGenuine as why:
        found.append(f"head of {row.month:%Y-%m}: the signature does not hold ({why.why})")
    return found
