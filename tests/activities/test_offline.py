"""Ticks made without network: signed, replay-safe, and judged by the written rules of conflict."""

import itertools
import json
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from activities import services
from activities.models import Attendance, OfflineEntry, ServiceRecord, Timesheet
from activities.services import offline

pytestmark = pytest.mark.django_db


@pytest.fixture
def shift(shift_now):
    return shift_now()


@pytest.fixture
def sign_up(sign_up_now, volunteer, shift):
    return sign_up_now(volunteer, shift)


@pytest.fixture
def phone(worker):
    client = Client()
    client.force_login(worker)
    return client


@pytest.fixture
def key(phone, shift, worker):
    """Handed out twenty-five minutes ago, five after the beginning."""
    assert phone.post(reverse("activities:offline_key", args=[shift.pk])).status_code == 200
    with pytest.MonkeyPatch.context() as patch:
        before = timezone.now() - timedelta(minutes=25)
        patch.setattr(offline.timezone, "now", lambda: before)
        return offline.hand_out_key(shift=shift, by=worker)


@pytest.fixture
def tick(key):
    def make(sign_up, act, minutes_ago, /, **changed):
        at = round((timezone.now() - timedelta(minutes=minutes_ago)).timestamp() * 1000)
        said = {"id": str(uuid.uuid4()), "signUp": str(sign_up.pk), "act": act, "at": at}
        text = offline.text_of(said["id"], sign_up.pk, act, at)
        return said | {"signature": offline.signature_of(key.secret, text)} | changed

    return make


@pytest.fixture
def send(phone, key):
    def post(*ticks, by=phone, name=key.name):
        body = json.dumps({"key": name, "ticks": ticks})
        answer = by.post(reverse("activities:offline_ticks"), body, content_type="application/json")
        if answer.status_code != 200:
            return answer.status_code
        return [(one["outcome"], one["refusal"]) for one in answer.json()["verdicts"]]

    return post


def pairs():
    now = timezone.now()
    return [
        tuple(None if at is None else round((now - at).total_seconds() / 60) for at in pair)
        for pair in Attendance.objects.order_by("checked_in_at").values_list(
            "checked_in_at", "checked_out_at"
        )
    ]


def test_ticks_are_taken_at_their_own_moments_whatever_their_order(sign_up, tick, send, worker):
    assert send(tick(sign_up, "out", 5), tick(sign_up, "in", 20)) == [("written", ""), ("written", "")]
    assert pairs() == [(20, 5)]
    pair = Attendance.objects.get()
    assert (pair.way_in, pair.way_out, pair.seen_in_by) == ("offline", "offline", worker)
    record = ServiceRecord.objects.get()
    assert (record.minutes, record.grade, record.how_observed) == (15, "credit", "1")


def test_what_arrives_again_changes_nothing(sign_up, tick, send):
    ticks = [tick(sign_up, "in", 20), tick(sign_up, "out", 5)]
    first = send(*ticks)
    assert send(*ticks) == send(*reversed(ticks)) == first
    assert (Attendance.objects.count(), OfflineEntry.objects.count()) == (1, 2)
    assert ServiceRecord.objects.count() == 1


def test_whoever_saw_the_person_first_is_right(sign_up, tick, send, volunteer, shift, code):
    services.check_in(sign_up=sign_up, code=code(shift), by=volunteer.user)
    assert send(tick(sign_up, "in", 20)) == [("written", "")]
    assert pairs() == [(20, None)]


def test_a_person_who_is_here_already_does_not_come_again(sign_up, tick, send, volunteer, shift, code, later):
    services.check_in(sign_up=sign_up, code=code(shift), by=volunteer.user)
    later(sign_up, 20)
    assert send(tick(sign_up, "in", 10)) == [("known", "")]
    services.check_out(sign_up=sign_up, code=code(shift), by=volunteer.user)
    assert send(tick(sign_up, "in", 5), tick(sign_up, "out", 1)) == [("known", ""), ("known", "")]
    assert pairs() == [(20, 0)]


def test_the_first_check_out_stays(sign_up, tick, send, volunteer, shift, code, later):
    services.check_in(sign_up=sign_up, code=code(shift), by=volunteer.user)
    later(sign_up, 20)
    services.check_out(sign_up=sign_up, code=code(shift), by=volunteer.user)
    later(sign_up, 10)
    assert send(tick(sign_up, "out", 3)) == [("known", "")]
    assert pairs() == [(30, 10)]


