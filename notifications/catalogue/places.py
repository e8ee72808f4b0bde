"""Messages about places in shifts: the waiting list, stand-ins, swaps, series."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models import Waiting
from notifications.catalogue.kind import Group, Kind


def still_kept(waiting_ids: Iterable[int]) -> set[int]:
    kept = Waiting.objects.filter(status=Waiting.Status.OFFERED, answer_by__gt=timezone.now())
    return set(kept.filter(pk__in=waiting_ids).values_list("pk", flat=True))


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
}
