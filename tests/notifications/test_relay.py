"""Numbers of topics: given after the commit, whole, in order, to those who were away, too."""

import asyncio
import threading

import pytest
from django.db import connections, transaction

from notifications import tasks, wire
from notifications.consumers import MOST_WAITING
from notifications.hub import hub_here
from notifications.models import Pulse, TopicSequence
from notifications.relay import relay
from notifications.services import pulse
from tests.notifications.telling import Client, in_database

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def change(*topics):
    with transaction.atomic():
        pulse(*topics)


@in_database
def change_and_relay(*topics):
    change(*topics)
    relay()


def in_thread(act):
    thread = threading.Thread(target=lambda: (act(), connections.close_all()))
    thread.start()
    return thread


@pytest.mark.race
async def test_who_commits_in_reverse_order_is_numbered_in_the_order_of_the_commits():
    written, committed = threading.Event(), threading.Event()

    def begins_first_commits_last():
        with transaction.atomic():
            pulse("board", "ranking:310105")
            written.set()
            assert committed.wait(10)

    def begins_last_commits_first():
        assert written.wait(10)
        change("board")
        relay()
        committed.set()

    async with Client(None, topics=["board"]) as client:
        await client.hello()
        threads = [in_thread(begins_first_commits_last), in_thread(begins_last_commits_first)]
        first = await client.frame()
        for thread in threads:
            await in_database(thread.join)(10)
        await in_database(relay)()
        second = await client.frame()
    assert [(frame["first"], frame["last"]) for frame in (first, second)] == [(1, 1), (2, 2)]
    early, late = await in_database(lambda: list(Pulse.objects.order_by("sent_at")))()
    assert early.pk > late.pk  # the one with the higher id came first


@pytest.mark.race
def test_several_relays_at_once_number_every_pulse_once():
    for _ in range(40):
        change("board")
    threads = [in_thread(relay) for _ in range(4)]
    for thread in threads:
        thread.join(20)
    assert TopicSequence.objects.get(pk="board").last == 40
    assert relay() == 0


async def test_who_was_away_hears_the_numbers_that_are_missing_and_then_what_comes():
    for _ in range(5):
        await change_and_relay("board")
    async with Client(None, topics={"board": 2}) as client:
        assert (await client.hello())[-1]["topics"] == {"board": 2}
        frame = await client.frame()
        assert (frame["first"], frame["last"]) == (3, 5)
        await change_and_relay("board")
        frame = await client.frame()
        assert (frame["first"], frame["last"]) == (6, 6)


async def test_a_hint_that_is_lost_on_the_wire_is_made_good_by_the_next():
    async with Client(None, topics=["board"]) as client:
        await client.hello()
        await change_and_relay("board")
        await client.frame()
        await in_database(TopicSequence.objects.filter(pk="board").update)(last=4)  # 2 to 4 were never heard
        await change_and_relay("board")
        frame = await client.frame()
        assert (frame["first"], frame["last"]) == (2, 5)


async def test_a_client_that_noticed_a_gap_gets_it_filled():
    for _ in range(3):
        await change_and_relay("board")
    async with Client(None, topics=["board"]) as client:
        await client.hello()
        await client.send(type="topics", topics={"board": 1})
        assert (await client.frame())["topics"] == {"board": 1}
        frame = await client.frame()
        assert (frame["first"], frame["last"]) == (2, 3)


async def test_one_frame_is_made_for_all_and_nobody_hears_twice():
    lines = [Client(None, topics=["board"]) for _ in range(20)]
    for line in lines:
        await line.__aenter__()
        await line.hello()
    await asyncio.gather(*[change_and_relay("board") for _ in range(10)])
    for line in lines:
        last = 0
        while last < 10:
            frame = await line.frame()
            assert frame["first"] == last + 1
            last = frame["last"]
        assert await line.hears_nothing(within=0.01)
        await line.__aexit__()
    assert not hub_here().work  # nobody is here: nothing listens


class NeverReads(Client):
    """A client whose line takes nothing any more."""

    async def __aenter__(self):
        inner = self.application

        async def stuck(scope, receive, send):
            async def send_at_first(message):
                if "pulse" in message.get("text", ""):
                    await asyncio.Event().wait()
                await send(message)

            await inner(scope, receive, send_at_first)

        self.application = stuck
        return await super().__aenter__()


async def test_a_slow_reader_is_dropped_and_the_others_hear_on():
    async with NeverReads(None, topics=["board"]) as slow, Client(None, topics=["board"]) as quick:
        await slow.hello()
        await quick.hello()
        for number in range(1, MOST_WAITING + 5):
            await in_database(wire.publish)({"topics": {"board": number}})
            assert (await quick.frame())["last"] == number
        assert await slow.closed_with() == 4408
        assert len(hub_here().sockets) == 1


def test_a_change_queues_the_relay_after_the_commit(django_capture_on_commit_callbacks):
    with transaction.atomic():
        pulse("board")
        transaction.set_rollback(True)
    tasks.relay_pulses()
    assert not TopicSequence.objects.exists()
