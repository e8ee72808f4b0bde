"""Every kind of message: its words, where it leads, how urgent it is, by which channels, and until when it is true.

The words are put together when the message is shown, in the language of whoever reads it. A message keeps only
`params`: ids, numbers, moments and public words. From them `words_of` makes what the sentences may use: `when`
(starts_at, ends_at), `by` (answer_by), `hours` (minutes); a list of field names in `what` becomes words, too.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from activities.models import SignUp, Waiting
from core.templatetags import words
from matching.models import Assignment, Offer
from notifications.models import Delivery, Notification

Channel = Delivery.Channel
LOOK = pgettext_lazy("button", "Have a look")
ANSWER = pgettext_lazy("button", "See and answer")
CALM = timedelta(
    minutes=2
)  # how long a message that is not urgent waits before it is mailed: perhaps it is read


class Words(dict[str, Any]):
    """What a sentence may use; a message of an older release may lack a word."""

    def __missing__(self, name: str) -> str:
        return ""


def still_asked(offer_ids: Iterable[int]) -> set[int]:
    return set(Offer.objects.open().filter(pk__in=offer_ids).values_list("pk", flat=True))


def still_going(assignment_ids: Iterable[int]) -> set[int]:
    return set(Assignment.objects.standing().filter(pk__in=assignment_ids).values_list("pk", flat=True))


def still_signed_up(sign_up_ids: Iterable[int]) -> set[int]:
    return set(SignUp.objects.standing().filter(pk__in=sign_up_ids).values_list("pk", flat=True))


def still_kept(waiting_ids: Iterable[int]) -> set[int]:
    kept = Waiting.objects.filter(status=Waiting.Status.OFFERED, answer_by__gt=timezone.now())
    return set(kept.filter(pk__in=waiting_ids).values_list("pk", flat=True))


def not_reviewed(assignment_ids: Iterable[int]) -> set[int]:
    waiting = Assignment.objects.filter(pk__in=assignment_ids, review__isnull=True)
    return set(waiting.values_list("pk", flat=True))


@dataclass(frozen=True)
class Kind:
    """One kind of message.

    `subject` is the toast, the line in the inbox and the subject of the mail; `body` says more. `about` names the
    param with the id that `still_true` is asked about: of many ids it returns those for which the message holds.
    """

    subject: Promise
    body: str | Promise = ""
    icon: str = "bell"
    is_urgent: bool = False
    by_email: bool = False
    action: str | Promise = LOOK
    about: str = ""
    still_true: Callable[[Iterable[int]], set[int]] | None = None

    @property
    def channels(self) -> tuple[Channel, ...]:
        return (Channel.SOCKET, Channel.EMAIL) if self.by_email else (Channel.SOCKET,)

    @property
    def waits(self) -> timedelta:
        """How long the mail waits for the message to be read in the inbox."""
        return timedelta() if self.is_urgent else CALM


KINDS: dict[str, Kind] = {
    # --- matching: to who is asked, goes and went
    "offer": Kind(
        _("Can you help? %(title)s, %(when)s"),
        _("Please answer by %(by)s. Whoever says yes first goes; saying no is fine."),
        icon="hand",
        is_urgent=True,
        by_email=True,
        action=ANSWER,
        about="offer",
        still_true=still_asked,
    ),
    "studio-offer": Kind(
        _("Can %(studio)s help? %(title)s, %(when)s"),
        _("Please answer by %(by)s and say who goes."),
        icon="studio",
        is_urgent=True,
        by_email=True,
        action=ANSWER,
        about="offer",
        still_true=still_asked,
    ),
    "offer-taken": Kind(
        _("Somebody has already said yes: %(title)s"),
        _("Thank you for being there. We ask again when something suits you."),
        icon="done",
    ),
    "offer-withdrawn": Kind(
        _("No longer needed: %(title)s"),
        _("There is nothing for you to do. Thank you for being there."),
        icon="done",
    ),
    "assignment": Kind(
        _("You are going: %(title)s, %(when)s"),
        _("Where to go and whom to call stands on the page of the assignment."),
        icon="calendar",
        by_email=True,
        about="assignment",
        still_true=still_going,
    ),
    "assignment-cancelled": Kind(
        _("You need not go: %(title)s, %(when)s"),
        _("It was cancelled. %(reason)s"),
        icon="stop",
        is_urgent=True,
        by_email=True,
    ),
    "reviewed": Kind(
        _("%(stars)s of 5 stars for: %(title)s"),
        _("The household has said how it was. Thank you."),
        icon="star",
    ),
    # --- matching: to the worker who posted the need
    "request-staffed": Kind(
        _("People found: %(title)s, %(when)s"), icon="users", action=pgettext_lazy("button", "See who goes")
    ),
    "request-returned": Kind(
        _("Nobody found yet: %(title)s, %(when)s"),
        _("The page says why. Change the need and ask again, or look for somebody yourself."),
        icon="warning",
        is_urgent=True,
        by_email=True,
        action=pgettext_lazy("button", "See why"),
    ),
    "request-lost-somebody": Kind(
        _("Somebody cannot come: %(title)s, %(when)s"),
        _("Others are being asked."),
        icon="warning",
        is_urgent=True,
        by_email=True,
    ),
    "request-cancelled": Kind(_("Cancelled: %(title)s, %(when)s"), "%(reason)s", icon="stop"),
    "service-done": Kind(_("Done: %(title)s"), _("You can read the report and close the need."), icon="done"),
    # --- matching: to the household's contact
    "household-registered": Kind(
        _("Your household is registered"),
        _("Your community worker can now look for help. You see here what is under way."),
        icon="home",
        by_email=True,
    ),
    "help-asked": Kind(
        _("We are looking for somebody: %(title)s, %(when)s"),
        _("We tell you when somebody is found."),
        icon="search",
    ),
    "help-found": Kind(
        _("Help is coming: %(title)s, %(when)s"), _("Your page says who comes."), icon="heart", by_email=True
    ),
    "help-on-the-way": Kind(
        _("On the way to you: %(title)s"),
        icon="walk",
        is_urgent=True,
        about="assignment",
        still_true=still_going,
    ),
    "help-cancelled": Kind(
        _("Not coming: %(title)s, %(when)s"),
        _("Your community worker knows and is looking for somebody else."),
        icon="warning",
        is_urgent=True,
        by_email=True,
    ),
    "request-called-off": Kind(
        _("Called off: %(title)s, %(when)s"), "%(reason)s", icon="stop", is_urgent=True, by_email=True
    ),
    "please-review": Kind(
        _("How was it? %(title)s"),
        _("A minute of yours helps the next household, and thanks who came."),
        icon="star",
        by_email=True,
        action=pgettext_lazy("button", "Say how it was"),
        about="assignment",
        still_true=not_reviewed,
    ),
    # --- activities
    "signed-up": Kind(
        _("Your place is kept: %(title)s, %(when)s"),
        _("Where: %(place)s. If you cannot come, give the place back in good time."),
        icon="calendar",
        by_email=True,
        about="sign_up",
        still_true=still_signed_up,
    ),
    "sign-up-cancelled": Kind(
        _("Your place was cancelled by the organiser: %(title)s, %(when)s"),
        icon="stop",
        is_urgent=True,
        by_email=True,
    ),
    "place-offered": Kind(
        _("A place is kept for you: %(title)s, %(when)s"),
        _("Take it until %(by)s; after that it goes to the next person who waits."),
        icon="hand",
        is_urgent=True,
        by_email=True,
        action=pgettext_lazy("button", "Take the place"),
        about="waiting",
        still_true=still_kept,
    ),
    "place-not-taken": Kind(
        _("The place went to the next person: %(title)s, %(when)s"),
        _("The time to take it was over. You can join the waiting list again."),
        icon="waiting",
    ),
    "waiting-closed": Kind(
        _("No place became free: %(title)s, %(when)s"),
        _("The waiting list is closed. Thank you for waiting; other activities need people."),
        icon="stop",
    ),
    "activity-changed": Kind(
        _("Changed: %(title)s"),
        _("What changed: %(what)s. Now: %(when)s, %(place)s."),
        icon="edit",
        is_urgent=True,
        by_email=True,
    ),
    "activity-cancelled": Kind(
        _("Cancelled: %(title)s, %(when)s"), "%(reason)s", icon="stop", is_urgent=True, by_email=True
    ),
    "activity-published": Kind(
        _("Published: %(title)s"), _("People can sign up now."), icon="calendar", by_email=True
    ),
    "activity-refused": Kind(
        _("Not published yet: %(title)s"),
        _("The centre says: %(reason)s Change it and send it again."),
        icon="edit",
        by_email=True,
    ),
    "hours": Kind(_("%(hours)s recorded: %(title)s"), _("Thank you for your time."), icon="clock"),
    "hours-corrected": Kind(
        _("Hours put right: %(title)s"), _("Your list of hours shows what was changed and why."), icon="clock"
    ),
    "correction-made": Kind(
        _("Your hours were put right: %(title)s"), "%(answer)s", icon="clock", by_email=True
    ),
    "correction-refused": Kind(
        _("Your hours stay as they are: %(title)s"), "%(answer)s", icon="clock", by_email=True
    ),
    # --- people
    "volunteer-verified": Kind(
        _("Welcome: you are a registered volunteer"),
        _("You can sign up for activities, and are asked when somebody near you needs what you can do."),
        icon="heart",
        by_email=True,
    ),
    "volunteer-suspended": Kind(
        _("Your registration is suspended"), "%(reason)s", icon="stop", is_urgent=True, by_email=True
    ),
    "volunteer-restored": Kind(
        _("Your registration is in force again"),
        _("You can sign up for activities and are asked again. Welcome back."),
        icon="heart",
        by_email=True,
    ),
    "record-answered": Kind(
        _("Your question about your record was answered"), "%(answer)s", icon="chat", by_email=True
    ),
    "studio-verified": Kind(
        _("%(studio)s is verified"),
        _("It is on the public list, and is asked when somebody needs what it offers."),
        icon="studio",
        by_email=True,
    ),
    "studio-suspended": Kind(
        _("%(studio)s is suspended"), "%(reason)s", icon="stop", is_urgent=True, by_email=True
    ),
    "studio-restored": Kind(
        _("%(studio)s is in force again"),
        _("It is on the public list again, and is asked. Welcome back."),
        icon="studio",
        by_email=True,
    ),
    "membership-asked": Kind(
        _("%(person)s wants to join %(organisation)s"), _("Let the person in, or say why not."), icon="users"
    ),
    "membership": Kind(
        _("You are a member of %(organisation)s"),
        _("Your hours count for it and for your neighbourhood both."),
        icon="users",
    ),
}

WHAT_CHANGED: dict[str, Promise] = {
    "title": pgettext_lazy("what changed", "title"),
    "about": pgettext_lazy("what changed", "description"),
    "place": pgettext_lazy("what changed", "place"),
    "lon": pgettext_lazy("what changed", "place"),
    "lat": pgettext_lazy("what changed", "place"),
    "starts_at": pgettext_lazy("what changed", "time"),
    "ends_at": pgettext_lazy("what changed", "time"),
    "shifts": pgettext_lazy("what changed", "time"),
}


@dataclass(frozen=True)
class Message:
    """A notification in words."""

    subject: str
    body: str
    icon: str
    action: str


def message_of(notification: Notification, *, lasting: bool = False) -> Message:
    """The words in the active language. `lasting`: with dates instead of "today", for what is read later."""
    kind = KINDS[notification.kind]
    found = words_of(notification.params, lasting=lasting)
    return Message(str(kind.subject) % found, (str(kind.body) % found).strip(), kind.icon, str(kind.action))


def words_of(params: Mapping[str, Any], *, lasting: bool = False) -> Words:
    found = Words(params)
    if starts_at := _moment(params.get("starts_at")):
        found["when"] = _period(starts_at, _moment(params.get("ends_at")), lasting)
    if answer_by := _moment(params.get("answer_by")):
        found["by"] = _period(answer_by, None, lasting)
    if "minutes" in params:
        found["hours"] = words.hours(params["minutes"])
    if "what" in params:
        named = {name: str(WHAT_CHANGED.get(name, _("something else"))) for name in params["what"]}
        found["what"] = gettext(", ").join(dict.fromkeys(named.values()))
    return found


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None


def _period(starts_at: datetime, ends_at: datetime | None, lasting: bool) -> str:
    far = starts_at - timedelta(days=14)
    return words.period(starts_at, ends_at, now=far if lasting else None)


def true_ones(notifications: Sequence[Notification]) -> set[int]:
    """The ids of those that still hold; one query for each kind that can be overtaken."""
    held = set()
    asked: dict[tuple[str, Callable[[Iterable[int]], set[int]]], list[Notification]] = {}
    for notification in notifications:
        kind = KINDS[notification.kind]
        if kind.still_true is None:
            held.add(notification.pk)
        else:
            asked.setdefault((kind.about, kind.still_true), []).append(notification)
    for (about, still_true), these in asked.items():
        holding = still_true({n.params[about] for n in these})
        held |= {n.pk for n in these if n.params[about] in holding}
    return held


def is_true(notification: Notification) -> bool:
    return notification.pk in true_ones([notification])
