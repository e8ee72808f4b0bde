"""One need as the worker follows it: who was found and why, who answered what, and what happened when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.models import Purpose, SensitiveReading, StateChange
from matching.forms import TimesForm
from matching.models import Assignment, Offer, ServiceRequest
from matching.rulebook import rounding_of
from matching.states import OUT_AGAIN, STILL_TO_COME

Need, Answer = ServiceRequest.Status, Offer.Status

OF_INTEREST = (Answer.SENT, Answer.ACCEPTED, Answer.DECLINED, Answer.EXPIRED)


@dataclass(frozen=True)
class Line:
    """One line of the timeline (components/timeline.html)."""

    changed_at: datetime
    word: str
    by: User | None = None
    reason: str = ""


def case_of(need: ServiceRequest, *, reader: User) -> dict[str, Any]:
    """The context of the worker's page; the number of queries does not depend on how many were asked."""
    offers = list(need.offers.select_related("volunteer__user", "studio").order_by("ring", "-score", "pk"))
    assignments = list(need.assignments.select_related("volunteer__user", "studio", "review").order_by("pk"))
    standing = [row for row in assignments if row.status != Assignment.Status.CANCELLED]
    has_began = need.starts_at <= timezone.now()
    proposed = [offer for offer in offers if offer.status == Answer.PROPOSED]
    may_ask_again = need.status == Need.RETURNED and not has_began
    by_others = [row for row in standing if row.volunteer.user_id != reader.pk]
    return {
        "need": need,
        "rounding": rounding_of(need),
        "proposed": proposed,
        "primary": next_act(need, has_proposals=bool(proposed), may_ask_again=may_ask_again),
        "asked": [offer for offer in offers if offer.status in OF_INTEREST],
        "told_taken": [offer for offer in offers if offer.status in (Answer.TAKEN, Answer.WITHDRAWN)],
        "standing": standing,
        "read_and_cancelled": read_and_cancelled(need, assignments),
        "timeline": timeline(need, offers, assignments),
        "may_cancel": need.status in (Need.OPEN, Need.ASKING, Need.STAFFED, Need.RETURNED)
        and all(row.status in STILL_TO_COME for row in standing),
        "may_close": need.status in (Need.SERVED, Need.RETURNED),
        "may_ask_again": may_ask_again,
        "lacks_times": [row.pk for row in by_others if has_began and row.status not in OUT_AGAIN],
        "lacks_review": [
            row.pk
            for row in by_others
            if row.status in OUT_AGAIN and not hasattr(row, "review") and need.household.contact_id is None
        ],
        "times": TimesForm(
            initial={
                "checked_in_at": timezone.localtime(need.starts_at),
                "checked_out_at": timezone.localtime(need.ends_at),
            }
        ),
    }


def next_act(need: ServiceRequest, *, has_proposals: bool, may_ask_again: bool) -> str:
    """The one act that the page puts first: ask_these, ask_again, copy (post it with another time), close, or none."""
    if has_proposals:
        return "ask_these"
    if need.status == Need.RETURNED:
        return "ask_again" if may_ask_again else "copy"
    return "close" if need.status == Need.SERVED else ""


def read_and_cancelled(need: ServiceRequest, assignments: Iterable[Assignment]) -> list[Assignment]:
    """Those who had opened the address before it was cancelled; whoever does that often should be asked why."""
    readings = list(
        SensitiveReading.objects.filter(
            subject_kind=ServiceRequest._meta.label_lower, subject_id=need.pk, purpose=Purpose.SERVE
        ).values_list("reader_id", "read_at")
    )
    return [
        row
        for row in assignments
        if row.status == Assignment.Status.CANCELLED
        and any(
            reader == row.volunteer.user_id and read_at >= row.accepted_at for reader, read_at in readings
        )
    ]


def timeline(need: ServiceRequest, offers: Sequence[Offer], assignments: Sequence[Assignment]) -> list[Line]:
    """What happened, oldest first, in two queries."""
    names = {offer.pk: str(offer.studio or offer.volunteer) for offer in offers}
    goes = {row.pk: str(row.volunteer) for row in assignments}
    changes = StateChange.objects.filter(
        Q(subject_kind=ServiceRequest._meta.label_lower, subject_id=need.pk)
        | Q(subject_kind=Offer._meta.label_lower, subject_id__in=list(names))
        | Q(subject_kind=Assignment._meta.label_lower, subject_id__in=list(goes))
    ).select_related("by")
    lines = [Line(need.posted_at, _("Posted"), need.posted_by), *asked_lines(offers)]
    lines += [line for change in changes if (line := _line(change, names, goes))]
    return sorted(lines, key=lambda line: line.changed_at)


def asked_lines(offers: Iterable[Offer]) -> list[Line]:
    """ "Ring 1: 3 asked", one line for those who were asked at the same moment."""
    at_once: dict[tuple[datetime, int], int] = {}
    for offer in offers:
        if offer.status not in (Answer.PROPOSED, Answer.PASSED):
            key = (offer.sent_at, offer.ring)
            at_once[key] = at_once.get(key, 0) + 1
    return [
        Line(
            moment,
            ngettext("Ring %(ring)d: %(count)d asked", "Ring %(ring)d: %(count)d asked", count)
            % {"ring": ring, "count": count},
        )
        for (moment, ring), count in at_once.items()
    ]


def _line(change: StateChange, names: dict[int, str], goes: dict[int, str]) -> Line | None:
    kind = change.subject_kind
    if kind == ServiceRequest._meta.label_lower:
        return Line(change.changed_at, str(Need(change.after).label), change.by, change.reason)
    if kind == Offer._meta.label_lower:
        if change.after in (Answer.SENT, Answer.TAKEN, Answer.WITHDRAWN):
            return None
        who, word = names[change.subject_id], Answer(change.after).label
    else:
        who, word = goes[change.subject_id], Assignment.Status(change.after).label
    by = change.by if change.by and str(change.by) != who else None
    return Line(change.changed_at, _("%(who)s: %(what)s") % {"who": who, "what": word}, by, change.reason)
