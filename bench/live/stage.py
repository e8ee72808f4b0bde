"""A site of its own for the measurements: services, web processes, workers, each of which may be killed."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config import embedded
from config.serve import listen

ROOT = Path(__file__).resolve().parents[2]


class Process:
    """One process of the site; `kill` is -9."""

    def __init__(
        self, arguments: list[str], environment: dict[str, str], descriptors: tuple[int, ...] = ()
    ) -> None:
        self.arguments, self.environment, self.descriptors = arguments, environment, descriptors
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *self.arguments],
            cwd=ROOT,
            env=self.environment,
            pass_fds=self.descriptors,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=None if os.environ.get("SHOW") else subprocess.DEVNULL,
        )

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def memory(self) -> int:
        """Resident bytes."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class OwnRedis:
    """The Redis of the measurement; `kill` is -9."""

    def __init__(self, home: Any, running: contextlib.ExitStack) -> None:
        self.home, self.running = home, running
        self.start()

    def start(self) -> None:
        self.process = self.running.enter_context(embedded.started(embedded.Redis(self.home)))

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Site:
    def __init__(self, home: Any, redis: OwnRedis, **more: str) -> None:
        self.redis = redis
        self.environment = os.environ | {
            "DATABASE_URL": home.database_url,
            "REDIS_URL": home.redis_url,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LOG_LEVEL": "ERROR",
            "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
            **more,
        }
        self.processes: list[Process] = []
        self.listening: list[socket.socket] = []

    def web(self) -> tuple[Process, int]:
        """A web process with a port of its own."""
        listening = listen("127.0.0.1", 0)
        self.listening.append(listening)
        port, descriptor = listening.getsockname()[1], listening.fileno()
        environment = self.environment | {"WEB_THREADS": "4", "DATABASE_POOL": "6"}
        process = self._keep(Process(["-m", "config.serve", str(descriptor)], environment, (descriptor,)))
        wait_for(port)
        return process, port

    def worker(self, name: str = "live", queues: str = "ningju-live,ningju-mail,ningju") -> Process:
        arguments = [
            "-m",
            "celery",
            "--quiet",
            "-A",
            "config",
            "worker",
            "--without-gossip",
            "--without-mingle",
        ]
        arguments += ["-n", f"{name}@%h", "--concurrency", "1", "--queues", queues]
        return self._keep(Process(arguments, self.environment))

    def beat(self, state: Path) -> Process:
        arguments = ["-m", "celery", "--quiet", "-A", "config", "beat", "--schedule", str(state / "schedule")]
        return self._keep(Process(arguments, self.environment))

    def bare(self) -> tuple[Process, int]:
        listening = listen("127.0.0.1", 0)
        self.listening.append(listening)
        descriptor = listening.fileno()
        process = self._keep(
            Process(["bench/live/bare.py", str(descriptor)], self.environment, (descriptor,))
        )
        return process, listening.getsockname()[1]

    def _keep(self, process: Process) -> Process:
        self.processes.append(process)
        return process

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
        for listening in self.listening:
            listening.close()


def wait_for(port: int, within: float = 60) -> None:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).read()
            return
        time.sleep(0.1)
    raise SystemExit("a web process did not start")


@contextlib.contextmanager
def site(**more: str) -> Iterator[tuple[Any, Site]]:
    """Services and a migrated database, thrown away at the end. Django is set up in this process, too."""
    with embedded.Home.thrown_away() as home, home.locked(), contextlib.ExitStack() as running:
        running.enter_context(embedded.started(embedded.PostgreSQL(home)))
        redis = OwnRedis(home, running)
        os.environ |= {"DATABASE_URL": home.database_url, "REDIS_URL": home.redis_url}
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LOG_LEVEL": "ERROR",
            "ENV_FILE": "/dev/null",
        }
        stage = Site(home, redis, **more)
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=stage.environment, check=True
        )
        import django

        django.setup()
        try:
            yield home, stage
        finally:
            stage.stop()
