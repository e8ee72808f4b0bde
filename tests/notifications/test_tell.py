import threading
import time

import pytest
from django.db import connection, connections, transaction

from notifications.catalogue import Channel
from notifications.models import Delivery, Notification, Pulse, RecipientSequence
from notifications.services import mark_all_read, mark_read, pulse, tell, tell_many
from tests.notifications.telling import say

committed = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def many(users, key, kind="offer-taken"):
    return tell_many(users=users, kind=kind, params={"title": "理发"}, link="/inbox/", dedupe_key=key)


def together(*acts):
    """Runs the acts in threads with connections of their own; raises what one of them raised."""
    errors = []

    def run(act):
        try:
            act()
        except Exception as error:  # noqa: BLE001 (raised again below, in the test's own thread)
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    if errors:
        raise errors[0]


@committed
def test_messages_of_a_person_are_numbered_from_one_without_gaps(stranger):
    assert [say(stranger).sequence for _ in range(3)] == [1, 2, 3]
    assert RecipientSequence.objects.get(user=stranger).last == 3


@committed
def test_several_messages_of_one_transaction_are_numbered_in_the_order_they_were_told(stranger):
    say(stranger)
    with transaction.atomic():
        for title in ("甲", "乙", "丙"):
            tell(user=stranger, kind="offer-taken", params={"title": title}, link="/", dedupe_key=title)
    rows = Notification.objects.filter(user=stranger).order_by("sequence")
    assert [(row.sequence, row.params["title"]) for row in rows] == [
        (1, "理发"),
        (2, "甲"),
        (3, "乙"),
        (4, "丙"),
    ]


@committed
def test_the_same_fact_twice_is_one_message(stranger):
    assert say(stranger, key="a") is not None
    assert say(stranger, key="a") is None
    assert say(stranger, key="b").sequence == 2
    assert Delivery.objects.filter(channel=Channel.SOCKET).count() == 2


@committed
def test_the_same_fact_told_twice_in_one_transaction_is_one_message(stranger):
    with transaction.atomic():
        assert len(many([stranger], "a")) == 1
        assert many([stranger, stranger], "a") == []
    assert Notification.objects.count() == 1


@committed
def test_a_rolled_back_fact_tells_nobody_and_uses_no_number(stranger):
    with transaction.atomic():
        tell(user=stranger, kind="offer-taken", params={}, link="/", dedupe_key="a")
        pulse("board")
        transaction.set_rollback(True)
    assert not Notification.objects.exists()
    assert not Delivery.objects.exists()
    assert not Pulse.objects.exists()
    assert say(stranger).sequence == 1


@committed
def test_a_rolled_back_part_of_a_transaction_leaves_no_gap(stranger):
    with transaction.atomic():
        many([stranger], "a")
        with transaction.atomic():
            many([stranger], "b")
            transaction.set_rollback(True)
        many([stranger], "c")
    assert list(Notification.objects.order_by("sequence").values_list("dedupe_key", "sequence")) == [
        ("a", 1),
        ("c", 2),
    ]


@committed
@pytest.mark.race
def test_who_commits_first_has_the_lower_number_whoever_told_first(stranger):
    told, committed_first = threading.Event(), threading.Event()

    def tells_first_commits_last():
        with transaction.atomic():
            tell(user=stranger, kind="offer-taken", params={}, link="/", dedupe_key="first told")
            told.set()
            assert committed_first.wait(10)

    def tells_last_commits_first():
        assert told.wait(10)
        with transaction.atomic():
            tell(user=stranger, kind="offer-taken", params={}, link="/", dedupe_key="first committed")
        committed_first.set()

    together(tells_first_commits_last, tells_last_commits_first)
    found = dict(Notification.objects.values_list("dedupe_key", "sequence"))
    assert found == {"first committed": 1, "first told": 2}


