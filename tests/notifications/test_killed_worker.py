"""Workers are killed between the commit and the delivery: everything still arrives, and live it arrives once."""

import contextlib
import signal
import socket
import subprocess
import sys
import time

import pytest
from django.core import mail
from django.utils import timezone

from config.celery import live_queue, mail_queue
from notifications import tasks
from notifications.catalogue import Channel
from notifications.models import Delivery, Notification
from tests.notifications.telling import Client, environment_of_ours, in_database, say

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
STATE = Delivery.State


@in_database
def sweep_later():
    """As if the five seconds that a task has were over."""
    for delivery in Delivery.objects.filter(state=STATE.WAITING):
        delivery.due_at -= 2 * tasks.LEFT_BEHIND
        delivery.save()
    tasks.sweep()


async def test_a_task_that_is_lost_is_made_good_by_the_sweep_exactly_once(stranger):
    async with Client(stranger) as client:
        await client.hello()
        await in_database(say)(stranger)  # and no worker ever takes the task
        assert await client.hears_nothing()
        await sweep_later()
        await sweep_later()
        assert await client.numbers(1) == [1]
        assert await client.hears_nothing()
    assert await in_database(Notification.objects.filter(user=stranger).count)() == 1


@contextlib.contextmanager
def mail_server_that_never_answers():
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(30)
        yield server


@contextlib.contextmanager
def worker(**variables):
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "config",
        "worker",
        "--queues",
        f"{live_queue()},{mail_queue()}",
        "--pool",
        "solo",
        "--loglevel",
        "ERROR",
    ]
    options = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "start_new_session": True}
    process = subprocess.Popen(command, env=environment_of_ours(**variables), **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(holds, what):
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@pytest.mark.services
def test_a_worker_killed_while_it_sends_leaves_the_rest_to_the_sweep(stranger):
    """A real worker with a mail server that hangs: the live message is out, the mail is not, and -9 ends it."""
    with mail_server_that_never_answers() as server:
        smtp = {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(server.getsockname()[1]),
        }
        with worker(**smtp) as process:
            told = say(stranger, kind="volunteer-suspended", params={"reason": "测试"})
            connection, _ = server.accept()  # the worker is at it, and holds the row
            tasks.deliver(told.pk)
            assert mail.outbox == []  # so nobody else sends it meanwhile
            process.send_signal(signal.SIGKILL)
            process.wait()
            connection.close()
    by_mail = Delivery.objects.get(channel=Channel.EMAIL)
    live = Delivery.objects.get(channel=Channel.SOCKET)
    assert (live.state, by_mail.state) == (STATE.SENT, STATE.WAITING)

    def swept():
        Delivery.objects.filter(state=STATE.WAITING).update(due_at=timezone.now() - 2 * tasks.LEFT_BEHIND)
        tasks.sweep()
        return mail.outbox

    wait_until(swept, "the database lets go of the dead worker's row")
    swept()
    assert len(mail.outbox) == 1
    assert Notification.objects.filter(user=stranger).count() == 1
    assert Delivery.objects.get(channel=Channel.SOCKET).attempts == live.attempts
