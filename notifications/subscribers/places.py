"""Facts about places in shifts: the waiting list, stand-ins, swaps, series."""

from django.db.models import QuerySet

from activities import events as activities
from activities.models import Activity, Waiting
from core.events import subscribe
from notifications import topics
from notifications.particulars import address, of_activity, times_of
from notifications.services import tell
from notifications.subscribers.activities import pulse_activity


@subscribe(activities.WaitingListJoined)
def waiting_list_joined(fact: activities.WaitingListJoined) -> None:
    _pulse_turn(_turn(fact.waiting_id))


@subscribe(activities.PlaceOffered)
def place_offered(fact: activities.PlaceOffered) -> None:
    turn = _turn(fact.waiting_id)
    assert turn.answer_by is not None, "constraint an_offered_place_has_a_time_limit"  # noqa: S101
    _tell_turn(turn, "place-offered", answer_by=turn.answer_by.isoformat())


@subscribe(activities.PlaceNotTaken)
def place_not_taken(fact: activities.PlaceNotTaken) -> None:
    turn = _turn(fact.waiting_id)
    if fact.was_in_time:
        _pulse_turn(turn)
    else:
        _tell_turn(turn, "place-not-taken")


@subscribe(activities.WaitingListClosed)
def waiting_list_closed(fact: activities.WaitingListClosed) -> None:
    for turn in _turns().filter(pk__in=fact.waiting_ids):
        if turn.shift.activity.status == Activity.Status.CANCELLED:  # everybody has been told that
            _pulse_turn(turn)
        else:
            _tell_turn(turn, "waiting-closed")


def _tell_turn(turn: Waiting, kind: str, **params: str) -> None:
    tell(
        user=turn.volunteer.user,
        kind=kind,
        params={"waiting": turn.pk} | of_activity(turn.shift.activity) | times_of(turn.shift) | params,
        link=address("activities:kept_place", turn.pk),
        dedupe_key=f"{kind}:{turn.pk}",
    )
    _pulse_turn(turn)


def _turns() -> "QuerySet[Waiting, Waiting]":
    return Waiting.objects.select_related("shift__activity", "volunteer__user").order_by("pk")


def _turn(waiting_id: int) -> Waiting:
    return _turns().get(pk=waiting_id)


def _pulse_turn(turn: Waiting) -> None:
    pulse_activity(turn.shift.activity, topics.me(turn.volunteer.user_id))
