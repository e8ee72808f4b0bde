"""A ledger of millions of records, written by the database itself, with the tallies and bands that belong to it."""

import time
from collections.abc import Callable

from django.db import connection

from accounts.models import Division, RuleSet, StaffRole, User, Volunteer
from activities import bands
from activities.models import ServiceRecord

YEAR = 2025  # all services lie in it
TABLES = (
    "accounts_user",
    "accounts_volunteer",
    "activities_servicerecord",
    "activities_tally",
    "activities_rankband",
)
PERIODS = ("week", "month", "quarter", "year", "all")
# subject kind: the column of its number, and of where it is at home
SUBJECTS = {"volunteer": ("volunteer_id", "home_code"), "division": ("division_id::bigint", "division_id")}
RECORDS = """
INSERT INTO activities_servicerecord ({columns})
SELECT {values} FROM (
    SELECT n, 1 + floor(random() ^ 1.7 * %(people)s)::bigint AS person,
           timestamptz '2025-01-01 08:00+08' + floor(random() * 365) * interval '1 day'
               + floor(random() * 600) * interval '1 minute' AS starts_at,
           (30 + floor(random() * 14) * 15)::int AS minutes
    FROM generate_series(1, %(records)s) AS n
) AS made JOIN accounts_volunteer v ON v.id = made.person
"""
TALLY = """
INSERT INTO activities_tally
    (subject_kind, subject_id, division_code, period, period_starts_on, minutes, services, changed_at)
SELECT '{kind}', {subject}, max({home}), '{period}', {begins}, sum(minutes), count(*), now()
FROM activities_servicerecord GROUP BY 2, 5
"""


def timed(what: str, act: Callable[[], object]) -> None:
    started = time.monotonic()
    act()
    print(f"  {what}: {time.monotonic() - started:.1f} s", flush=True)


def run(sql: str, values: object = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def columns_of(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def copies(table: str, template: int, own: dict[str, str], source: str) -> str:
    """An INSERT that copies the template's row once a line of `source`, with the columns of `own` calculated."""
    names = columns_of(table)
    values = ", ".join(own.get(name, f't."{name}"') for name in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table} ({quoted}) SELECT {values} FROM {table} t CROSS JOIN {source} WHERE t.id = {template}"


def fill(*, records: int, people: int) -> User:
    """Everything; returns the centre's member of staff who publishes."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "SET work_mem = '512MB'; SET maintenance_work_mem = '512MB'; SET synchronous_commit = off"
        )
    indexes = _drop_indexes()
    places = list(Division.objects.neighbourhoods().values_list("code", flat=True))
    staff = User.objects.create_user(name="Centre", email="centre@bench.example", phone="+861000000001")
    StaffRole.objects.create(user=staff, kind=StaffRole.Kind.CENTRE_STAFF, division_id=places[0][:6])
    RuleSet.objects.update(ranking_objection_working_days=0, daily_cap_minutes=0)
    timed("people", lambda: _people(people, places))
    timed("records", lambda: _records(records, people, staff))
    timed("tallies", _tallies)
    timed("indexes", lambda: [run(sql) for sql in indexes])
    timed("bands", bands.rebuild)
    for table in TABLES:
        run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}) + 1)")
        run(f"VACUUM ANALYZE {table}")
    run("SET session_replication_role = DEFAULT; SET synchronous_commit = on")
    return staff


def _drop_indexes() -> list[str]:
    """Of the big tables, all that no constraint needs; returns how to make them again."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT i.indexname, i.indexdef FROM pg_indexes i
               LEFT JOIN pg_constraint c ON c.conname = i.indexname
               WHERE i.tablename = ANY(%s) AND c.conname IS NULL""",
            [["activities_servicerecord", "activities_tally"]],
        )
        found = cursor.fetchall()
        for name, _sql in found:
            cursor.execute(f'DROP INDEX "{name}"')
    return [sql for _name, sql in found]


def _people(people: int, places: list[str]) -> None:
    user = User.objects.create_user(name="甲乙", email="first@bench.example", phone="+861000000002")
    first = Volunteer.objects.create(
        user=user, home_division_id=places[0], lon=121.4, lat=31.2, status="verified", publishes_name=True
    )
    base = user.pk
    run(
        copies(
            "accounts_user",
            user.pk,
            {
                "id": f"{base} + n",
                "email": "'p' || n || '@bench.example'",
                "phone": "'+8610' || lpad((n + 10)::text, 9, '0')",
                "name": "'甲乙' || n",
            },
            f"generate_series(1, {people}) n",
        )
    )
    codes = ", ".join(f"'{code}'" for code in places)
    run(
        copies(
            "accounts_volunteer",
            first.pk,
            {
                "id": f"{first.pk} + n",
                "user_id": f"{base} + n",
                "home_division_id": f"(ARRAY[{codes}])[1 + n % {len(places)}]",
                "submission_key": "gen_random_uuid()",
                "seal_id": "gen_random_uuid()",
                "publishes_name": "n % 3 <> 0",
            },
            f"generate_series(1, {people}) n",
        )
    )


def _records(records: int, people: int, staff: User) -> None:
    own = {
        "id": "n",
        "volunteer_id": "person",
        "division_id": "v.home_division_id",
        "home_code": "v.home_division_id",
        "category": "'0001'",
        "name": "'陪诊'",
        "place": "'社区'",
        "content": "''",
        "in_charge": "'中心'",
        "starts_at": "starts_at",
        "ends_at": "starts_at + minutes * interval '1 minute'",
        "minutes": "minutes",
        "grade": "'credit'",
        "how_observed": "'4'",
        "source_kind": f"'{ServiceRecord.Source.ASSIGNMENT}'",
        "source_id": "n",
        "revision": "0",
        "reason": "''",
        "recorded_by_id": str(staff.pk),
        "recorded_at": "starts_at",
    }
    names = columns_of("activities_servicerecord")
    values = ", ".join(own.get(name, "NULL") for name in names)
    run(
        RECORDS.format(columns=", ".join(f'"{name}"' for name in names), values=values),
        {"people": people, "records": records},
    )


def _tallies() -> None:
    day = "(starts_at AT TIME ZONE 'Asia/Shanghai')::date"
    for kind, (subject, home) in SUBJECTS.items():
        for period in PERIODS:
            begins = (
                "'1970-01-01'::date" if period == "all" else f"date_trunc('{period}', {day}::timestamp)::date"
            )
            run(TALLY.format(kind=kind, subject=subject, home=home, period=period, begins=begins))
