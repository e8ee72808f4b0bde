import asyncio

import pytest
from django.db import connection, transaction
from django.utils import timezone

from config.asgi import application
from matching.models import Offer
from notifications import tasks, wire
from notifications.services import mark_read, pulse, tell
from tests.notifications.telling import Client, deliver_all, in_database, say

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@in_database
def tell_and_deliver(user, title="理发"):
    told = say(user, title)
    tasks.deliver(told.pk)
    return told


def me_of(user, number=0):
    return {f"me:{user.pk}": number}


def welcome(topics, sequence=0, unread=0):
    return {"type": "welcome", "sequence": sequence, "unread": unread, "topics": topics}


def look(topic, first, last=None, **more):
    return {"type": "pulse", "topic": topic, "first": first, "last": last or first} | more


@in_database
def pulse_and_send(*topics):
    with transaction.atomic():
        pulse(*topics)
    tasks.relay_pulses()


async def test_a_message_arrives_without_asking_in_the_language_of_the_page(stranger):
    async with Client(stranger) as client:
        assert await client.hello(language="en") == [welcome(me_of(stranger))]
        told = await tell_and_deliver(stranger)
        assert await client.frame() == {
            "type": "notification",
            "sequence": 1,
            "kind": "offer-taken",
            "text": "Somebody has already said yes: 理发",
            "link": f"/inbox/{told.pk}/",
            "quiet": False,
            "unread": 1,
        }


async def test_who_was_away_gets_what_was_missed_in_order_and_then_what_comes(stranger):
    for _ in range(5):
        await tell_and_deliver(stranger)
    async with Client(stranger, have=2) as client:
        frames = await client.hello()
        assert [frame.get("sequence") for frame in frames] == [3, 4, 5, 5]
        await tell_and_deliver(stranger)
        assert await client.numbers(1) == [6]


async def test_more_than_one_batch_is_caught_up_with(stranger):
    @in_database
    def tell_a_lot():
        with transaction.atomic():
            for count in range(230):
                tell(user=stranger, kind="offer-taken", params={}, link="/", dedupe_key=str(count))

    await tell_a_lot()
    async with Client(stranger) as client:
        frames = await client.hello()
        assert [frame["sequence"] for frame in frames[:-1]] == list(range(1, 231))


async def test_what_is_committed_while_catching_up_comes_once_and_in_order(stranger):
    for _ in range(30):
        await in_database(say)(stranger)

    async def goes_on():
        for _ in range(30):
            await tell_and_deliver(stranger)

    async with Client(stranger) as client:
        writer = asyncio.create_task(goes_on())
        frames = [frame for frame in await client.hello() if frame["type"] == "notification"]
        seen = [frame["sequence"] for frame in frames]
        seen += await client.numbers(60 - len(seen))
        await writer
        assert seen == list(range(1, 61))
        assert await client.hears_nothing()


async def test_a_signal_that_was_lost_is_made_good_by_the_next(stranger):
    async with Client(stranger) as client:
        await client.hello()
        await in_database(say)(stranger)  # never delivered
        await tell_and_deliver(stranger)
        assert await client.numbers(2) == [1, 2]


async def test_a_signal_twice_is_one_message(stranger):
    async with Client(stranger) as client:
        await client.hello()
        await tell_and_deliver(stranger)
        assert await client.numbers(1) == [1]
        await in_database(wire.publish)({"told": {stranger.pk: 1}})
        assert await client.hears_nothing()


async def test_a_message_of_a_rolled_back_act_is_never_seen(stranger):
    @in_database
    def fail():
        with transaction.atomic():
            tell(user=stranger, kind="offer-taken", params={}, link="/", dedupe_key="a")
            transaction.set_rollback(True)
        deliver_all()

    async with Client(stranger) as client:
        await client.hello()
        await fail()
        assert await client.hears_nothing()


async def test_a_client_that_claims_more_than_there_is_begins_anew(stranger):
    await in_database(say)(stranger)
    async with Client(stranger, have=99) as client:
        assert (await client.hello())[-1]["sequence"] == 1
        await tell_and_deliver(stranger)
        assert await client.numbers(1) == [2]


async def test_what_was_read_or_is_no_longer_true_comes_quietly(stranger, volunteer, make_request):
    @in_database
    def prepare():
        read = say(volunteer.user)
        mark_read(notification=read, by=volunteer.user)
        now = timezone.now()
        offer = Offer.objects.create(
            request=make_request(),
            volunteer=volunteer,
            score=1,
            probability=1,
            model_version="",
            sent_at=now,
            answer_by=now,
            status=Offer.Status.TAKEN,
        )
        say(volunteer.user, kind="offer", params={"offer": offer.pk})
        say(volunteer.user)

    await prepare()
    async with Client(volunteer.user) as client:
        frames = (await client.hello())[:-1]
        assert [frame["quiet"] for frame in frames] == [True, True, False]


async def test_nobody_hears_the_messages_of_another(stranger, worker):
    async with Client(stranger, topics=[f"me:{worker.pk}"]) as client:
        await client.hello()
        await tell_and_deliver(worker)
        await pulse_and_send(f"me:{worker.pk}")
        assert await client.hears_nothing()


async def test_two_pages_of_one_person_both_hear(stranger):
    async with Client(stranger) as one, Client(stranger) as other:
        await one.hello()
        await other.hello()
        await tell_and_deliver(stranger)
        assert await one.numbers(1) == await other.numbers(1) == [1]


