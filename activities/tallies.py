"""Tallies follow the ledger: changed in the transaction of each record, and recomputable from it at any time.

Lock order: a record's tallies are locked by one statement in the order of (subject_kind, subject_id, period), so two
records that share subjects wait for each other and never deadlock. A transaction that appends several records does so
in the order of (division, studio, unit, volunteer) for the same reason. No row stands for a whole district: a division
keeps a row for itself alone, a subtree is summed by the prefix of its code, and what a rank needs is appended
(activities/bands.py).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from activities import bands
from activities.models import ServiceRecord, Tally
from activities.rules import period_start

PERIODS = sorted(Tally.Period.values)
# Every row of one record changes by the same amount, so the amount is a parameter of its own: a proposed row with
# negative minutes would break the table's CHECK before PostgreSQL saw that the row exists.
CHANGE = """
WITH changed AS (
    INSERT INTO activities_tally
        (subject_kind, subject_id, division_code, period, period_starts_on, minutes, services, changed_at)
    VALUES {rows}
    ON CONFLICT (subject_kind, subject_id, period, period_starts_on) DO UPDATE SET
        minutes = activities_tally.minutes + %s, services = activities_tally.services + %s,
        division_code = EXCLUDED.division_code, changed_at = EXCLUDED.changed_at
    RETURNING new.subject_kind AS kind, new.period AS period, new.period_starts_on AS starts_on,
        coalesce(old.division_code, '') AS code_before, coalesce(old.minutes, 0) AS minutes_before,
        new.division_code AS code_after, new.minutes AS minutes_after
)
INSERT INTO activities_rankmove
    (period, period_starts_on, code_before, minutes_before, code_after, minutes_after)
SELECT period, starts_on, code_before, minutes_before, code_after, minutes_after FROM changed
WHERE kind = 'volunteer' AND (minutes_before <> minutes_after OR code_before <> code_after)
"""
ROW = "(%s, %s, %s, %s, %s, %s, %s, %s)"

# {records} limits which records are looked at. Where a person was at home is what the newest of these records says.
LEDGER = """
WITH ledger AS (
    SELECT r.id AS record, r.volunteer_id, r.studio_id, r.unit_id, r.division_id, r.minutes, r.home_code,
           CASE WHEN r.reverses_id IS NULL THEN 1 ELSE -1 END AS services,
           (r.starts_at AT TIME ZONE %(zone)s)::date AS day
    FROM activities_servicerecord r {records}
), subjects AS (
    SELECT 'volunteer' AS kind, volunteer_id AS id, home_code AS code, record, minutes, services, day FROM ledger
    UNION ALL
    SELECT 'studio', studio_id, s.division_id, record, minutes, services, day
    FROM ledger JOIN accounts_studio s ON s.id = studio_id
    UNION ALL
    SELECT 'unit', unit_id, o.division_id, record, minutes, services, day
    FROM ledger JOIN accounts_organisation o ON o.id = unit_id
    UNION ALL
    SELECT 'division', division_id::bigint, division_id, record, minutes, services, day FROM ledger
), expected AS (
    SELECT kind, id, period,
           CASE period WHEN 'all' THEN '1970-01-01'::date ELSE date_trunc(period, day::timestamp)::date END AS begins,
           split_part(max(lpad(record::text, 19, '0') || ' ' || code), ' ', 2) AS code,
           sum(minutes) AS minutes, sum(services) AS services
    FROM subjects CROSS JOIN (VALUES ('week'), ('month'), ('quarter'), ('year'), ('all')) AS periods (period)
    GROUP BY 1, 2, 3, 4
)
"""
COMPARE = """
SELECT coalesce(e.kind, t.subject_kind), coalesce(e.id, t.subject_id), coalesce(e.period, t.period),
       coalesce(e.begins, t.period_starts_on), coalesce(e.minutes, 0), coalesce(t.minutes, 0),
       coalesce(e.services, 0), coalesce(t.services, 0)
FROM expected e
FULL JOIN activities_tally t ON t.subject_kind = e.kind AND t.subject_id = e.id AND t.period = e.period
    AND t.period_starts_on = e.begins
WHERE coalesce(e.minutes, 0) <> coalesce(t.minutes, 0) OR coalesce(e.services, 0) <> coalesce(t.services, 0)
ORDER BY 1, 2, 3, 4
"""
REBUILD = """
INSERT INTO activities_tally
    (subject_kind, subject_id, division_code, period, period_starts_on, minutes, services, changed_at)
SELECT kind, id, code, period, begins, minutes, services, now() FROM expected
"""


@dataclass(frozen=True)
class Difference:
    """A tally that does not say what the ledger says. Minutes and services, in the ledger and in the tally."""

    subject_kind: str
    subject_id: int
    period: str
    period_starts_on: date
    ledger_minutes: int
    tally_minutes: int
    ledger_services: int
    tally_services: int

    def __str__(self) -> str:
        return (
            f"{self.subject_kind} {self.subject_id}, {self.period} from {self.period_starts_on}: ledger "
            f"{self.ledger_minutes} min in {self.ledger_services} services, tally {self.tally_minutes} min in "
            f"{self.tally_services}"
        )


def subjects_of(record: ServiceRecord) -> list[tuple[str, int, str]]:
    """Whose tallies a record changes: kind, id and the division where the subject is at home, in lock order."""
    found = [(Tally.Subject.DIVISION.value, int(record.division_id), record.division_id)]
    if record.studio is not None:
        found.append((Tally.Subject.STUDIO.value, record.studio.pk, record.studio.division_id))
    if record.unit is not None:
        found.append((Tally.Subject.UNIT.value, record.unit.pk, record.unit.division_id))
    found.append((Tally.Subject.VOLUNTEER.value, record.volunteer_id, record.home_code))
    return found


def count_record(record: ServiceRecord) -> None:
    """Add an appended record to its tallies; a reversal takes away. Called once a record, in its transaction."""
    services = 1 if record.reverses_id is None else -1
    day, now = timezone.localdate(record.starts_at), timezone.now()
    values: list[Any] = []
    rows = 0
    for kind, subject_id, code in subjects_of(record):
        for period in PERIODS:
            starts_on = period_start(period, day)
            most = (max(record.minutes, 0), max(services, 0))
            values += [kind, subject_id, code, period, starts_on, *most, now]
            rows += 1
    with connection.cursor() as cursor:
        cursor.execute(CHANGE.format(rows=", ".join([ROW] * rows)), [*values, record.minutes, services])


def differences() -> list[Difference]:
    """Every tally that differs from the ledger; empty when all is well. One pass over the ledger."""
    with connection.cursor() as cursor:
        cursor.execute(LEDGER.format(records="") + COMPARE, {"zone": timezone.get_current_timezone_name()})
        return [Difference(*row) for row in cursor.fetchall()]


@transaction.atomic
def rebuild() -> None:
    """Write all tallies and bands anew from the ledger, while nobody appends to it. For bulk loading and repair."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE activities_servicerecord IN SHARE MODE")
        cursor.execute("DELETE FROM activities_tally")
        cursor.execute(LEDGER.format(records="") + REBUILD, {"zone": timezone.get_current_timezone_name()})
    bands.rebuild()
