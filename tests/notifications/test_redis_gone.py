"""Redis is gone: what goes on without it, and what comes back by itself."""

import contextlib
import subprocess
import sys

import pytest
from channels.layers import channel_layers
from django.db import transaction

from config import embedded
from notifications import tasks
from notifications.layer import LiveLayer
from notifications.models import Delivery, Notification, Pulse
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
def own_redis():
    with embedded.Home.thrown_away() as home, home.locked(), contextlib.ExitStack() as running:
        server = OwnRedis(home, running)
        server.start()
        hosts = [{"address": home.redis_url, "socket_timeout": 5, "socket_connect_timeout": 1}]
        channel_layers.set("default", LiveLayer(hosts=hosts, prefix="own"))
        yield server


@in_database
def tell_and_deliver(user):
    told = say(user)
    tasks.deliver(told.pk)
    return told


@pytest.mark.services
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
async def test_sockets_close_when_redis_dies_and_a_client_that_comes_back_has_everything_once(
    own_redis, stranger
):
    async with Client(stranger) as client:
        await client.hello()
        await tell_and_deliver(stranger)
        assert await client.numbers(1) == [1]
        own_redis.kill()
        assert await client.closed_with() == 1012
    waiting = await tell_and_deliver(stranger)  # cannot be published
    assert (await in_database(Delivery.objects.get)(notification=waiting)).state == STATE.WAITING

    async with Client(stranger, have=1) as client:  # comes back too early
        await client.send(type="hello", user=stranger.pk, have=1, topics=[])
        assert await client.closed_with() == 1012

    own_redis.start()
    async with Client(stranger, have=1) as client:
        frames = await client.hello()
        assert [frame["sequence"] for frame in frames] == [2, 2]
        await in_database(Delivery.objects.filter(state=STATE.WAITING).update)(due_at=waiting.created_at)
        await in_database(tasks.deliver)(waiting.pk)  # sent at last; the client has it
        await tell_and_deliver(stranger)
        assert await client.numbers(1) == [3]
        assert await client.hears_nothing()
    states = await in_database(lambda: set(Delivery.objects.values_list("state", flat=True)))()
    assert states == {STATE.SENT}


@pytest.mark.services
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
async def test_a_pulse_that_could_not_be_sent_is_sent_by_the_sweep(own_redis):
    own_redis.kill()

    @in_database
    def change():
        with transaction.atomic():
            pulse("board")
        tasks.send_pulse(Pulse.objects.get().pk)
        assert Pulse.objects.get().sent_at is None

    @in_database
    def sweep():
        Pulse.objects.update(created_at=Pulse.objects.get().created_at - 2 * tasks.LEFT_BEHIND)
        tasks.sweep()

    await change()
    own_redis.start()
    async with Client(None, topics=["board"]) as client:
        await client.hello()
        await sweep()
        assert await client.frame() == {"type": "pulse", "topics": ["board"]}


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