@committed
@pytest.mark.race
def test_a_reader_who_has_a_number_has_everything_before_it_while_many_write(stranger):
    seen, done = [], threading.Event()

    def writes(name):
        for count in range(15):
            say(stranger, key=f"{name} {count}")

    def reads():
        last = 0
        while not done.is_set() or last < 60:
            for row in Notification.objects.after(last).filter(user=stranger):
                seen.append(row.sequence)
                last = row.sequence

    reader = threading.Thread(target=lambda: (reads(), connections.close_all()))
    reader.start()
    together(*[lambda name=name: writes(name) for name in "甲乙丙丁"])
    done.set()
    reader.join(10)
    assert seen == list(range(1, 61))


@committed
@pytest.mark.race
def test_two_who_tell_the_same_people_in_opposite_order_do_not_deadlock(make_user):
    people = [make_user() for _ in range(6)]

    def tells(order, name):
        for count in range(10):
            with transaction.atomic():
                for person in order:
                    key = f"{name} {count}"
                    tell(user=person, kind="offer-taken", params={}, link="/", dedupe_key=key)
                    time.sleep(0.001)

    together(lambda: tells(people, "甲"), lambda: tells(people[::-1], "乙"))
    for person in people:
        found = Notification.objects.filter(user=person).order_by("sequence")
        assert [row.sequence for row in found] == list(range(1, 21))


@committed
@pytest.mark.race
def test_the_same_fact_told_by_two_at_once_is_one_message(make_user):
    people = [make_user() for _ in range(20)]
    start = threading.Barrier(4)

    def tells(order):
        start.wait(10)
        with transaction.atomic():
            many(order, "the same")

    together(*[lambda order=order: tells(order) for order in (people, people[::-1], people[5:], people[:15])])
    assert Notification.objects.count() == len(people)
    assert set(Notification.objects.values_list("sequence", flat=True)) == {1}
    assert Delivery.objects.filter(channel=Channel.SOCKET).count() == len(people)


@pytest.mark.django_db
def test_telling_many_takes_as_many_queries_as_telling_one(make_user, django_assert_num_queries):
    few, more = [make_user() for _ in range(2)], [make_user() for _ in range(40)]
    with django_assert_num_queries(3):
        many(few, "a", kind="offer-withdrawn")
    with django_assert_num_queries(3):
        assert len(many(more, "b", kind="offer-withdrawn")) == 40


@pytest.mark.django_db
def test_mail_is_only_written_for_kinds_and_people_that_have_it(make_user):
    with_mail, by_phone = make_user(), make_user(email=None)
    params = {"studio": "甲", "title": "理发"}
    tell_many(users=[with_mail, by_phone], kind="studio-verified", params=params, link="/", dedupe_key="a")
    tell_many(users=[with_mail, by_phone], kind="hours", params=params, link="/", dedupe_key="b")
    mailed = Delivery.objects.filter(channel=Channel.EMAIL).values_list("notification__user", flat=True)
    assert list(mailed) == [with_mail.pk]
    assert Delivery.objects.filter(channel=Channel.SOCKET).count() == 4


@pytest.mark.django_db
def test_who_can_no_longer_sign_in_is_not_told(make_user):
    assert many([make_user(is_active=False)], "a") == []


@committed
def test_nothing_is_queued_before_the_commit(stranger, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        tell(user=stranger, kind="offer-taken", params={}, link="/", dedupe_key="a")
        pulse("board")
        assert len(connection.run_on_commit) == 3  # live, by mail, and the pages
    assert callbacks == []  # both ran: the transaction was a real one


@pytest.mark.django_db
def test_reading_marks_only_ones_own_and_only_once(stranger, worker):
    mine, other = many([stranger, worker], "a")
    mark_read(notification=other, by=stranger)
    assert Notification.objects.unread().count() == 2
    mark_read(notification=mine, by=stranger)
    first = Notification.objects.get(pk=mine.pk).read_at
    mark_read(notification=mine, by=stranger)
    assert Notification.objects.get(pk=mine.pk).read_at == first
    assert list(Pulse.objects.values_list("topics", flat=True)) == [[f"me:{stranger.pk}"]]


@pytest.mark.django_db
def test_what_came_after_the_page_was_shown_stays_unread(stranger):
    (seen,) = many([stranger], "a")
    many([stranger], "b")
    assert mark_all_read(by=stranger, up_to=seen.pk) == 1
    assert mark_all_read(by=stranger) == 1
    assert mark_all_read(by=stranger) == 0
