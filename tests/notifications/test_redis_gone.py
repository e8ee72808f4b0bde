"""Redis is gone: what goes on without it, and what comes back by itself."""

import asyncio
import contextlib
import subprocess
import sys

import pytest
from django.db import transaction

from config import embedded
from notifications import tasks
from notifications.models import Delivery, Notification
from notifications.services import pulse
from tests.notifications.telling import Client, environment_of_ours, in_database, say

STATE = Delivery.State


class OwnRedis:
    """A Redis that this test may kill and start again."""

    def __init__(self, home, running):
        self.home = home
        self.running = running

    def start(self):
        self.process = self.running.enter_context(embedded.started(embedded.Redis(self.home)))

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def own_redis(settings):
    with embedded.Home.thrown_away() as home, home.locked(), contextlib.ExitStack() as running:
        server = OwnRedis(home, running)
        server.start()
        settings.REDIS_URL = home.redis_url
        yield server


@in_database
def tell_and_deliver(user):
    told = say(user)
    tasks.deliver(told.pk)
    return told


@pytest.mark.services
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
async def test_without_redis_sockets_stay_open_and_hear_everything_once(own_redis, stranger):
    async with Client(stranger, topics=["board"]) as client:
        await client.hello()
        await tell_and_deliver(stranger)
        assert await client.numbers(1) == [1]
        own_redis.kill()
        waiting = await tell_and_deliver(stranger)  # cannot be published: read from the database
        assert await client.numbers(1) == [2]
        assert (await in_database(Delivery.objects.get)(notification=waiting)).state == STATE.WAITING
        await change("board")  # no worker hears of it
        assert await client.frame() == {"type": "pulse", "topic": "board", "first": 1, "last": 1}

        async with Client(stranger, have=1) as late:  # comes while it is gone
            assert [frame["sequence"] for frame in await late.hello()] == [2, 2]

        own_redis.start()
        await asyncio.sleep(2)  # the hub tries again every second
        await in_database(Delivery.objects.filter(state=STATE.WAITING).update)(due_at=waiting.created_at)
        await in_database(tasks.deliver)(waiting.pk)  # sent at last; the client has it
        await change("board")
        await in_database(tasks.relay_pulses)()
        assert await client.frame() == {"type": "pulse", "topic": "board", "first": 2, "last": 2}
        await tell_and_deliver(stranger)
        assert await client.numbers(1) == [3]
        assert await client.hears_nothing()
    states = await in_database(lambda: set(Delivery.objects.values_list("state", flat=True)))()
    assert states == {STATE.SENT}


@in_database
def change(topic):
    with transaction.atomic():
        pulse(topic)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_without_redis_telling_works_and_does_not_keep_anybody_waiting(stranger):
    """In a process of its own, whose Redis has never been there: ten messages and ten pulses in one transaction."""
    script = """
import os, time, django
django.setup()
from django.db import transaction
from accounts.models import User
from notifications.services import pulse, tell
person = User.objects.get(pk=int(os.environ["PERSON"]))
began = time.monotonic()
with transaction.atomic():
    for number in range(10):
        tell(user=person, kind="offer-taken", params={}, link="/", dedupe_key=str(number))
        pulse("board")
print("took", time.monotonic() - began)
"""
    environment = environment_of_ours(REDIS_URL="redis://127.0.0.1:1/0", PERSON=str(stranger.pk))
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    took = float(done.stdout.split("took")[1])
    assert took < 1
    assert Notification.objects.filter(user=stranger).count() == 10
    Delivery.objects.update(due_at=Notification.objects.first().created_at - 2 * tasks.LEFT_BEHIND)
    tasks.sweep()
    assert set(Delivery.objects.values_list("state", flat=True)) == {STATE.SENT}
