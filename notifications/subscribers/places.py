"""Facts about places in shifts: the waiting list, stand-ins, swaps, series."""

from django.db.models import QuerySet

from activities import events as activities
from activities.models import Activity, QualificationGrant, Series, Shift, StandInAsk, StandingSignUp, Waiting
from core.events import subscribe
from notifications import topics
from notifications.particulars import address, of_activity, this_time, times_of
from notifications.services import pulse, tell
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
    activity = Activity.objects.get(shifts=fact.shift_id)
    if activity.status == Activity.Status.CANCELLED:  # everybody has been told that
        waited = Waiting.objects.filter(pk__in=fact.waiting_ids).values_list("volunteer__user", flat=True)
        pulse_activity(activity, *map(topics.me, waited))
        return
    for turn in _turns().filter(pk__in=fact.waiting_ids):
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


@subscribe(activities.StandInAsked)
def stand_in_asked(fact: activities.StandInAsked) -> None:
    ask = _ask(fact.ask_id)
    shift = ask.call.sign_up.shift
    tell(
        user=ask.volunteer.user,
        kind="swap-asked" if ask.gives_id else "stand-in-asked",
        params={"ask": ask.pk} | of_activity(shift.activity) | times_of(shift),
        link=address("activities:stand_in", ask.pk),
        dedupe_key=f"stand-in:{ask.pk}",
    )
    pulse(topics.me(ask.volunteer.user_id))


@subscribe(activities.StandInFound)
def stand_in_found(fact: activities.StandInFound) -> None:
    ask = _ask(fact.ask_id)
    given = ask.call.sign_up
    tell(
        user=given.volunteer.user,
        kind="stand-in-found",
        params={"person": ask.volunteer.public_name}
        | of_activity(given.shift.activity)
        | times_of(given.shift),
        link=address("activities:my_sign_ups"),
        dedupe_key=f"stand-in-found:{fact.call_id}",
    )
    pulse_activity(given.shift.activity, topics.me(given.volunteer.user_id))


@subscribe(activities.StandInDeclined)
def stand_in_declined(fact: activities.StandInDeclined) -> None:
    pulse(topics.me(_ask(fact.ask_id).call.sign_up.volunteer.user_id))


@subscribe(activities.StandInCallsEnded)
def stand_in_calls_ended(fact: activities.StandInCallsEnded) -> None:
    asked = StandInAsk.objects.filter(pk__in=fact.ask_ids).values_list("volunteer__user", flat=True)
    pulse(*(topics.me(user_id) for user_id in asked))


def _ask(ask_id: int) -> StandInAsk:
    return StandInAsk.objects.select_related(
        "volunteer__user", "call__sign_up__shift__activity", "call__sign_up__volunteer__user"
    ).get(pk=ask_id)


@subscribe(activities.SignUpRefused)
def sign_up_refused(fact: activities.SignUpRefused) -> None:
    _tell_turn(_turn(fact.waiting_id), "sign-up-refused", reason=fact.reason)


@subscribe(activities.QualificationClaimed)
def qualification_claimed(fact: activities.QualificationClaimed) -> None:
    pulse(*topics.desk(_grant(fact.grant_id).volunteer.home_division_id))


@subscribe(activities.QualificationChecked)
def qualification_checked(fact: activities.QualificationChecked) -> None:
    grant = _grant(fact.grant_id)
    tell(
        user=grant.volunteer.user,
        kind="qualification-accepted" if fact.is_accepted else "qualification-refused",
        params={"title": grant.qualification.name, "reason": fact.reason},
        link=address("activities:qualifications"),
        dedupe_key=f"qualification:{grant.pk}:{grant.status}",
    )
    pulse(*topics.desk(grant.volunteer.home_division_id))


def _grant(grant_id: int) -> QualificationGrant:
    return QualificationGrant.objects.select_related("volunteer__user", "qualification").get(pk=grant_id)


@subscribe(activities.SeriesRunsShort)
def series_runs_short(fact: activities.SeriesRunsShort) -> None:
    activity = Series.objects.select_related("activity__posted_by").get(pk=fact.series_id).activity
    tell(
        user=activity.posted_by,
        kind="series-short",
        params=of_activity(activity),
        link=address("activities:series", activity.pk),
        dedupe_key=f"series-short:{fact.series_id}:{this_time()}",
    )
    pulse_activity(activity)


@subscribe(activities.StandingPlaceMissed)
def standing_place_missed(fact: activities.StandingPlaceMissed) -> None:
    """Who has the place already, or whose activity is not published yet, has missed nothing."""
    if fact.code in {"signed_up_already", "not_recruiting"}:
        return
    standing = StandingSignUp.objects.select_related("volunteer__user").get(pk=fact.standing_id)
    shift = Shift.objects.select_related("activity").get(pk=fact.shift_id)
    tell(
        user=standing.volunteer.user,
        kind="standing-missed",
        params={"reason": fact.reason} | of_activity(shift.activity) | times_of(shift),
        link=address("activities:activity", shift.activity_id),
        dedupe_key=f"standing-missed:{standing.pk}:{shift.pk}",
    )
