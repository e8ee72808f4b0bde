import os
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from config import embedded
from config.embedded.home import Home
from config.embedded.processes import processes_in

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.services

RUN_AND_WAIT = """
import sys, time
from dataclasses import replace
from pathlib import Path
from config import embedded
home = embedded.Home(Path(sys.argv[1]))
with embedded.running(home):
    print("ready", flush=True)
    time.sleep(600)
"""


def launch(home):
    """The services, run by another process that can be killed."""
    launcher = subprocess.Popen(
        [sys.executable, "-c", RUN_AND_WAIT, str(home.root)],
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert launcher.stdout.readline() == "ready\n"
    return launcher


def wait_until(holds, seconds=15):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def write(home, words):
    with psycopg.connect(home.database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (words text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [words])


def read(home):
    with psycopg.connect(home.database_url) as connection:
        return [row[0] for row in connection.execute("SELECT words FROM kept ORDER BY words")]


def test_nothing_outlives_a_killed_runner_and_the_next_start_recovers(home):
    postgres, redis = embedded.PostgreSQL(home), embedded.Redis(home)
    launcher = launch(home)
    write(home, "before")

    launcher.kill()
    launcher.wait()
    wait_until(lambda: not processes_in(postgres.folder) and not processes_in(redis.folder))

    with embedded.running(home):
        assert read(home) == ["before"]


def test_the_lock_files_of_a_killed_postgres_do_not_stop_the_next_start(home):
    postgres = embedded.PostgreSQL(replace(home, durable=True))
    with home.locked(), embedded.started(postgres) as process:
        write(home, "before")
        process.kill()
        process.wait()
    # as after a restart of the machine: the number in the lock file belongs to somebody else by now
    lock = postgres.folder / "postmaster.pid"
    lines = lock.read_text().splitlines()
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert list(home.run.glob(".s.PGSQL.5432*"))

    with home.locked(), embedded.started(postgres):
        assert read(home) == ["before"]


def test_a_server_that_was_left_behind_is_ended_first(home):
    postgres = embedded.PostgreSQL(home)
    postgres.prepare()
    options = postgres.spawn_options() | {"preexec_fn": None}
    orphan = subprocess.Popen(postgres.command(), stderr=subprocess.DEVNULL, **options)
    wait_until(postgres.is_ready)

    with home.locked(), embedded.started(postgres):
        assert orphan.wait(0) == 0
        assert postgres.is_ready()


def test_two_checkouts_side_by_side_do_not_meet(home):
    with embedded.Home.thrown_away() as other, embedded.running(home), embedded.running(other):
        write(home, "here")
        write(other, "there")
        assert (read(home), read(other)) == (["here"], ["there"])


def test_each_checkout_has_a_home_of_its_own():
    here, there = Home.of(Path("/srv/one")), Home.of(Path("/srv/two"))
    assert here.root != there.root
    assert here.database_url != there.database_url
    assert here.redis_url != there.redis_url


def test_one_checkout_is_run_once(home):
    with (
        home.locked(),
        pytest.raises(embedded.Unavailable, match=f"process {os.getpid()}"),
        embedded.running(home),
    ):
        pass


def test_search_sees_the_letters_of_chinese(home):
    asked = (
        "SELECT show_trgm('志愿'), getdatabaseencoding(), datcollate FROM pg_database"
        " WHERE datname = current_database()"
    )
    with (
        home.locked(),
        embedded.started(embedded.PostgreSQL(home)),
        psycopg.connect(home.database_url) as connection,
    ):
        connection.execute("CREATE EXTENSION pg_trgm")
        trigrams, encoding, collation = connection.execute(asked).fetchone()
    assert trigrams
    assert (encoding, collation) == ("UTF8", "C.UTF-8")


def test_only_the_owner_gets_at_the_data_and_nothing_listens_on_the_network(home):
    with home.locked(), embedded.started(embedded.PostgreSQL(home)) as process:
        for folder in (home.run, embedded.PostgreSQL(home).folder):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        owner = home.run.stat().st_uid
        assert owner != 0
        assert Path(f"/proc/{process.pid}").stat().st_uid == owner
        with psycopg.connect(home.database_url) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_a_checkout_that_lies_deep_still_has_a_socket_with_a_short_name(home):
    deep = Home(home.root.joinpath(*["a-folder-with-a-long-name"] * 5))
    assert len(os.fsencode(deep.run / ".s.PGSQL.5432.lock")) < 107


def test_a_folder_of_somebody_else_is_left_as_it_is(home):
    file = home.root / "taken"
    file.write_text("mine")
    with pytest.raises(embedded.Unavailable, match="not a folder of ours"):
        home.folder(file)
    assert file.read_text() == "mine"


def test_secrets_are_made_once_and_are_nobody_elses_business(home):
    made = home.secret("key", 32)
    assert home.secret("key", 32) == made
    assert len(made) == 44
    assert stat.S_IMODE((home.root / "secrets" / "key").stat().st_mode) == 0o600


def test_only_a_clone_in_tmp_that_is_gone_leaves_nothing_behind(home, tmp_path, monkeypatch):
    homes = tmp_path / "homes"
    monkeypatch.setattr("config.embedded.home.ROOTS_HOME", homes)
    for name, checkout in {"gone": "/tmp/never/was", "away": "/mnt/never/was", "here": str(ROOT)}.items():
        (homes / f"ningju-{name}").mkdir(parents=True)
        (homes / f"ningju-{name}" / "checkout").write_text(checkout)
    home.remember_checkout()
    assert sorted(path.name for path in homes.iterdir()) == ["ningju-away", "ningju-here"]
    assert (home.root / "checkout").read_text() == str(ROOT)


@pytest.mark.parametrize(
    ("machine", "missing"), [("x86_64", ""), ("aarch64", "REDIS_URL"), ("armv7l", "DATABASE_URL")]
)
def test_where_a_wheel_is_missing_it_says_at_once_what_to_set(machine, missing):
    script = ROOT / "platform" / "config" / "embedded" / "machine.py"
    run = f"runpy.run_path({str(script)!r}, run_name='__main__')"
    code = f"import platform, runpy; platform.machine = lambda: {machine!r}; {run}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={})
    assert bool(done.returncode) == bool(missing)
    assert missing in done.stderr
