"""The line of those who wait for a place in a shift. Everything here is called with the shift's row locked."""

from datetime import datetime, timedelta

from django.db.models import F

from accounts.models import RuleSet
from activities.checks.sign_up import WAITING_CHECKS, why_not, wishes_for
from activities.events import PlaceNotTaken, PlaceOffered, WaitingListClosed
from activities.models import Activity, Shift, Waiting
from activities.rules import place_is_kept_until
from core.events import publish


def offer_free_places(*, shift: Shift, rules: RuleSet, now: datetime) -> list[Waiting]:
    """Keep each free place for the next in line who could take it now. Whoever could not (another promise at that
    time, a suspension) keeps the place in the line and is passed over."""
    shift.refresh_from_db(fields=["taken", "held", "places"])
    if shift.free <= 0 or now >= shift.starts_at or shift.activity.status != Activity.Status.RECRUITING:
        return []
    answer_by = place_is_kept_until(
        now,
        shift.starts_at,
        percent=rules.place_offer_percent,
        least=timedelta(minutes=rules.place_offer_least_minutes),
        most=timedelta(minutes=rules.place_offer_most_minutes),
    )
    offered: list[Waiting] = []
    line = shift.waiting.filter(status=Waiting.Status.WAITING).select_related("volunteer").order_by("id")
    for waiting in line:
        if len(offered) == shift.free:
            break
        (wish,) = wishes_for([shift], waiting.volunteer, rules=rules, now=now)
        if why_not(wish, WAITING_CHECKS) is None:
            waiting.status, waiting.offered_at, waiting.answer_by = Waiting.Status.OFFERED, now, answer_by
            waiting.save(update_fields=["status", "offered_at", "answer_by"])
            offered.append(waiting)
    Shift.objects.filter(pk=shift.pk).update(held=F("held") + len(offered))
    for waiting in offered:
        publish(PlaceOffered(waiting_id=waiting.pk, volunteer_id=waiting.volunteer_id, shift_id=shift.pk))
    return offered


def give_up_kept_place(waiting: Waiting, *, after: Waiting.Status, was_in_time: bool) -> None:
    """A kept place is kept no longer: declined, or not taken in time."""
    waiting.status = after
    waiting.save(update_fields=["status"])
    Shift.objects.filter(pk=waiting.shift_id).update(held=F("held") - 1)
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
        shift.waiting.in_line().update(status=Waiting.Status.CLOSED)
        Shift.objects.filter(pk=shift.pk).update(held=0)
