"""The line for a full shift: in order, a place is kept for a while, then it moves on."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities import services
from activities.checks.posting import ShiftGiven
from activities.models import Shift, SignUp, Waiting
from activities.rules import place_is_kept_until
from core.errors import DomainError
from notifications.models import Notification

pytestmark = pytest.mark.django_db


def refused(act):
    with pytest.raises(DomainError) as refusal:
        act()
    assert refusal.value.reason
    return refusal.value.code


@pytest.fixture
def full(make_shift, make_volunteer):
    """A shift of one place that is taken."""
    shift = make_shift(places=1)
    person = make_volunteer("占位甲", skills=())
    shift.first = services.sign_up(shift=shift, volunteer=person, by=person.user)
    return shift


@pytest.fixture
def people(make_volunteer):
    return [make_volunteer(f"排队{number}", skills=()) for number in range(3)]


def join(shift, person):
    return services.join_waiting_list(shift=shift, volunteer=person, by=person.user)


def free(shift):
    services.cancel_sign_up(sign_up=shift.first, by=shift.first.volunteer.user)


def statuses(shift):
    return list(shift.waiting.order_by("id").values_list("status", flat=True))


def test_a_place_that_becomes_free_is_kept_for_the_first_in_line(full, people):
    turns = [join(full, person) for person in people]
    free(full)
    full.refresh_from_db()
    assert (full.taken, full.held, full.free) == (0, 1, 0)
    assert statuses(full) == ["offered", "waiting", "waiting"]
    told = Notification.objects.get(kind="place-offered")
    assert told.user == people[0].user
    taken = services.take_kept_place(waiting=turns[0], by=people[0].user)
    full.refresh_from_db()
    assert (full.taken, full.held) == (1, 0)
    assert services.take_kept_place(waiting=turns[0], by=people[0].user) == taken


def test_nobody_overtakes_the_line(full, people, other_volunteer):
    join(full, people[0])
    free(full)
    assert (
        refused(lambda: services.sign_up(shift=full, volunteer=other_volunteer, by=other_volunteer.user))
        == "full"
    )
    own = services.sign_up(shift=full, volunteer=people[0], by=people[0].user)
    assert own.waited.status == "placed"


def test_a_place_that_is_not_taken_in_time_moves_on_by_itself(full, people):
    turns = [join(full, person) for person in people[:2]]
    free(full)
    Waiting.objects.filter(pk=turns[0].pk).update(answer_by=timezone.now())
    assert refused(lambda: services.take_kept_place(waiting=turns[0], by=people[0].user)) == "not_kept"
    assert services.move_lines() == 1
    assert statuses(full) == ["expired", "offered"]
    assert services.move_lines() == 0
    assert set(Notification.objects.filter(user=people[0].user).values_list("kind", flat=True)) == {
        "place-offered",
        "place-not-taken",
    }
    assert join(full, people[0]) != turns[0]


def test_a_no_gives_the_place_to_the_next_at_once(full, people):
    turns = [join(full, person) for person in people[:2]]
    free(full)
    services.leave_waiting_list(waiting=turns[0], by=people[0].user)
    services.leave_waiting_list(waiting=turns[0], by=people[0].user)
    assert statuses(full) == ["left", "offered"]
    full.refresh_from_db()
    assert full.held == 1


def test_who_cannot_come_now_is_passed_over_and_keeps_the_turn(full, people, make_shift):
    for person in people[:2]:
        join(full, person)
    elsewhere = make_shift(starts_at=full.starts_at, ends_at=full.ends_at)
    busy = services.sign_up(shift=elsewhere, volunteer=people[0], by=people[0].user)
    free(full)
    assert statuses(full) == ["waiting", "offered"]
    services.cancel_sign_up(sign_up=busy, by=people[0].user)
    assert refused(lambda: services.take_kept_place(waiting=full.waiting.first(), by=people[0].user)) == (
        "not_kept"
    )


def test_more_places_are_offered_along_the_line(full, people, worker):
    for person in people:
        join(full, person)
    given = [ShiftGiven(full.starts_at, full.ends_at, 3, full.pk)]
    services.change_activity(activity=full.activity, by=full.activity.posted_by, shifts=given)
    assert statuses(full) == ["offered", "offered", "waiting"]
    fewer = [ShiftGiven(full.starts_at, full.ends_at, 2, full.pk)]
    by = full.activity.posted_by
    assert (
        refused(lambda: services.change_activity(activity=full.activity, by=by, shifts=fewer))
        == "too_few_places"
    )


def test_a_line_is_for_a_full_shift_and_each_stands_in_it_once(shift, full, people, volunteer, worker):
    assert refused(lambda: join(shift, volunteer)) == "has_room"
    assert join(full, people[0]) == join(full, people[0])
    assert (
        refused(lambda: services.join_waiting_list(shift=full, volunteer=people[1], by=worker))
        == "not_oneself"
    )
    assert refused(lambda: join(full, full.first.volunteer)) == "signed_up_already"


def test_the_line_closes_when_the_shift_begins_or_is_called_off(full, people, worker):
    join(full, people[0])
    now = timezone.now()
    Shift.objects.filter(pk=full.pk).update(starts_at=now - timedelta(minutes=1))
    services.move_lines()
    assert statuses(full) == ["closed"]
    Shift.objects.filter(pk=full.pk).update(starts_at=now + timedelta(hours=2))
    join(full, people[1])
    free(full)
    services.cancel_activity(activity=full.activity, reason="雨", by=worker)
    assert statuses(full) == ["closed", "closed"]
    full.refresh_from_db()
    assert (full.taken, full.held) == (0, 0)
    assert not SignUp.objects.standing().exists()
    told = Notification.objects.filter(user=people[1].user).values_list("kind", flat=True)
    assert sorted(told) == ["activity-cancelled", "place-offered"]


def test_the_position_counts_those_ahead(full, people):
    turns = [join(full, person) for person in people]
    services.leave_waiting_list(waiting=turns[0], by=people[0].user)
    rows = Waiting.objects.in_line().with_position().order_by("id")
    assert [(row.volunteer, row.position) for row in rows] == [(people[1], 1), (people[2], 2)]


@pytest.mark.parametrize(
    ("ahead", "kept"),
    [
        (timedelta(days=20), timedelta(hours=12)),
        (timedelta(hours=50), timedelta(hours=5)),
        (timedelta(hours=1), timedelta(minutes=15)),
        (timedelta(minutes=10), timedelta(minutes=10)),
    ],
)
def test_the_time_to_answer_shrinks_as_the_start_nears(ahead, kept):
    now = timezone.now()
    limits = {"percent": 10, "least": timedelta(minutes=15), "most": timedelta(hours=12)}
    assert place_is_kept_until(now, now + ahead, **limits) == now + kept


def test_the_pages_show_position_offer_and_roster(full, people, client, worker):
    turn = join(full, people[0])
    client.force_login(people[0].user)
    page = client.get(f"/activities/{full.activity_id}/").content.decode()
    assert "number 1 on the waiting list" in page
    free(full)
    assert "A place is kept for you until" in client.get("/activities/mine/").content.decode()
    page = client.get(f"/activities/waiting/{turn.pk}/")
    assert "Take the place" in page.content.decode()
    client.post(f"/activities/waiting/{turn.pk}/take/")
    assert people[0].sign_ups.standing().count() == 1
    assert "You have a place" in client.get(f"/activities/waiting/{turn.pk}/").content.decode()
    client.force_login(people[1].user)
    assert client.get(f"/activities/waiting/{turn.pk}/").status_code == 404
    assert client.post(f"/activities/waiting/{turn.pk}/take/").status_code == 404
    client.post(f"/activities/shifts/{full.pk}/wait/")
    client.force_login(worker)
    assert "Waiting list" in client.get(f"/activities/shifts/{full.pk}/roster/").content.decode()


def test_a_line_of_any_length_costs_the_same(full, people, client, django_assert_num_queries):
    client.force_login(people[0].user)
    join(full, people[0])
    url = "/activities/mine/"
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for person in people[1:]:
        join(full, person)
    with django_assert_num_queries(len(one)):
        client.get(url)
