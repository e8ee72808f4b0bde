"""A message in words, in the active language, and whether it is still true.

A message keeps only `params`: ids, numbers, moments and public words. From them `words_of` makes what the sentences may
use: `when` (starts_at, ends_at), `by` (answer_by), `hours` (minutes); a list of field names in `what` becomes words.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.templatetags import words
from notifications.catalogue.kinds import KINDS
from notifications.models import Notification


class Words(dict[str, Any]):
    """What a sentence may use; a message of an older release may lack a word."""

    def __missing__(self, name: str) -> str:
        return ""


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
