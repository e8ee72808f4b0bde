"""The one big button of a service's page: what comes next, and if it cannot be pressed yet, why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from matching.models import Assignment
from matching.services.assignments import rules_of

Status = Assignment.Status


@dataclass(frozen=True)
class Step:
    act: str
    label: Promise
    icon: str
    hint: Promise | str = ""
    at: datetime | None = None  # from when on it makes sense, if that lies ahead


def next_step(assignment: Assignment, *, now: datetime) -> Step | None:
    """None when there is nothing left to do."""
    request = assignment.request
    opens_at = request.starts_at - timedelta(minutes=rules_of(request).check_in_opens_minutes)
    arrive = Step("check-in", _("I am there: check in"), "pin", _("Press it at the door; your hours begin."))
    if assignment.status == Status.ACCEPTED and not request.is_remote:
        return Step(
            "set-off",
            _("I am on my way"),
            "walk",
            _("The household and the worker see that you are coming."),
            at=opens_at if now < opens_at else None,
        )
    if assignment.status == Status.ACCEPTED:
        return Step(
            "check-in",
            _("I begin: check in"),
            "phone",
            _("Press it when the call begins."),
            at=_ahead(opens_at, now),
        )
    if assignment.status == Status.ON_MY_WAY:
        return Step(arrive.act, arrive.label, arrive.icon, arrive.hint, at=_ahead(opens_at, now))
    if assignment.status == Status.CHECKED_IN:
        return Step(
            "check-out", _("I am leaving: check out"), "done", _("Your minutes are recorded at once.")
        )
    if assignment.status == Status.CHECKED_OUT:
        return Step("finish", _("Done: send the report"), "done")
    return None


def _ahead(moment: datetime, now: datetime) -> datetime | None:
    return moment if now < moment else None
