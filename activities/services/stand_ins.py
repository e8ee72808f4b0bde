"""Who cannot come finds somebody who comes instead, or swaps shifts with somebody. Until somebody says yes the place
stays with whoever has it; then it changes hands in one transaction, and nobody is counted as having cancelled late.

Lock order: shifts by id, volunteers by id, then the call and its asks.
"""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from accounts.models import SourceKind, User, Volunteer
from accounts.services import record_ask
from activities.candidates import who_could_come
from activities.checks.sign_up import (
    WAITING_CHECKS,
    check_acts_for_oneself,
    check_sign_up,
    why_not,
)
from activities.checks.stand_ins import (
    check_can_be_given,
    check_is_another_shift,
    check_nobody_waits,
    check_somebody_can_be_asked,
    check_still_needs_an_answer,
)
from activities.checks.wishes import Wish, wishes_for, with_fresh_roles
from activities.events import StandInAsked, StandInDeclined, StandInFound
from activities.models import Shift, SignUp, StandInAsk, StandInCall
from activities.services.calls import end_calls
from activities.services.sign_up import give_back, rules_of, take_place
from core.events import publish

Asked = Sequence[tuple[Volunteer, SignUp | None]]


@transaction.atomic
def look_for_stand_in(*, sign_up: SignUp, by: User) -> StandInCall:
    """Ask the first few who could come, the least recently asked first. Again asks as many more.

    Raises DomainError `not_oneself`, `too_late_to_give`, `people_wait`, `nobody_to_ask`.
    """
    shift, locked = _locked(sign_up)
    check_acts_for_oneself(locked.volunteer, by)
    check_can_be_given(locked)
    check_nobody_waits(shift)
    rules = rules_of(shift)
    call = _open_call(locked, wanted=None)
    asked = call.asks.values_list("volunteer", flat=True) if call else ()
    found = who_could_come(
        shift,
        rules=rules,
        now=timezone.now(),
        limit=rules.stand_ins_asked,
        role=locked.role,
        without=[locked.volunteer_id, *asked],
    )
    check_somebody_can_be_asked(found)
    call = call or StandInCall.objects.create(sign_up=locked)
    _ask(call, [(volunteer, None) for volunteer in found])
    return call


@transaction.atomic
def propose_swap(*, sign_up: SignUp, wanted: Shift, by: User) -> StandInCall:
    """Ask those who have a place in another shift of the activity whether they swap. Again changes nothing.

    Raises DomainError `not_oneself`, `too_late_to_give`, `not_a_shift_to_swap`, `nobody_to_ask`, or one of
    WAITING_CHECKS for the wanted shift.
    """
    shift, locked = _locked(sign_up)
    check_acts_for_oneself(locked.volunteer, by)
    check_can_be_given(locked)
    check_is_another_shift(locked, wanted)
    call = _open_call(locked, wanted=wanted)
    if call is not None:
        return call
    _check_could_take(wanted, locked.volunteer, instead_of=locked)
    others = SignUp.objects.filter(shift=wanted, status=SignUp.Status.SIGNED_UP)
    others = others.select_related("volunteer__user").order_by("id")
    could = [other for other in others if _could_take(shift, other.volunteer, instead_of=other)]
    check_somebody_can_be_asked(could)
    call = StandInCall.objects.create(sign_up=locked, wanted_shift=wanted)
    _ask(call, [(other.volunteer, other) for other in could])
    return call


@transaction.atomic
def agree_to_stand_in(*, ask: StandInAsk, by: User) -> SignUp:
    """Say yes: the first who does comes. The place, and in a swap the other one too, changes hands; a second yes of the
    same person gives the same place back.

    Raises DomainError `not_oneself`, `no_longer_needed`, `declined_already`, `too_late_to_give`, or one of
    WAITING_CHECKS.
    """
    call = ask.call
    _lock_shifts(call.sign_up.shift_id, call.wanted_shift_id)
    locked = _locked_ask(ask)
    check_acts_for_oneself(locked.volunteer, by)
    given = locked.call.sign_up
    if locked.status == StandInAsk.Status.AGREED:
        return SignUp.objects.standing().get(shift=given.shift, volunteer=locked.volunteer)
    check_still_needs_an_answer(locked)
    check_can_be_given(given)
    theirs = None
    if locked.gives is not None:
        check_can_be_given(locked.gives)
        theirs = _check_could_take(locked.gives.shift, given.volunteer, instead_of=given)
    mine = _check_could_take(given.shift, locked.volunteer, instead_of=locked.gives)
    locked.status, locked.answered_at = StandInAsk.Status.AGREED, timezone.now()
    locked.save(update_fields=["status", "answered_at"])
    end_calls(given, after=StandInCall.Status.FILLED)
    # each gives the own place on their own: the one asked for it, the other agreed
    for sign_up in filter(None, (given, locked.gives)):
        give_back(sign_up, by=sign_up.volunteer.user, reason=f"{StandInCall.__name__} {call.pk}")
    taken = take_place(wish=with_fresh_roles(mine), role=given.role)
    if theirs is not None and locked.gives is not None:
        take_place(wish=with_fresh_roles(theirs), role=locked.gives.role)
    publish(StandInFound(call_id=call.pk, ask_id=locked.pk))
    return taken


