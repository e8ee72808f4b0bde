"""How many volunteers have more minutes than somebody: exact, and quick for a million people.

Counting them in an index would read all who are before. Instead RankBand keeps how many have how many minutes, for
each district, subdistrict and neighbourhood, in two widths. A record appends to RankMove what changed (no two records
wait for each other), a task folds the moves into the bands every few seconds, and a question reads both, so it is exact
between two folds as well.
"""

from datetime import date

from django.db import connection, transaction

FOLD_LOCK = 4102

SIDES = """
sides AS (
    SELECT period, period_starts_on, left(code_before, level) AS code, width,
           minutes_before / width * width AS floor, -1 AS people
    FROM moved CROSS JOIN (VALUES (6), (9), (12)) AS levels (level) CROSS JOIN (VALUES (1), (256)) AS widths (width)
    WHERE minutes_before > 0 AND length(code_before) >= level
    UNION ALL
    SELECT period, period_starts_on, left(code_after, level), width, minutes_after / width * width, 1
    FROM moved CROSS JOIN (VALUES (6), (9), (12)) AS levels (level) CROSS JOIN (VALUES (1), (256)) AS widths (width)
    WHERE minutes_after > 0 AND length(code_after) >= level
), sums AS (
    SELECT period, period_starts_on, code, width, floor, sum(people) AS people
    FROM sides GROUP BY 1, 2, 3, 4, 5 HAVING sum(people) <> 0
)
"""
WRITE = """
INSERT INTO activities_rankband (period, period_starts_on, division_code, width, floor, people)
SELECT * FROM sums
ON CONFLICT (period, period_starts_on, division_code, width, floor)
DO UPDATE SET people = activities_rankband.people + EXCLUDED.people
"""
FOLD = f"""
WITH moved AS (
    DELETE FROM activities_rankmove
    WHERE id IN (SELECT id FROM activities_rankmove ORDER BY id LIMIT %s) RETURNING *
), {SIDES}, written AS ({WRITE} RETURNING 1)
SELECT count(*) FROM moved
"""  # noqa: S608  nothing here comes from outside
STANDING = """
WITH moved AS (
    SELECT period, period_starts_on, '' AS code_before, 0 AS minutes_before, division_code AS code_after,
           minutes AS minutes_after
    FROM activities_tally WHERE subject_kind = 'volunteer'
), """
COMPARE = """
SELECT coalesce(s.period, b.period), coalesce(s.period_starts_on, b.period_starts_on),
       coalesce(s.code, b.division_code), coalesce(s.width, b.width), coalesce(s.floor, b.floor),
       coalesce(s.people, 0), coalesce(b.people, 0)
FROM sums s
FULL JOIN (SELECT * FROM activities_rankband WHERE people <> 0) b ON b.period = s.period
    AND b.period_starts_on = s.period_starts_on AND b.division_code = s.code AND b.width = s.width
    AND b.floor = s.floor
WHERE coalesce(s.people, 0) <> coalesce(b.people, 0)
ORDER BY 1, 2, 3, 4, 5
"""
AHEAD = """
SELECT coalesce((SELECT sum(people) FROM activities_rankband WHERE period = %(period)s
           AND period_starts_on = %(starts_on)s AND division_code = %(code)s AND width = 256
           AND floor > %(minutes)s / 256 * 256), 0)
     + coalesce((SELECT sum(people) FROM activities_rankband WHERE period = %(period)s
           AND period_starts_on = %(starts_on)s AND division_code = %(code)s AND width = 1
           AND floor > %(minutes)s AND floor < (%(minutes)s / 256 + 1) * 256), 0)
     + coalesce((SELECT sum((code_after LIKE %(below)s AND minutes_after > %(minutes)s)::int
                          - (code_before LIKE %(below)s AND minutes_before > %(minutes)s)::int)
           FROM activities_rankmove WHERE period = %(period)s AND period_starts_on = %(starts_on)s), 0)
"""


def people_above(*, period: str, starts_on: date, division_code: str, minutes: int) -> int:
    """How many volunteers of the area have more than `minutes` in the period; with 0, all who are ranked."""
    asked: dict[str, str | int | date] = {
        "period": period,
        "starts_on": starts_on,
        "code": division_code,
        "below": f"{division_code}%",
        "minutes": minutes,
    }
    with connection.cursor() as cursor:
        cursor.execute(AHEAD, asked)
        return int(cursor.fetchone()[0])


@transaction.atomic
def fold_moves(most: int = 20_000) -> int:
    """Put appended moves into the bands; how many. Whoever comes while somebody folds leaves it to them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [FOLD_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(FOLD, [most])
        return int(cursor.fetchone()[0])


@transaction.atomic
def rebuild() -> None:
    """All bands anew from the tallies. The caller sees to it that nobody appends meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FOLD_LOCK])
        cursor.execute("DELETE FROM activities_rankmove")
        cursor.execute("DELETE FROM activities_rankband")
        cursor.execute(STANDING + SIDES + WRITE)


def differences() -> list[str]:
    """Bands that do not say what the tallies say, in words; what was only appended is folded first."""
    while fold_moves():
        pass
    with connection.cursor() as cursor:
        cursor.execute(STANDING + SIDES + COMPARE)
        return [
            f"band {period} {starts_on} {code}, {floor} min (width {width}): tallies {people}, band {kept}"
            for period, starts_on, code, width, floor, people, kept in cursor.fetchall()
        ]
