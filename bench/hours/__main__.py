"""`make bench-hours`: the ledger, its tallies and its rankings with 10,000,000 records of 1,000,000 people.

RECORDS= and PEOPLE= change the size. The database in DATABASE_URL is migrated and filled; it must be empty.
"""

import os
import random
import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, connections, transaction  # noqa: E402

from accounts.models import Division, User, Volunteer  # noqa: E402
from activities import bands, chain, services, tallies  # noqa: E402
from activities.models import LedgerPending, ServiceRecord, Tally  # noqa: E402
from activities.rankings import own_place, ranking_page  # noqa: E402
from activities.rules import period_start  # noqa: E402
from bench.hours.filling import PERIODS, YEAR, fill, run  # noqa: E402

RECORDS = int(os.environ.get("RECORDS", "10000000"))
PEOPLE = int(os.environ.get("PEOPLE", "1000000"))
ALONE, ASKED, GROUPED = 300, 400, 5
CLIENTS, PROCESSES, RATE, SECONDS = 20, 2, 200, 15
SOURCES = 1 << 40  # beyond those that were filled in


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def line(what: str, figure: str, wanted: str = "") -> None:
    print(f"{what:<74} {figure:>22}  {wanted}", flush=True)


def record_for(volunteer: Volunteer, source: int, staff: User) -> ServiceRecord:
    """A service of this hour; what `record_hours` builds before it appends."""
    begins = datetime(YEAR, 6, 3, 1, tzinfo=UTC) + timedelta(minutes=source % 300_000)
    return ServiceRecord(
        volunteer=volunteer,
        division_id=volunteer.home_division_id,
        home_code=volunteer.home_division_id,
        category="0001",
        name="陪诊",
        place="社区",
        in_charge="中心",
        starts_at=begins,
        ends_at=begins + timedelta(minutes=60),
        minutes=60,
        source_kind=ServiceRecord.Source.ASSIGNMENT,
        source_id=source,
        recorded_by=staff,
    )


def someone(chance: random.Random) -> Volunteer:
    first = 1 + int(chance.random() ** 1.7 * PEOPLE)
    return Volunteer.objects.filter(pk__gte=first).select_related("home_division", "user").order_by("pk")[0]