def test_what_cannot_be_is_kept_until_somebody_has_seen_it(sign_up, tick, send, phone, shift):
    assert send(tick(sign_up, "out", 3)) == [("refused", "not_checked_in")]
    page = phone.get(reverse("activities:roster", args=[shift.pk]))
    assert list(page.context["conflicts"]) == [OfflineEntry.objects.get()]
    phone.post(reverse("activities:settle_entry", args=[OfflineEntry.objects.get().pk]))
    assert not phone.get(reverse("activities:roster", args=[shift.pk])).context["conflicts"]
    assert OfflineEntry.objects.count() == 1


def test_one_refusal_stops_no_other(sign_up, make_volunteer, sign_up_now, shift, tick, send, worker):
    gone = sign_up_now(make_volunteer("友人"), shift)
    services.cancel_sign_up(sign_up=gone, by=worker)
    outcomes = send(tick(gone, "in", 12), tick(sign_up, "in", 11))
    assert outcomes == [("refused", "not_in_this_state"), ("written", "")]


@pytest.mark.parametrize("minutes_ago", [29, -5])
def test_a_wrong_clock_is_refused(sign_up, tick, send, minutes_ago):
    assert send(tick(sign_up, "in", minutes_ago)) == [("refused", "wrong_clock")]
    assert not Attendance.objects.exists()


def test_an_arrival_before_a_finished_pair_is_for_a_person_to_decide(
    sign_up, tick, send, volunteer, shift, code, later
):
    services.check_in(sign_up=sign_up, code=code(shift), by=volunteer.user)
    later(sign_up, 5)
    services.check_out(sign_up=sign_up, code=code(shift), by=volunteer.user)
    assert send(tick(sign_up, "in", 20)) == [("refused", "was_there")]


def test_what_arrives_too_late_waits_for_approval(sign_up, tick, send, division, worker, centre_user):
    from accounts.models import RuleSet

    RuleSet.objects.update(offline_hours=0)
    send(tick(sign_up, "in", 20), tick(sign_up, "out", 5))
    sheet = Timesheet.objects.get()
    assert (sheet.status, sheet.grade) == ("waiting", "honour")
    assert not ServiceRecord.objects.exists()
    services.approve_time(timesheet=sheet, minutes=15, by=centre_user)
    assert ServiceRecord.objects.get().grade == "honour"


@pytest.mark.parametrize(
    "changed",
    [{"at": 1}, {"act": "out"}, {"signUp": "1"}, {"signature": "00"}, {"id": str(uuid.UUID(int=5))}],
)
def test_nobody_writes_a_tick_without_the_key(make_volunteer, sign_up_now, shift, tick, send, changed):
    for _ in range(2):
        sign_up = sign_up_now(make_volunteer(), shift)
    assert send(tick(sign_up, "in", 10, **changed)) == 400
    assert not OfflineEntry.objects.exists()


@pytest.mark.parametrize(
    "body", ["", "[]", '{"ticks": 3}', '{"ticks": [null]}', '{"ticks": [{"id": "x"}]}', "\xff"]
)
def test_nonsense_is_a_bad_request(phone, body):
    answer = phone.post(reverse("activities:offline_ticks"), body, content_type="application/json")
    assert answer.status_code == 400


def test_a_key_serves_its_own_person_and_shift(
    sign_up, tick, send, centre_user, stranger, shift, other_worker
):
    for user, status in ((centre_user, 403), (stranger, 403), (other_worker, 403)):
        other = Client()
        other.force_login(user)
        assert send(tick(sign_up, "in", 10), by=other) == status
    assert send(tick(sign_up, "in", 10), by=Client()) == 401  # the ticks stay on the phone
    assert send(tick(sign_up, "in", 10), name="forged") == 400
    assert not OfflineEntry.objects.exists()


def test_keys_are_for_who_runs_the_activity(shift, stranger, other_worker, volunteer):
    address = reverse("activities:offline_key", args=[shift.pk])
    for user in (stranger, other_worker, volunteer.user):
        client = Client()
        client.force_login(user)
        assert client.post(address).status_code == 404
    assert Client().post(address).status_code == 401


def test_every_order_of_arrival_gives_the_same_hours(sign_up, tick, send):
    ticks = [
        tick(sign_up, "in", 20),
        tick(sign_up, "out", 15),
        tick(sign_up, "in", 10),
        tick(sign_up, "out", 5),
    ]
    for order in itertools.permutations(ticks):
        send(*order)
        assert pairs() == [(20, 15), (10, 5)]
