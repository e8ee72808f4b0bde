"""Calling an activity off costs as many queries for thirty people as for three, and loses nothing of any of them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.models import Commitment, SourceKind
from activities import services
from activities.models import Activity, ShiftRole, SignUp, StandInAsk, StandInCall, Waiting
from core.errors import DomainError
from core.models import StateChange
from core.states import history, move_all
from notifications.models import Notification, Pulse

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_busy(make_activity, make_shift, make_volunteer):
    """An activity with so many sign-ups, each in the one role, each with a search for a stand-in; as many wait."""

    def make(count):
        shift = make_shift(make_activity(), places=count + 1)
        role = ShiftRole.objects.create(shift=shift, name="引导", places=count + 1)
        comer, asked = make_volunteer("不取消", skills=()), make_volunteer("可替", skills=())
        people = [make_volunteer(f"报名{number}", skills=()) for number in range(count)]
        others = [make_volunteer(f"排队{number}", skills=()) for number in range(count)]
        rows = [SignUp(shift=shift, volunteer=person, role=role) for person in people]
        signed_up = SignUp.objects.bulk_create(rows)
        arrived = SignUp.objects.create(shift=shift, volunteer=comer, role=role, status="checked-in")
        Commitment.objects.bulk_create(promise(row) for row in [*signed_up, arrived])
        calls = StandInCall.objects.bulk_create(StandInCall(sign_up=row) for row in signed_up)
        StandInAsk.objects.bulk_create(StandInAsk(call=call, volunteer=asked) for call in calls)
        Waiting.objects.bulk_create(Waiting(shift=shift, volunteer=person) for person in others)
        for counted in (type(shift).objects.filter(pk=shift.pk), ShiftRole.objects.filter(pk=role.pk)):
            counted.update(taken=F("taken") + count + 1)
        return shift

    return make


def promise(sign_up, **changes):
    values = {"source_kind": SourceKind.SIGN_UP, "source_id": sign_up.pk} | changes
    period = sign_up.shift.period
    return Commitment(volunteer_id=sign_up.volunteer_id, period=period, **values)


def call_off(shift, by):
    with CaptureQueriesContext(connection) as queries:
        services.cancel_activity(activity=shift.activity, reason="暴雨", by=by)
    return len(queries)


def test_thirty_people_cost_as_many_queries_as_three(make_busy, worker):
    few, many = make_busy(3), make_busy(30)
    assert call_off(few, worker) == call_off(many, worker)


def test_everybody_is_set_free_with_a_history_and_told_once(make_busy, worker):
    shift, untouched = make_busy(3), make_busy(1)
    Pulse.objects.all().delete()
    call_off(shift, worker)
    rows = shift.sign_ups.filter(status="cancelled").select_related("volunteer")
    assert rows.count() == 3
    for row in rows:
        assert row.cancelled_at
        assert not row.is_late_cancel
        (change,) = history(row)
        assert (change.before, change.after, change.by, change.reason) == (
            "signed-up",
            "cancelled",
            worker,
            "暴雨",
        )
        (told,) = Notification.objects.filter(user=row.volunteer.user)
        assert told.kind == "activity-cancelled"
    pulsed = {topic for row in Pulse.objects.all() for topic in row.topics}
    waiting = shift.waiting.select_related("volunteer")
    assert {f"me:{row.volunteer.user_id}" for row in [*rows, *waiting]} <= pulsed
    assert set(waiting.values_list("status", flat=True)) == {"closed"}
    assert set(StandInCall.objects.filter(sign_up__in=rows).values_list("status", flat=True)) == {"closed"}
    asks = StandInAsk.objects.filter(call__sign_up__in=rows)
    assert set(asks.values_list("status", flat=True)) == {"ended"}
    # who is there already keeps place and time, and so does everybody elsewhere
    shift.refresh_from_db()
    assert (shift.taken, shift.roles.get().taken, shift.held) == (1, 1, 0)
    arrived = SignUp.objects.get(shift=shift, status="checked-in")
    kept = {arrived.pk, *untouched.sign_ups.values_list("pk", flat=True)}
    assert set(Commitment.objects.values_list("source_id", flat=True)) == kept
    assert untouched.sign_ups.filter(status="signed-up").exists()


def test_a_promise_of_another_kind_with_the_same_number_stays(make_busy, worker):
    shift = make_busy(1)
    row = shift.sign_ups.get(status="signed-up")
    other = promise(row, source_kind=SourceKind.ASSIGNMENT)
    other.period = tuple(moment + timedelta(days=1) for moment in row.shift.period)
    other.save()
    call_off(shift, worker)
    assert Commitment.objects.filter(volunteer=row.volunteer).get().source_kind == SourceKind.ASSIGNMENT


def test_nothing_moves_when_one_of_many_may_not(make_activity, worker):
    moves = {"recruiting": frozenset({"cancelled"})}
    rows = [make_activity(), make_activity(status="draft")]
    with pytest.raises(DomainError) as refusal:
        move_all(rows, "cancelled", moves=moves, by=worker)
    assert refusal.value.code == "not_in_this_state"
    assert set(Activity.objects.values_list("status", flat=True)) == {"recruiting", "draft"}
    assert not StateChange.objects.exists()
