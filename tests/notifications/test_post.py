"""All mails of a task over one connection, and each for itself. A mail server of our own takes them."""

import contextlib
import re
import socketserver
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from config.celery import app, live_queue, mail_queue, route
from notifications import services, tasks
from notifications.catalogue import Channel
from notifications.models import Delivery
from tests.notifications.telling import deliver_all

pytestmark = pytest.mark.django_db
STATE = Delivery.State


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Session)
        self.connections, self.came = 0, []
        self.refuses = self.hangs_up_at = ""


class Session(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        server = self.server
        server.connections += 1
        self.say("220 here")
        to = ""
        while line := self.rfile.readline().decode().strip():
            if line.upper().startswith("RCPT"):
                to = re.search("<(.+)>", line)[1]
                if to == server.hangs_up_at:
                    return
                self.say("550 nobody" if to == server.refuses else "250 fine")
            elif line.upper() == "DATA":
                self.say("354 go on")
                while self.rfile.readline() != b".\r\n":
                    pass
                server.came.append(to)
                self.say("250 taken")
            else:
                self.say("250 fine")
                if line.upper() == "QUIT":
                    return


@pytest.fixture
def server(settings):
    with Server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        with contextlib.ExitStack() as stack:
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            yield server


@pytest.fixture
def people(make_user):
    return [make_user(name=f"测{number}") for number in range(4)]


def tell(people):
    services.tell_many(
        users=people, kind="volunteer-suspended", params={"reason": "测试"}, link="/", dedupe_key="a"
    )


def states():
    by_mail = Delivery.objects.filter(channel=Channel.EMAIL).order_by("pk")
    return list(by_mail.values_list("state", "attempts"))


def test_the_mails_of_one_task_share_a_connection(server, people):
    tell(people)
    deliver_all()
    assert (server.connections, server.came) == (1, [user.email for user in people])
    deliver_all()
    assert len(server.came) == 4
    assert states() == [(STATE.SENT, 1)] * 4


def test_the_sweep_sends_over_one_connection_too(server, people):
    tell(people)
    Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=6))
    tasks.sweep()
    assert (server.connections, len(server.came)) == (1, 4)


def test_a_mail_that_is_refused_takes_no_other_with_it(server, people):
    server.refuses = people[1].email
    tell(people)
    deliver_all()
    assert server.came == [user.email for user in (people[0], *people[2:])]
    assert states() == [(STATE.SENT, 1), (STATE.WAITING, 1), (STATE.SENT, 1), (STATE.SENT, 1)]
    server.refuses = ""
    Delivery.objects.filter(state=STATE.WAITING).update(due_at=timezone.now())
    deliver_all()
    assert sorted(server.came) == sorted(user.email for user in people)


def test_a_server_that_hangs_up_gets_the_next_mail_over_a_new_line(server, people):
    server.hangs_up_at = people[2].email
    tell(people)
    deliver_all()
    assert (server.connections, server.came) == (2, [people[0].email, people[1].email, people[3].email])
    assert states() == [(STATE.SENT, 1), (STATE.SENT, 1), (STATE.WAITING, 1), (STATE.SENT, 1)]


def test_a_server_that_cannot_be_reached_puts_off_each_mail(settings, people):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    tell(people)
    deliver_all()
    assert states() == [(STATE.WAITING, 1)] * 4


def test_pages_do_not_wait_for_mail():
    """Nothing that talks to a server of others is in the queue of the pages, whoever starts it."""
    ours = {name for name in app.tasks if name.startswith("notifications.tasks.")}
    queues = {name.rpartition(".")[2]: route(name)["queue"] for name in ours}
    assert {name for name, queue in queues.items() if queue == live_queue()} == {
        "deliver_live",
        "relay_pulses",
        "sweep_live",
    }
    assert {name for name, queue in queues.items() if queue == mail_queue()} == {"deliver", "sweep"}


def test_the_first_pages_are_told_by_a_short_task(make_user, monkeypatch):
    queued = []
    monkeypatch.setattr(services, "queue_after_commit", lambda task, *ids: queued.append((task, len(ids))))
    monkeypatch.setattr(services, "FIRST", 2)
    monkeypatch.setattr(services, "AT_ONCE", 3)
    tell([make_user(name=f"测{number}") for number in range(6)])
    assert queued == [
        (tasks.deliver_live, 2),
        (tasks.deliver_live, 3),
        (tasks.deliver_live, 1),
        (tasks.deliver, 3),
        (tasks.deliver, 3),
    ]