async def test_a_page_looks_again_when_its_topic_changes(worker):
    async with Client(worker, topics=["desk:310105001001", "ranking:310105"]) as client:
        await client.hello()
        await pulse_and_send("ranking:310105", "desk:310105")
        assert await client.frame() == look("ranking:310105", 1, tally={"month": "0"})
        assert await client.hears_nothing()
        await client.send(type="topics", topics={"board": None, "desk:310105": None})
        # the second is refused without a word
        assert await client.frame() == {"type": "watching", "topics": me_of(worker) | {"board": 0}}
        await pulse_and_send("ranking:310105", "desk:310105", "board")
        assert await client.frame() == look("board", 1)
        assert await client.hears_nothing()


async def test_reading_on_one_page_changes_the_bell_of_the_other(stranger):
    told = await in_database(say)(stranger)

    @in_database
    def read():
        mark_read(notification=told, by=stranger)
        tasks.relay_pulses()

    async with Client(stranger) as client:
        await client.hello()
        await read()
        assert await client.frame() == look(f"me:{stranger.pk}", 1)
        assert await client.frame() == {"type": "unread", "unread": 0}


async def test_what_changed_between_rendering_and_listening_is_looked_at_again():
    before = timezone.now().timestamp()
    await pulse_and_send("ranking:310105", "near:310105")
    async with Client(None, topics=["ranking:310105"]) as client:
        assert await client.hello(rendered=before) == [welcome({"ranking:310105": 0})]
        assert await client.frame() == look("ranking:310105", 1)
    async with Client(None, topics=["ranking:310105"]) as client:
        await client.hello(rendered=timezone.now().timestamp() + 1)
        assert await client.hears_nothing()


async def test_the_unsigned_see_public_topics_alone():
    async with Client(None, topics=["board", "ranking:310105", "desk:310105", "me:1"]) as client:
        await client.hello()
        await pulse_and_send("desk:310105", "me:1")
        assert await client.hears_nothing()
        await pulse_and_send("board")
        assert (await client.frame())["topic"] == "board"


async def test_a_page_of_another_session_is_told_not_to_come_back(stranger, worker):
    for line, page in ((None, stranger), (worker, stranger), (stranger, None)):
        async with Client(line) as client:
            await client.send(type="hello", user=page and page.pk, have=0, topics=[])
            assert await client.closed_with() == 4401


async def test_what_is_no_hello_closes_the_line_and_breaks_nothing(stranger):
    nonsense = ["", "nonsense", "[]", '"hello"', '{"type": 7}', '{"type": "topics"}']
    frames = [{"text": text} for text in [*nonsense, '{"type": "notification.told"}']]
    for frame in [*frames, {"bytes": b"\x00"}]:
        async with Client(stranger) as client:
            await client.line.send_input({"type": "websocket.receive"} | frame)
            assert await client.closed_with() == 4400


async def test_strange_values_in_a_hello_are_taken_for_none(stranger):
    await in_database(say)(stranger)
    strange = {
        "have": "x",
        "language": {},
        "rendered": 1e300,
        "topics": [None, 5, "desk:", "me:1e5", "ranking:31"],
    }
    async with Client(stranger) as client:
        frames = await client.hello(**strange)
        assert [frame["type"] for frame in frames] == ["notification", "welcome"]


async def test_an_open_socket_holds_no_database_connection(stranger):
    @in_database
    def others():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return cursor.fetchone()[0]

    before = await others()
    lines = [Client(stranger) for _ in range(20)]
    for line in lines:
        await line.__aenter__()
        await line.hello()
    assert await others() <= before
    for line in lines:
        await line.__aexit__()


async def test_the_socket_of_the_site_knows_who_is_signed_in(client, stranger):
    await in_database(client.force_login)(stranger, backend="django.contrib.auth.backends.ModelBackend")
    cookie = f"sessionid={client.cookies['sessionid'].value}".encode()
    headers = [(b"cookie", cookie), (b"origin", b"http://localhost"), (b"host", b"localhost")]
    async with Client(stranger, application=application, headers=headers) as line:
        assert (await line.hello())[-1]["type"] == "welcome"


@pytest.fixture
def line_of(client, monkeypatch):
    """A socket of the site, opened with the session of this person, whose heart beats fast."""
    monkeypatch.setattr("notifications.hub.BEAT", 0.3)

    @in_database
    def sign_in(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client.cookies["sessionid"].value

    async def open_line(user, **options):
        cookie = f"sessionid={await sign_in(user)}".encode()
        headers = [(b"cookie", cookie), (b"origin", b"http://localhost"), (b"host", b"localhost")]
        return Client(user, application=application, headers=headers, **options)

    return open_line


def sign_out(client, user):
    client.logout()


def choose_a_new_password(client, user):
    user.set_password("Another-horse-8")
    user.save()


def be_shut_out(client, user):
    type(user).objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("ends", [sign_out, choose_a_new_password, be_shut_out])
async def test_a_socket_ends_with_its_session(line_of, client, stranger, ends):
    async with await line_of(stranger) as line:
        await line.hello()
        ping = {"type": "ping", "sequence": 0, "topics": me_of(stranger)}
        assert await line.frame() == ping  # the session stands
        await in_database(ends)(client, stranger)
        assert await line.closed_with() == 4401


async def test_a_socket_stops_watching_what_its_person_may_no_longer_see(line_of, worker):
    async def pulses(line):
        await pulse_and_send("desk:310105001001", "board")
        await asyncio.sleep(1)
        heard = []
        while not await line.hears_nothing(within=0.05):
            frame = await line.frame()
            heard += [frame["topic"]] if frame["type"] == "pulse" else []
        return sorted(heard)

    topics = ["desk:310105001001", "board"]
    async with await line_of(worker, topics=topics) as line:
        await line.hello()
        assert await pulses(line) == ["board", "desk:310105001001"]
        await in_database(worker.roles.all().delete)()
        await asyncio.sleep(1)
        assert await pulses(line) == ["board"]
