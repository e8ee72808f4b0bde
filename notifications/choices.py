"""Acts: a person decides what to be told, by which channel and when.

`by` is the person, also where a signed link of a message stands for the login (notifications/links.py).
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from notifications.catalogue import KINDS, Channel, Group
from notifications.models import Choice, Delivery, Preferences

LONGEST_HOLIDAY = timedelta(days=366)


@transaction.atomic
def choose(*, user: User, scope: str, channel: Channel, is_on: bool, by: User) -> None:
    """Switch a group, or one kind, on or off for one channel. Deciding about a group forgets what was decided about
    its kinds. Raises DomainError: not_yours, no_such_switch."""
    check_is_own(user, by)
    is_group = scope in Group.values
    if (not is_group and scope not in KINDS) or channel == Channel.SOCKET:
        raise DomainError("no_such_switch", _("There is no such switch."))
    if is_group:
        kinds = [name for name, kind in KINDS.items() if kind.group == scope]
        Choice.objects.filter(user=user, scope__in=kinds, channel=channel).delete()
    Choice.objects.update_or_create(user=user, scope=scope, channel=channel, defaults={"is_on": is_on})


@transaction.atomic
def choose_many(*, user: User, switches: Mapping[tuple[Group, Channel], bool], by: User) -> None:
    """The whole table of the settings page; only what differs is written. Raises DomainError: not_yours."""
    for (group, channel), is_on in switches.items():
        choose(user=user, scope=group, channel=channel, is_on=is_on, by=by)


@transaction.atomic
def set_preferences(*, user: User, by: User, **values: Any) -> Preferences:
    """Rhythm, quiet hours and lead time. Who wants mail at once again gets at once what was being collected.

    Raises DomainError: not_yours.
    """
    check_is_own(user, by)
    preferences, _created = Preferences.objects.update_or_create(user=user, defaults=values)
    if preferences.rhythm == Preferences.Rhythm.NOW and not user.is_away(timezone.localdate()):
        release(user)
    return preferences


def release(user: User) -> None:
    """What was being collected for this person goes out now."""
    collected = Delivery.objects.filter(notification__user=user, in_digest=True, state=Delivery.State.WAITING)
    collected.update(due_at=timezone.now())


@transaction.atomic
def take_holiday(*, user: User, since: date | None, until: date | None, by: User) -> User:
    """Nobody asks from `since` to `until`, both included; what can wait is told afterwards. None for both ends it.

    Raises DomainError: not_yours, holiday_backwards, holiday_over, holiday_too_long.
    """
    check_is_own(user, by)
    row: User = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if since is None or until is None:
        since = until = None
    else:
        check_is_a_holiday(since, until)
    row.away_from, row.away_until = since, until
    row.save(update_fields=["away_from", "away_until"])
    if not row.is_away(timezone.localdate()):
        release(row)
    return row


def check_is_a_holiday(since: date, until: date) -> None:
    if until < since:
        raise DomainError("holiday_backwards", _("The last day is before the first."))
    if until < timezone.localdate():
        raise DomainError("holiday_over", _("This holiday is over already."), help=_("Choose days to come."))
    if until - since > LONGEST_HOLIDAY:
        raise DomainError(
            "holiday_too_long",
            _("That is more than a year."),
            help=_("Choose a nearer day; you can always make it longer."),
        )


def check_is_own(user: User, by: User) -> None:
    if user.pk != by.pk:
        raise DomainError("not_yours", _("Only the person decides about the own messages."))


@transaction.atomic
def forget_choice(*, user: User, scope: str, by: User) -> None:
    """A kind follows its group again, on every channel. Raises DomainError: not_yours."""
    check_is_own(user, by)
    Choice.objects.filter(user=user, scope=scope).delete()


@transaction.atomic
def set_rhythm(*, user: User, rhythm: Preferences.Rhythm, by: User) -> None:
    """At once, daily or weekly; everything else stays. Raises DomainError: not_yours."""
    set_preferences(user=user, by=by, rhythm=rhythm)
