"""The site with its servers really gone, busy and back. One site for all of it: the order matters to none."""

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

pytestmark = pytest.mark.services
PAGE = "/accounts/login/"
SOMEBODY = {"Cookie": f"sessionid={'a' * 32}"}  # whose session is looked up
ENGLISH = {"Cookie": f"{SOMEBODY['Cookie']}; django_language=en"}


@pytest.fixture
def pulse(site):
    """A worker that has just been seen."""
    site.sql(
        "INSERT INTO core_heartbeat VALUES ('worker', now())"
        " ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at"
    )


def test_a_site_that_can_work_says_so(site, pulse):
    answer = site.get("/readyz")
    assert answer.status == 200
    assert answer.json == {
        "ready": True,
        "database": True,
        "text_search": True,
        "migrations": True,
        "worker": True,
        "redis": True,
    }


def test_a_worker_that_has_not_beaten_for_a_minute_is_missed(site, pulse):
    site.sql("UPDATE core_heartbeat SET seen_at = now() - interval '61 seconds'")
    answer = site.get("/readyz")
    assert (answer.status, answer.json["worker"], answer.json["database"]) == (503, False, True)


def test_a_migration_that_is_not_applied_is_missed(site, pulse):
    site.sql("UPDATE django_migrations SET app = 'x-core' WHERE app = 'core'")
    try:
        answer = site.get("/readyz")
    finally:
        site.sql("UPDATE django_migrations SET app = 'core' WHERE app = 'x-core'")
    assert (answer.status, answer.json["migrations"], answer.json["text_search"]) == (503, False, True)


def test_a_redis_that_hangs_or_is_gone_is_missed_within_its_time(site, pulse):
    _, process = site.running[site.redis]
    process.send_signal(signal.SIGSTOP)
    hanging = site.get("/readyz")
    process.send_signal(signal.SIGCONT)
    assert (hanging.status, hanging.json["redis"], hanging.json["database"]) == (503, False, True)
    assert hanging.seconds < 3

    site.stop(site.redis)
    try:
        gone = site.get("/readyz")
        assert (gone.status, gone.json["redis"]) == (503, False)
        assert site.get(PAGE).status == 200
    finally:
        site.start(site.redis)
    assert site.get("/readyz").status == 200


def test_without_the_database_every_page_is_a_clear_503_and_comes_back_by_itself(site, pulse):
    assert site.get(PAGE, **SOMEBODY).status == 200
    site.stop(site.postgres)
    try:
        answer = site.get(PAGE, **SOMEBODY)
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "10"
        assert "请稍候" in answer.text
        assert "One moment, please" in site.get(PAGE, **ENGLISH).text
        assert site.get(PAGE, Accept="application/json", **SOMEBODY).json == {
            "error": "unavailable",
            "retry_after": 10,
        }

        ready = site.get("/readyz")
        assert ready.status == 503
        assert not any(ready.json[part] for part in ("ready", "database", "migrations", "worker"))
        assert site.get("/healthz").json == {"up": True}

        began = time.monotonic()
        assert {site.get(PAGE, **SOMEBODY).status for _ in range(20)} == {503}
        assert time.monotonic() - began < 4, "nobody waits for a database that is known to be gone"
    finally:
        site.start(site.postgres)
    site.wait_for(PAGE, 200, seconds=10, **SOMEBODY)
    assert site.wait_for("/readyz", 200, seconds=5).json["ready"]


def test_who_waits_five_seconds_for_a_connection_is_asked_to_come_back(site):
    site.wait_for(PAGE, 200, **SOMEBODY)
    with psycopg.connect(site.home.database_url) as other:
        other.execute("LOCK TABLE core_cache, django_session, accounts_user IN ACCESS EXCLUSIVE MODE")
        stuck = [threading.Thread(target=site.get, args=(PAGE,), kwargs=SOMEBODY) for _ in "12"]
        for one in stuck:
            one.start()
        time.sleep(1)
        answer = site.get(PAGE, **SOMEBODY)
        other.rollback()
    for one in stuck:
        one.join()
    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
    assert 4 < answer.seconds < 8
    assert site.get(PAGE, **SOMEBODY).status == 200


@pytest.mark.race
def test_a_rush_waits_in_line(site):
    with ThreadPoolExecutor(200) as people:
        answers = list(people.map(lambda _: site.get(PAGE, **SOMEBODY), range(200)))
    assert {answer.status for answer in answers} == {200}
