"""A million volunteers from PostgreSQL into the engine's arrays, by binary COPY of a table of its own, and back.

Rows without NULLs in columns of fixed width have a fixed length in the binary format, so the whole stream is one
structured array: nothing is parsed row by row. Needs DATABASE_URL; the table is temporary and is gone afterwards.
"""

import os
import sys

import numpy as np
import psycopg
from numpy.typing import NDArray
from rows import FULL, head, row, timed

from matching.engine.candidates import CandidateGrid

PEOPLE = 1_000_000
SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"
COLUMNS = {"id": ">i8", "east": ">f8", "north": ">f8", "skills": ">i8", "slots": ">i8"}
ROW = np.dtype(
    [
        ("fields", ">i2"),
        *(pair for name, kind in COLUMNS.items() for pair in ((f"{name}_size", ">i4"), (name, kind))),
    ]
)


def rows_of(people: int) -> NDArray[np.void]:
    """Invented people as rows of the stream."""
    rng = np.random.default_rng(1)
    rows = np.zeros(people, ROW)
    rows["fields"] = len(COLUMNS)
    for name in COLUMNS:
        rows[f"{name}_size"] = 8
    rows["id"] = np.arange(people)
    rows["east"], rows["north"] = rng.uniform(0, 60_000, (2, people))
    rows["skills"], rows["slots"] = rng.integers(0, 1 << 24, (2, people))
    return rows


def write(connection: psycopg.Connection, rows: NDArray[np.void]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_people")
        cursor.execute(
            "CREATE TEMPORARY TABLE bench_people (id bigint NOT NULL, east float8 NOT NULL, north float8 NOT NULL, "
            "skills bigint NOT NULL, slots bigint NOT NULL)"
        )
        with cursor.copy("COPY bench_people FROM STDIN (FORMAT binary)") as copy:
            copy.write(SIGNATURE)
            for first in range(0, len(rows), 50_000):
                copy.write(rows[first : first + 50_000].tobytes())
            copy.write(END)


def read(connection: psycopg.Connection) -> NDArray[np.void]:
    with connection.cursor() as cursor, cursor.copy("COPY bench_people TO STDOUT (FORMAT binary)") as copy:
        stream = b"".join(copy)
    return np.frombuffer(stream[len(SIGNATURE) : -len(END)], ROW)


def read_by_rows(connection: psycopg.Connection) -> NDArray[np.float64]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, east, north, skills, slots FROM bench_people")
        return np.array(cursor.fetchall())


def fit(rows: NDArray[np.void]) -> CandidateGrid:
    return CandidateGrid().fit(
        np.column_stack([rows["east"], rows["north"]]).astype(np.float64),
        rows["skills"].astype(np.int64),
        rows["slots"].astype(np.int64),
    )


def main() -> int:
    address = os.environ.get("DATABASE_URL")
    if not address:
        sys.stdout.write("skipped: DATABASE_URL says no database\n")
        return 0
    head("Load")
    rows = rows_of(PEOPLE)
    with psycopg.connect(address) as connection:
        wall, cpu = timed(lambda: write(connection, rows), 1)
        row("people into PostgreSQL", f"{PEOPLE:,}", "measured", f"{wall:.2f} s (cpu here {cpu:.2f})")
        wall, cpu = timed(lambda: read(connection), 2)
        same = bool((read(connection) == rows).all())
        compared = ""
        if FULL:
            by_rows, _ = timed(lambda: read_by_rows(connection), 1)
            compared = f"row by row {by_rows:.2f} s"
        figure = f"{'every row as it went in' if same else 'WRONG'}, {wall:.2f} s (cpu here {cpu:.2f})"
        row("people from PostgreSQL", f"{PEOPLE:,}", "measured", figure, compared)
        found = read(connection)
    fit(found[:1000])
    wall, cpu = timed(lambda: fit(found), 2)
    row("grid of the rows read", f"{PEOPLE:,}", "a fraction of a second", f"{wall:.2f} s (cpu {cpu:.2f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
