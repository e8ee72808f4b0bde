"""What every test gets: services of its own, a place of its own on Redis, and no logged error unnoticed.

`make test` starts PostgreSQL and Redis and exports their addresses. A bare `pytest` without DATABASE_URL or REDIS_URL
does the same here, in a folder that is thrown away; it never touches the services of a running `make run`.
"""

import contextlib
import logging
import os

import pytest
from django.conf import settings
from django.db import connection

pytest_plugins = ["tests.browser", "tests.personas"]


def pytest_configure(config):
    is_xdist_worker = hasattr(config, "workerinput")
    if not is_xdist_worker and not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        _start_services(config)
    # a slow hash is for attackers; the tests sign hundreds of people in
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    _take_a_place_of_our_own(os.environ.get("PYTEST_XDIST_WORKER", "alone"))


def _start_services(config):
    """Starts both services for the session. Worker processes of xdist inherit the addresses."""
    from config import embedded

    started = contextlib.ExitStack()
    config.add_cleanup(started.close)
    home = started.enter_context(embedded.Home.thrown_away())
    started.enter_context(embedded.running(home))
    os.environ["DATABASE_URL"] = home.database_url
    os.environ["REDIS_URL"] = home.redis_url
    # pytest-django has read the settings already, and connections hold this very dictionary
    from config.settings import database

    settings.DATABASES["default"].update(database(home.database_url))
    settings.REDIS_URL = home.redis_url
    settings.CELERY_BROKER_URL = embedded.celery_url(home.redis_url)


def _take_a_place_of_our_own(worker):
    """Its own prefix and queue on the shared Redis; pytest-django gives each worker its own database."""
    name = f"test-{os.getpid()}-{worker}"
    settings.LIVE_CHANNEL = f"{name}-live"
    settings.CELERY_TASK_DEFAULT_QUEUE = name


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """What migrations loaded is kept where every connection finds it.

    While a browser is open its event loop runs in this thread, and Django then gives it a connection of its own, which
    knows nothing of the content that was kept to be put back after a test with real commits.
    """
    kept = getattr(connection, "_test_serialized_contents", None)
    if kept is not None:
        type(connection._connections[connection._alias])._test_serialized_contents = kept


def pytest_collection_modifyitems(items):
    """A test with real commits must put back what migrations loaded, or every later one misses divisions and rules."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and marker.kwargs.get("transaction") and not marker.kwargs.get("serialized_rollback"):
            raise pytest.UsageError(f"{item.nodeid}: transaction=True goes with serialized_rollback=True")


def pytest_terminal_summary(terminalreporter):
    if notice := os.environ.get("NO_BROWSER"):
        terminalreporter.write_line(notice, yellow=True)


class _Errors(logging.Handler):
    def __init__(self):
        super().__init__(logging.ERROR)
        self.records = []

    def emit(self, record):
        self.records.append(record)


@pytest.fixture(autouse=True)
def no_logged_errors(request):
    """An error that is only logged fails the test, unless the test is marked `expects_errors`."""
    errors = _Errors()
    root = logging.getLogger()
    root.addHandler(errors)
    yield errors.records
    root.removeHandler(errors)
    if errors.records and not request.node.get_closest_marker("expects_errors"):
        first = errors.records[0]
        pytest.fail(f"logged an error: {first.name}: {first.getMessage()}", pytrace=False)
