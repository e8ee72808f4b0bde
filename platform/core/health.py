"""Whether the process is up (`/healthz`) and whether the site can do its work (`/readyz`). Neither ever raises."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import cache

import psycopg
import redis
from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.outage import connection_parameters

logger = logging.getLogger(__name__)

PULSE = timedelta(seconds=60)  # a worker that has not beaten for so long counts as gone; beat asks every 15 s


def healthz(_request: HttpRequest) -> JsonResponse:
    """The process is up. Asks nothing of anybody."""
    return _json({"up": True}, 200)


def readyz(_request: HttpRequest) -> JsonResponse:
    """Each part true or false; 503 if any is false. Every look gives up after two seconds."""
    parts = look()
    is_ready = all(parts.values())
    return _json({"ready": is_ready, **parts}, 200 if is_ready else 503)


def look() -> dict[str, bool]:
    """Past the pool of connections: whether the site is busy is not what is asked."""
    parts = dict.fromkeys(["database", "text_search", "migrations", "worker", "redis"], False)
    parts["redis"] = _holds(_redis_answers)
    try:
        with psycopg.connect(**connection_parameters()) as connection:
            parts["database"] = True
            for name, check in DATABASE_CHECKS.items():
                with connection.transaction():
                    parts[name] = check(connection)
    except psycopg.Error as error:
        logger.info("not ready: %s", error)
    return parts


def _finds_chinese(connection: "psycopg.Connection[tuple[object, ...]]") -> bool:
    """Under a locale without Chinese letters, pg_trgm cuts Chinese into nothing and no search finds anything."""
    row = connection.execute("SELECT cardinality(show_trgm(%s)) > 0", [SAMPLE]).fetchone()
    return bool(row and row[0])


def _is_migrated(connection: "psycopg.Connection[tuple[object, ...]]") -> bool:
    applied = connection.execute("SELECT app, name FROM django_migrations").fetchall()
    return known_migrations() <= set(applied)


def _has_pulse(connection: "psycopg.Connection[tuple[object, ...]]") -> bool:
    beaten = connection.execute(
        "SELECT true FROM core_heartbeat WHERE name = 'worker' AND seen_at > %s", [timezone.now() - PULSE]
    )
    return beaten.fetchone() is not None


DATABASE_CHECKS: dict[str, Callable[["psycopg.Connection[tuple[object, ...]]"], bool]] = {
    "text_search": _finds_chinese,
    "migrations": _is_migrated,
    "worker": _has_pulse,
}
SAMPLE = "\u5fd7\u613f"  # "volunteering"


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """The migrations of this version of the site, as (app, name)."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _redis_answers() -> bool:
    at_once = Retry(NoBackoff(), 0)
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2, retry=at_once
    ) as client:
        return bool(client.ping())


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (redis.RedisError, OSError) as error:
        logger.info("not ready: %s", error)
        return False


def _json(content: dict[str, bool], status: int) -> JsonResponse:
    return JsonResponse(content, status=status, headers={"Cache-Control": "no-store"})
