"""What a kind of message is, the groups that a person decides about, and until when a message is true."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.models import Shift, SignUp
from matching.models import Assignment, Offer
from notifications.models import Delivery

Channel = Delivery.Channel
LOOK = pgettext_lazy("button", "Have a look")
ANSWER = pgettext_lazy("button", "See and answer")
# how long a message that is not urgent waits before it is mailed: perhaps it is read
CALM = timedelta(minutes=2)


class Group(TextChoices):
    """What a person decides about: a few groups in plain words instead of a switch for every kind."""

    ASKED = "asked", _("Somebody asks for my help")
    GOING = "going", _("What I have promised")
    MINE = "mine", _("Needs and activities that I look after")
    HOUSEHOLD = "household", _("Help for my household")
    RECORD = "record", _("My hours, stars and thanks")
    ACCOUNT = "account", _("My registration and my groups")


def still_asked(offer_ids: Iterable[int]) -> set[int]:
    return set(Offer.objects.open().filter(pk__in=offer_ids).values_list("pk", flat=True))


def still_proposed(request_ids: Iterable[int]) -> set[int]:
    """Needs whose proposals wait for the worker's word."""
    waiting = Offer.objects.filter(request__in=list(request_ids), status=Offer.Status.PROPOSED)
    return set(waiting.values_list("request_id", flat=True))


def still_going(assignment_ids: Iterable[int]) -> set[int]:
    return set(Assignment.objects.standing().filter(pk__in=assignment_ids).values_list("pk", flat=True))


def still_signed_up(sign_up_ids: Iterable[int]) -> set[int]:
    return set(SignUp.objects.standing().filter(pk__in=sign_up_ids).values_list("pk", flat=True))


def still_unconfirmed_place(sign_up_ids: Iterable[int]) -> set[int]:
    waiting = SignUp.objects.filter(
        pk__in=sign_up_ids, status=SignUp.Status.SIGNED_UP, confirmed_at__isnull=True
    )
    return set(waiting.filter(shift__starts_at__gt=timezone.now()).values_list("pk", flat=True))


def still_unconfirmed_assignment(assignment_ids: Iterable[int]) -> set[int]:
    waiting = Assignment.objects.filter(
        pk__in=assignment_ids, status=Assignment.Status.ACCEPTED, confirmed_at__isnull=True
    )
    return set(waiting.filter(request__starts_at__gt=timezone.now()).values_list("pk", flat=True))


def still_open(sign_up_ids: Iterable[int]) -> set[int]:
    """Those who signed in and not out."""
    inside = SignUp.objects.filter(pk__in=sign_up_ids, status=SignUp.Status.CHECKED_IN)
    return set(inside.values_list("pk", flat=True))


def still_with_room(shift_ids: Iterable[int]) -> set[int]:
    free = Shift.objects.with_room().filter(pk__in=shift_ids, starts_at__gt=timezone.now())
    return set(free.values_list("pk", flat=True))


def not_reviewed(assignment_ids: Iterable[int]) -> set[int]:
    waiting = Assignment.objects.filter(pk__in=assignment_ids, review__isnull=True)
    return set(waiting.values_list("pk", flat=True))


# what stands beneath the name of a group where a person decides
ABOUT: dict[Group, Promise] = {
    Group.ASKED: _("Offers near you, and places that are still free."),
    Group.GOING: _("Places and visits of yours: kept, changed, cancelled, and a reminder before they begin."),
    Group.MINE: _("Who was found, who cannot come, what the centre has decided."),
    Group.HOUSEHOLD: _("Who comes and when, and whether somebody cannot come."),
    Group.RECORD: _("Hours that were written down, stars, answers to your questions."),
    Group.ACCOUNT: _("Your registration, your studio, your unit."),
}


@dataclass(frozen=True)
class Kind:
    """One kind of message.

    `subject` is the toast, the line in the inbox and the subject of the mail; `body` says more. `about` names the
    param with the id that `still_true` is asked about: of many ids it returns those for which the message holds.
    `group` is what the person decides about. `is_safety`: somebody's safety may hang on it, so that quiet hours,
    digests and holidays do not hold it back.
    """

    subject: Promise
    body: str | Promise = ""
    icon: str = "bell"
    is_urgent: bool = False
    by_email: bool = False
    by_sms: bool = False
    is_safety: bool = False
    action: str | Promise = LOOK
    about: str = ""
    still_true: Callable[[Iterable[int]], set[int]] | None = None
    group: Group = field(kw_only=True)

    @property
    def channels(self) -> tuple[Channel, ...]:
        offered = {
            Channel.SOCKET: True,
            Channel.EMAIL: self.by_email,
            Channel.PUSH: self.by_email or self.is_urgent,
            Channel.SMS: self.by_sms,
            Channel.WECHAT: self.by_email,
        }
        return tuple(channel for channel, is_offered in offered.items() if is_offered)

    @property
    def waits(self) -> timedelta:
        """How long the mail waits for the message to be read in the inbox."""
        return timedelta() if self.is_urgent else CALM