def timed(act: Callable[[], object]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def alone(staff: User) -> None:
    """In turn, so that whatever else the machine does falls on both."""
    chance = random.Random(1)
    plain, counted = [], []

    def insert(record: ServiceRecord, *, counts: bool) -> None:
        with transaction.atomic():
            record.save(force_insert=True)
            if counts:
                tallies.count_record(record)

    for number in range(ALONE * 2):
        counts = bool(number % 2)
        record = record_for(someone(chance), SOURCES + number, staff)
        (counted if counts else plain).append(timed(lambda r=record, c=counts: insert(r, counts=c)))
    before, after = statistics.median(plain), statistics.median(counted)
    line("a record appended without tallies (median)", f"{before:.2f} ms", "compared with")
    line("a record appended, with its tallies (median)", f"{after:.2f} ms")
    line("  so many times as long", f"{after / before:.2f}", "<= 2.5")


def client(number: int, staff_id: int, begins: float) -> list[float]:
    """One of the clients: its share of the check-outs, each at its moment. Milliseconds from the due moment."""
    staff, chance = User.objects.get(pk=staff_id), random.Random(number)
    times, every = [], CLIENTS / RATE
    for turn in range(int(SECONDS / every)):
        due = begins + (turn + number / CLIENTS) * every
        time.sleep(max(due - time.time(), 0))
        volunteer = someone(chance)
        made = record_for(volunteer, SOURCES + 10_000 + number * 100_000 + turn, staff)
        given = {
            name: getattr(made, name)
            for name in (
                "category",
                "name",
                "place",
                "content",
                "in_charge",
                "starts_at",
                "ends_at",
                "minutes",
            )
        }
        services.record_hours(
            volunteer=volunteer,
            division=volunteer.home_division,
            source_kind=made.source_kind,
            source_id=made.source_id,
            by=staff,
            **given,
        )
        times.append((time.time() - due) * 1000)
    connections.close_all()
    return times


def clients(first: int, staff_id: int, begins: float) -> list[float]:
    """The clients of one process."""
    connections.close_all()
    found: list[float] = []
    threads = [
        threading.Thread(target=lambda n=number: found.extend(client(n, staff_id, begins)))
        for number in range(first, CLIENTS, PROCESSES)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def together(staff: User) -> None:
    begins, waited, done = time.time() + 2, [0.0], threading.Event()

    def close() -> None:
        """What the task does every three seconds; how old the oldest record was that was not closed yet."""
        while not done.wait(3):
            started = time.time()
            while bands.fold_moves():
                pass
            chain.close_ledger()
            waited.append(time.time() - started + 3)
        connections.close_all()

    closing = threading.Thread(target=close)
    closing.start()
    connections.close_all()
    with ProcessPoolExecutor(PROCESSES) as pool:
        parts = list(pool.map(clients, range(PROCESSES), [staff.pk] * PROCESSES, [begins] * PROCESSES))
    ended = time.time()
    done.set()
    closing.join()
    times = [value for part in parts for value in part]
    line(
        f"check-outs a second by {CLIENTS} clients at once",
        f"{len(times) / (ended - begins):.0f}",
        f">= {RATE}",
    )
    line(
        "  each, from its due moment: median, p99",
        f"{statistics.median(times):.0f}, {percentile(times, 0.99):.0f} ms",
    )
    line("  a record was in a closed batch after, at most", f"{max(waited):.1f} s", "<= 5")
    chain.close_ledger()
    line("  left open when all was closed", str(LedgerPending.objects.count()))


class InTheDatabase:
    """Milliseconds that the queries of a block took."""

    def __enter__(self) -> "InTheDatabase":
        self.taken = 0.0
        self._wrapped = connection.execute_wrapper(self._time)
        self._wrapped.__enter__()
        return self

    def _time(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.taken += (time.perf_counter() - started) * 1000

    def __exit__(self, *_error: object) -> None:
        self._wrapped.__exit__(None, None, None)


def reading() -> None:
    chance = random.Random(2)
    codes = list(Division.objects.values_list("code", flat=True))
    pages, places = [], []
    for _turn in range(ASKED):
        asked = {
            "period": chance.choice(PERIODS),
            "day": date(YEAR, 1, 1) + timedelta(days=chance.randrange(365)),
            "division_code": chance.choice([codes[0], chance.choice(codes[1:11]), chance.choice(codes)]),
        }
        volunteer = someone(chance)
        with InTheDatabase() as page:
            ranking_page(subject_kind=Tally.Subject.VOLUNTEER, **asked)
        with InTheDatabase() as place:
            own_place(volunteer=volunteer, **asked)
        pages.append(page.taken)
        places.append(place.taken)
    grouped = []
    for _turn in range(GROUPED):
        day, code = date(YEAR, chance.randrange(1, 12), 1), chance.choice(codes[:11])
        with InTheDatabase() as whole:
            run(
                """SELECT volunteer_id, sum(minutes) FROM activities_servicerecord
                   WHERE starts_at >= %s AND starts_at < %s AND home_code LIKE %s
                   GROUP BY 1 ORDER BY 2 DESC LIMIT 50""",
                [period_start("quarter", day), day + timedelta(days=90), f"{code}%"],
            )
        grouped.append(whole.taken)
    for what, times in (("first page of a ranking", pages), ("one's own place", places)):
        figure = f"{statistics.median(times):.1f}, {percentile(times, 0.99):.1f} ms"
        line(f"{what}, any period and area: median, p99", figure, "p99 <= 10 ms")
    line("the same by GROUP BY on the ledger, a quarter: median", f"{statistics.median(grouped):.0f} ms")


def freezing(staff: User) -> None:
    started = time.monotonic()
    snapshot = services.prepare_ranking(
        subject_kind=Tally.Subject.VOLUNTEER,
        period=Tally.Period.YEAR,
        period_starts_on=date(YEAR, 1, 1),
        division=Division.objects.get(level=Division.Level.DISTRICT),
        by=staff,
    )
    taken = f"{time.monotonic() - started:.1f} s"
    line(f"freezing and signing a year's ranking of {snapshot.people:,} people", taken, "<= 10 s")


def main() -> None:
    call_command("migrate", verbosity=0)
    staff = User.objects.filter(email="centre@bench.example").first()
    if staff is None:
        print(f"{RECORDS:,} records of {PEOPLE:,} people")
        staff = fill(records=RECORDS, people=PEOPLE)
    alone(staff)
    together(staff)
    reading()
    freezing(staff)


if __name__ == "__main__":
    main()
