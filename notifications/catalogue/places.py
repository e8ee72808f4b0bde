"""Messages about places in shifts: the waiting list, stand-ins, swaps, series."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models import StandInAsk, Waiting
from notifications.catalogue.kind import ANSWER, Group, Kind


def still_kept(waiting_ids: Iterable[int]) -> set[int]:
    kept = Waiting.objects.filter(status=Waiting.Status.OFFERED, answer_by__gt=timezone.now())
    return set(kept.filter(pk__in=waiting_ids).values_list("pk", flat=True))


def still_asked_to_stand_in(ask_ids: Iterable[int]) -> set[int]:
    return set(StandInAsk.objects.open().filter(pk__in=ask_ids).values_list("pk", flat=True))


KINDS: dict[str, Kind] = {
    "place-offered": Kind(
        _("A place is kept for you: %(title)s, %(when)s"),
        _("Take it until %(by)s; after that it goes to the next person who waits."),
        icon="hand",
        is_urgent=True,
        by_email=True,
        action=pgettext_lazy("button", "Take the place"),
        about="waiting",
        still_true=still_kept,
        group=Group.GOING,
    ),
    "place-not-taken": Kind(
        _("The place went to the next person: %(title)s, %(when)s"),
        _("The time to take it was over. You can join the waiting list again."),
        icon="waiting",
        group=Group.GOING,
    ),
    "waiting-closed": Kind(
        _("No place became free: %(title)s, %(when)s"),
        _("The waiting list is closed. Thank you for waiting; other activities need people."),
        icon="stop",
        group=Group.GOING,
    ),
    "stand-in-asked": Kind(
        _("Can you stand in? %(title)s, %(when)s"),
        _("Somebody cannot come. Whoever says yes first goes; saying no is fine."),
        icon="hand",
        is_urgent=True,
        by_email=True,
        action=ANSWER,
        about="ask",
        still_true=still_asked_to_stand_in,
        group=Group.ASKED,
    ),
    "swap-asked": Kind(
        _("Swap shifts? %(title)s, %(when)s"),
        _("Somebody of another shift asks to swap with you. Saying no is fine."),
        icon="hand",
        by_email=True,
        action=ANSWER,
        about="ask",
        still_true=still_asked_to_stand_in,
        group=Group.ASKED,
    ),
    "stand-in-found": Kind(
        _("%(person)s comes instead of you: %(title)s, %(when)s"),
        _("Nothing is counted against you. “My sign-ups” shows how it stands."),
        icon="done",
        is_urgent=True,
        by_email=True,
        group=Group.GOING,
    ),
    "sign-up-refused": Kind(
        _("Not taken this time: %(title)s, %(when)s"),
        _("The organiser says: %(reason)s"),
        icon="stop",
        by_email=True,
        group=Group.GOING,
    ),
    "qualification-accepted": Kind(
        _("Your paper was checked: %(title)s"),
        _("From now on you can take places that need it."),
        icon="shield",
        group=Group.ACCOUNT,
    ),
    "qualification-refused": Kind(
        _("Your paper was not accepted: %(title)s"),
        "%(reason)s",
        icon="stop",
        by_email=True,
        group=Group.ACCOUNT,
    ),
    "series-short": Kind(
        _("No further shifts are being made: %(title)s"),
        _("The shifts that exist stay as they are. Tell the volunteer centre that the series has stopped."),
        icon="warning",
        is_urgent=True,
        by_email=True,
        group=Group.MINE,
    ),
    "standing-missed": Kind(
        _("You could not be given the place: %(title)s, %(when)s"),
        "%(reason)s",
        icon="warning",
        by_email=True,
        group=Group.GOING,
    ),
}