@transaction.atomic
def decline_stand_in(*, ask: StandInAsk, by: User) -> StandInAsk:
    """Say no; in a search for a stand-in the next person is asked at once. Again changes nothing. Raises DomainError
    `not_oneself`, `no_longer_needed`."""
    shift, _sign_up = _locked(ask.call.sign_up)
    locked = _locked_ask(ask)
    check_acts_for_oneself(locked.volunteer, by)
    if locked.status == StandInAsk.Status.DECLINED:
        return locked
    check_still_needs_an_answer(locked)
    locked.status, locked.answered_at = StandInAsk.Status.DECLINED, timezone.now()
    locked.save(update_fields=["status", "answered_at"])
    publish(StandInDeclined(call_id=locked.call_id, ask_id=locked.pk))
    if locked.gives is None:
        asked = locked.call.asks.values_list("volunteer", flat=True)
        without = [locked.call.sign_up.volunteer_id, *asked]
        rules = rules_of(shift)
        following = who_could_come(
            shift, rules=rules, now=timezone.now(), limit=1, role=locked.call.sign_up.role, without=without
        )
        _ask(locked.call, [(volunteer, None) for volunteer in following])
    return locked


@transaction.atomic
def withdraw_call(*, sign_up: SignUp, by: User) -> None:
    """Come after all: the questions end. Again changes nothing. Raises DomainError `not_oneself`."""
    _shift, locked = _locked(sign_up)
    check_acts_for_oneself(locked.volunteer, by)
    end_calls(locked, after=StandInCall.Status.WITHDRAWN)


def _open_call(sign_up: SignUp, *, wanted: Shift | None) -> StandInCall | None:
    """The search that is on; one of another kind ends for it."""
    call = StandInCall.objects.filter(sign_up=sign_up, status=StandInCall.Status.OPEN).first()
    if call is not None and call.wanted_shift != wanted:
        end_calls(sign_up, after=StandInCall.Status.WITHDRAWN)
        return None
    return call


def _ask(call: StandInCall, people: Asked) -> None:
    now = timezone.now()
    for volunteer, gives in people:
        ask = StandInAsk.objects.create(call=call, volunteer=volunteer, gives=gives)
        record_ask(volunteer=volunteer, source_kind=SourceKind.STAND_IN, source_id=ask.pk, asked_at=now)
        publish(StandInAsked(ask_id=ask.pk, volunteer_id=volunteer.pk))


def _check_could_take(shift: Shift, volunteer: Volunteer, *, instead_of: SignUp | None) -> Wish:
    """The wish. Raises the DomainError of the first of WAITING_CHECKS; the promise given for it is not in the way."""
    person = Volunteer.objects.get(pk=volunteer.pk)
    given = None if instead_of is None else instead_of.pk
    (wish,) = wishes_for([shift], person, rules=rules_of(shift), now=timezone.now(), instead_of_sign_up=given)
    check_sign_up(wish, WAITING_CHECKS)
    return wish


def _could_take(shift: Shift, volunteer: Volunteer, *, instead_of: SignUp) -> bool:
    (wish,) = wishes_for(
        [shift], volunteer, rules=rules_of(shift), now=timezone.now(), instead_of_sign_up=instead_of.pk
    )
    return why_not(wish, WAITING_CHECKS) is None


def _lock_shifts(*ids: int | None) -> None:
    wanted: Iterable[int] = sorted(pk for pk in ids if pk is not None)
    list(Shift.objects.select_for_update().filter(pk__in=wanted).order_by("id").values_list("pk"))


def _locked(sign_up: SignUp) -> tuple[Shift, SignUp]:
    shift = Shift.objects.select_for_update(of=("self",)).select_related("activity").get(pk=sign_up.shift_id)
    row = SignUp.objects.select_for_update(of=("self",)).select_related(
        "volunteer", "shift__activity", "role"
    )
    return shift, row.get(pk=sign_up.pk)


def _locked_ask(ask: StandInAsk) -> StandInAsk:
    rows = StandInAsk.objects.select_for_update(of=("self",)).select_related(
        "volunteer__user",
        "call__sign_up__shift__activity",
        "call__sign_up__volunteer__user",
        "gives__shift__activity",
        "gives__role",
        "call__sign_up__role",
        "gives__volunteer__user",
    )
    return rows.get(pk=ask.pk)
