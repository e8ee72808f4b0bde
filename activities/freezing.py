"""A ranking frozen in one statement, its digest, and the same ranking told again from the ledger of that day.

Lines and the state of the ledger are written by one statement, so they belong to one snapshot of the database: every
batch up to `last_batch`, and the records in `unsealed` that were in no batch yet.
"""

import hashlib
from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import gettext

from activities.models import RankingRow, RankingSnapshot, Tally
from activities.tallies import LEDGER

Subject = Tally.Subject
# {given}: subject_id, minutes, services of every subject with minutes in the area and period; {name}: what is shown
FREEZE = """
WITH state AS (
    UPDATE activities_rankingsnapshot SET
        last_batch_id = (SELECT max(id) FROM activities_ledgerbatch),
        unsealed = ARRAY(SELECT record_id FROM activities_ledgerpending ORDER BY record_id)
    WHERE id = %(snapshot)s
), given AS ({given})
INSERT INTO activities_rankingrow
    (snapshot_id, position, place, subject_id, shown_name, minutes, services)
SELECT %(snapshot)s, row_number() OVER by_minutes, rank() OVER (ORDER BY g.minutes DESC), g.subject_id,
       left({name}, 120), g.minutes, g.services
FROM given g {joined}
WINDOW by_minutes AS (ORDER BY g.minutes DESC, g.subject_id)
"""
GIVEN = """
SELECT subject_id, minutes, services FROM activities_tally
WHERE subject_kind = %(kind)s AND period = %(period)s AND period_starts_on = %(starts_on)s AND minutes > 0
  AND division_code LIKE %(below)s
"""
GIVEN_SUBDISTRICTS = """
SELECT left(division_code, 9)::bigint AS subject_id, sum(minutes) AS minutes, sum(services) AS services
FROM activities_tally
WHERE subject_kind = 'division' AND period = %(period)s AND period_starts_on = %(starts_on)s AND minutes > 0
  AND division_code LIKE %(below)s
GROUP BY 1
"""
PLACE_NAME = ("d.name", "JOIN accounts_division d ON d.code = g.subject_id::text")
NAMES: dict[str, tuple[str, str]] = {
    Subject.VOLUNTEER: (
        "CASE WHEN v.publishes_name THEN u.name ELSE replace(%(masked)s, '*', left(u.name, 1)) END",
        "JOIN accounts_volunteer v ON v.id = g.subject_id JOIN accounts_user u ON u.id = v.user_id",
    ),
    Subject.STUDIO: ("s.name", "JOIN accounts_studio s ON s.id = g.subject_id"),
    Subject.UNIT: ("o.name", "JOIN accounts_organisation o ON o.id = g.subject_id"),
    Subject.DIVISION: PLACE_NAME,
    Subject.SUBDISTRICT: PLACE_NAME,
}
# The lines as text, a stretch of positions at a time: a million of them fit into no single value that is read here.
DIGEST = """
SELECT encode(sha256(convert_to(string_agg(concat_ws(E'\\t', position, place, subject_id, shown_name, minutes,
    services), E'\\n' ORDER BY position), 'UTF8')), 'hex')
FROM activities_rankingrow WHERE snapshot_id = %s GROUP BY position / 100000 ORDER BY position / 100000
"""
AGAIN = """
SELECT subject_id, minutes, services, rank() OVER (ORDER BY minutes DESC) FROM ({given}) AS g
ORDER BY minutes DESC, subject_id
"""
OF_THAT_DAY = """
JOIN (SELECT unnest(record_ids) AS id FROM activities_ledgerbatch WHERE id <= %(last_batch)s
      UNION ALL SELECT unnest(%(unsealed)s::bigint[])) AS held ON held.id = r.id
"""


def _asked(snapshot: RankingSnapshot) -> dict[str, str | int | None]:
    with translation.override(settings.LANGUAGE_CODE):
        masked = gettext("%(surname)s, volunteer") % {"surname": "*"}
    return {
        "snapshot": snapshot.pk,
        "kind": snapshot.subject_kind,
        "period": snapshot.period,
        "starts_on": snapshot.period_starts_on.isoformat(),
        "below": f"{snapshot.division_id}%",
        "masked": masked,
    }


def freeze(snapshot: RankingSnapshot) -> int:
    """Write every line of the snapshot; how many. Names are in the site's first language: one document for all."""
    name, joined = NAMES[snapshot.subject_kind]
    given = GIVEN_SUBDISTRICTS if snapshot.subject_kind == Subject.SUBDISTRICT else GIVEN
    with connection.cursor() as cursor:
        cursor.execute(FREEZE.format(given=given, name=name, joined=joined), _asked(snapshot))
        return int(cursor.rowcount)


def digest(snapshot: RankingSnapshot) -> str:
    """SHA-256 over the digests of 100,000 lines each, in order; a line is its columns with tabs between."""
    with connection.cursor() as cursor:
        cursor.execute(DIGEST, [snapshot.pk])
        parts = [row[0] for row in cursor.fetchall()]
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def told_again(snapshot: RankingSnapshot) -> Iterator[tuple[int, int, int, int]]:
    """Subject, minutes, services and place of every line, from the ledger as it was when the snapshot was frozen."""
    given = (
        "SELECT left(code, 9)::bigint AS subject_id, sum(minutes) AS minutes, sum(services) AS services "
        "FROM expected WHERE kind = 'division' AND {where} GROUP BY 1"
        if snapshot.subject_kind == Subject.SUBDISTRICT
        else "SELECT id AS subject_id, minutes, services FROM expected WHERE kind = %(kind)s AND {where}"
    ).format(where="period = %(period)s AND begins = %(starts_on)s AND minutes > 0 AND code LIKE %(below)s")
    asked = {
        **_asked(snapshot),
        "zone": timezone.get_current_timezone_name(),
        "last_batch": snapshot.last_batch_id or 0,
        "unsealed": "{" + ",".join(map(str, snapshot.unsealed)) + "}",
    }
    with connection.cursor() as cursor:
        cursor.execute(LEDGER.format(records=OF_THAT_DAY) + AGAIN.format(given=given), asked)
        yield from ((row[0], int(row[1]), int(row[2]), row[3]) for row in cursor.fetchall())


def is_reproduced(snapshot: RankingSnapshot) -> bool:
    """Whether the ledger of that day still tells the same ranking."""
    kept = RankingRow.objects.filter(snapshot=snapshot).order_by("position")
    return list(kept.values_list("subject_id", "minutes", "services", "place")) == list(told_again(snapshot))
