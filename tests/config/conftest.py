"""Services and a site of the test's own, which it may stop, kill and starve."""

import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from config import embedded
from config.serve import listen

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home():
    with embedded.Home.thrown_away() as home:
        yield home


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    seconds: float

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)


class RealSite:
    """One web process as `make run` starts it, with two connections to the database, beside its own servers."""

    def __init__(self, home):
        self.home = home
        self.postgres, self.redis = embedded.PostgreSQL(home), embedded.Redis(home)
        self.running = {}

    def start(self, server):
        stack = contextlib.ExitStack()
        process = stack.enter_context(embedded.started(server))
        self.running[server] = (stack, process)
        return process

    def stop(self, server):
        stack, _ = self.running.pop(server)
        stack.close()

    def get(self, path, **headers):
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return Answer(response.status, response.headers, body, time.monotonic() - began)

    def wait_for(self, path, status, seconds=20, **headers):
        deadline = time.monotonic() + seconds
        while (answer := self.get(path, **headers)).status != status:
            assert time.monotonic() < deadline, f"{path} still answers {answer.status}"
            time.sleep(0.1)
        return answer

    def sql(self, statement, *values):
        with psycopg.connect(self.home.database_url) as connection:
            connection.execute(statement, values)

    @contextlib.contextmanager
    def serving(self):
        environment = os.environ | {
            "DATABASE_URL": self.home.database_url,
            "REDIS_URL": self.home.redis_url,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_POOL": "2",
            "WEB_THREADS": "4",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
            "ENV_FILE": os.devnull,
        }
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
        with listen("127.0.0.1", 0) as listening:
            self.port = listening.getsockname()[1]
            web = subprocess.Popen(
                [sys.executable, "-m", "config.serve", str(listening.fileno())],
                cwd=ROOT,
                env=environment,
                pass_fds=[listening.fileno()],
            )
            try:
                self.wait_for("/healthz", 200, seconds=60)
                yield
            finally:
                web.terminate()
                web.wait(20)


@pytest.fixture(scope="module")
def site():
    with embedded.Home.thrown_away() as home, home.locked():
        site = RealSite(home)
        site.start(site.postgres)
        site.start(site.redis)
        try:
            with site.serving():
                yield site
        finally:
            for server in list(site.running):
                site.stop(server)
