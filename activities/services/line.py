"""The line of those who wait for a place in a shift, and the counting of places. Everything here is called with the
shift's row locked."""

from datetime import datetime, timedelta

from django.db.models import F

from accounts.models import RuleSet
from activities.checks.sign_up import SIGN_UP_CHECKS, check_has_room, why_not
from activities.checks.wishes import Wish, wishes_for
from activities.events import PlaceNotTaken, PlaceOffered, WaitingListClosed
from activities.models import Activity, Shift, ShiftRole, Waiting
from activities.rules import place_is_kept_until
from core.events import publish


def count_places(*, shift: Shift, role_id: int | None, taken: int = 0, held: int = 0) -> None:
    """Add to what is taken and kept of a shift, and of one of its roles."""
    Shift.objects.filter(pk=shift.pk).update(taken=F("taken") + taken, held=F("held") + held)
    if role_id is not None:
        ShiftRole.objects.filter(pk=role_id).update(taken=F("taken") + taken, held=F("held") + held)


def role_for(wish: Wish, *, kept: Waiting | None = None, wanted: ShiftRole | None = None) -> ShiftRole | None:
    """The role in which this person comes: the one that is kept, else the wanted one, else the first that has room.
    None for a shift without roles. Raises DomainError `full`."""
    if not wish.roles:
        return None
    if kept is not None and kept.role is not None:
        return kept.role
    open_ones = [role for role in wish.own_roles if role.free > 0]
    if not open_ones:
        check_has_room(wish)
    return next((role for role in open_ones if role == wanted), open_ones[0])


def release_kept(waiting: Waiting) -> None:
    count_places(shift=waiting.shift, role_id=waiting.role_id, held=-1)


def offer_free_places(*, shift: Shift, rules: RuleSet, now: datetime) -> list[Waiting]:
    """Keep each free place for the next in line who could take it now. Whoever could not (another promise at that
    time, a suspension, no paper for the role that is free) keeps the place in the line and is passed over. Where the
    organiser confirms each sign-up nothing is offered by itself."""
    shift.refresh_from_db(fields=["taken", "held", "places"])
    activity = shift.activity
    if now >= shift.starts_at or activity.status != Activity.Status.RECRUITING or activity.confirms_sign_ups:
        return []
    answer_by = place_is_kept_until(
        now,
        shift.starts_at,
        percent=rules.place_offer_percent,
        least=timedelta(minutes=rules.place_offer_least_minutes),
        most=timedelta(minutes=rules.place_offer_most_minutes),
    )
    offered: list[Waiting] = []
    for waiting in (
        shift.waiting.filter(status=Waiting.Status.WAITING).select_related("volunteer").order_by("id")
    ):
        shift.refresh_from_db(fields=["taken", "held"])
        if shift.free <= 0:
            break
        (wish,) = wishes_for([shift], waiting.volunteer, rules=rules, now=now)
        if why_not(wish, SIGN_UP_CHECKS) is None:
            waiting.status, waiting.offered_at, waiting.answer_by = Waiting.Status.OFFERED, now, answer_by
            waiting.role = role_for(wish)
            waiting.save(update_fields=["status", "offered_at", "answer_by", "role"])
            count_places(shift=shift, role_id=waiting.role_id, held=1)
            offered.append(waiting)
            publish(PlaceOffered(waiting_id=waiting.pk, volunteer_id=waiting.volunteer_id, shift_id=shift.pk))
    return offered


def give_up_kept_place(waiting: Waiting, *, after: Waiting.Status, was_in_time: bool) -> None:
    """A kept place is kept no longer: declined, or not taken in time."""
    release_kept(waiting)
    waiting.status, waiting.role = after, None
    waiting.save(update_fields=["status", "role"])
    publish(
        PlaceNotTaken(
            waiting_id=waiting.pk,
            volunteer_id=waiting.volunteer_id,
            shift_id=waiting.shift_id,
            was_in_time=was_in_time,
        )
    )


def close_line(shift: Shift) -> None:
    """Nobody waits for this shift any more, and nothing is kept."""
    closed = tuple(shift.waiting.in_line().order_by("id").values_list("pk", flat=True))
    if closed:
        publish(WaitingListClosed(shift_id=shift.pk, waiting_ids=closed))
        shift.waiting.in_line().update(status=Waiting.Status.CLOSED, role=None)
        Shift.objects.filter(pk=shift.pk).update(held=0)
        shift.roles.update(held=0)
