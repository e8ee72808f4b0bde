"""Posting, changing and closing an activity."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import RuleSet, User
from activities.models import Activity, Shift
from activities.permissions import may_change_what_was_checked
from core.errors import DomainError
from core.templatetags.words import period


class ForbiddenKind(TextChoices):
    """What must not be published as volunteering (DOMAIN, section 4). The form asks about each; a yes refuses."""

    JOB = "job", _("It is part of somebody's own job.")
    ORDERED = "ordered", _("A unit or a school orders people to take part.")
    PRIVATE = "private", _("It serves somebody's private interest.")
    PURPOSELESS = "purposeless", _("It has no clear public purpose.")
    PAID = "paid", _("It pays more than the allowance for costs.")
    TRADED = "traded", _("Hours are promised for donations, reposts or rewards.")


def check_is_volunteering(kinds: Iterable[str]) -> None:
    """Raises DomainError `not_volunteering` with the sentence of the first of the six that is true."""
    for kind in kinds:
        raise DomainError(
            "not_volunteering",
            _("This cannot be published as volunteering. You ticked: %(kind)s"),
            help=_("Change the activity until none of the six is true, or announce it in another way."),
            params={"kind": ForbiddenKind(kind).label},
        )


@dataclass(frozen=True)
class ShiftGiven:
    """A shift as it was entered; `id` is that of the shift that it changes."""

    starts_at: datetime
    ends_at: datetime
    places: int
    id: int | None = None


def check_shifts_are_sound(shifts: Sequence[ShiftGiven]) -> None:
    if not shifts:
        raise DomainError(
            "no_shift", _("An activity needs at least one shift."), help=_("Enter when people are needed.")
        )
    for shift in shifts:
        if shift.ends_at <= shift.starts_at:
            raise DomainError("period_is_empty", _("A shift ends after it starts."))
        if shift.places < 1:
            raise DomainError("no_places", _("A shift has at least one place."))


def check_keeps_promises(shift: Shift, given: ShiftGiven | None) -> None:
    """Whoever has a place keeps it, at the time that was promised; room is only taken from what is free."""
    promised = shift.taken + shift.held
    if promised == 0:
        return
    if given is None or (given.starts_at, given.ends_at) != shift.period:
        raise DomainError(
            "has_sign_ups",
            _("%(count)d people have signed up for the shift %(period)s: its time stays."),
            help=_("Add a new shift, and ask the people to change; or cancel the activity with a reason."),
            params={"count": promised, "period": period(*shift.period)},
        )
    if given.places < promised:
        raise DomainError(
            "too_few_places",
            _("%(count)d places of the shift %(period)s are taken; there cannot be fewer."),
            help=_("Cancel sign-ups on the roster first."),
            params={"count": promised, "period": period(*shift.period)},
        )


def check_runs(activity: Activity, by: User) -> None:
    if not Activity.objects.run_by(by).filter(pk=activity.pk).exists():
        raise DomainError(
            "not_the_organiser",
            _("Only the organiser and the staff of this area can do this."),
            help=_("Ask the person in charge."),
        )


# what the centre looked at before it published; all but the shifts
CHECKED = (
    "title",
    "about",
    "categories",
    "people_served",
    "place",
    "risks",
    "safeguards",
    "minimum_age",
    "maximum_age",
    "risk_level",
    "insurance",
    "qualification",
    "organisation",
    "studio",
    "division",
)


def checked_already() -> DomainError:
    return DomainError(
        "checked_already",
        _("What the centre has checked stays as it is: only the shifts can still be changed."),
        help=_("Ask the volunteer centre to change it, or cancel the activity and post a new one."),
    )


def check_keeps_what_was_checked(activity: Activity, values: Mapping[str, Any], by: User) -> None:
    """A recruitment states true information (Order 685, Art 12): a published one is not rewritten past the centre."""
    changed = any(values[field] != getattr(activity, field) for field in CHECKED if field in values)
    if changed and not may_change_what_was_checked(activity, by, values.get("division")):
        raise checked_already()


def check_can_change(activity: Activity) -> None:
    if activity.status in {Activity.Status.FINISHED, Activity.Status.CANCELLED}:
        raise DomainError(
            "not_in_this_state",
            _("What is over or cancelled is not changed any more."),
            help=_("Post a new activity."),
        )


def check_is_still_to_come(activity: Activity) -> None:
    if activity.ends_at <= timezone.now():
        raise DomainError(
            "over",
            _("All shifts of this activity lie in the past."),
            help=_("Add a shift that is still to come."),
        )


def check_is_over(activity: Activity) -> None:
    if activity.ends_at > timezone.now():
        raise DomainError(
            "not_over",
            _("A shift of this activity is still to come."),
            help=_("Finish it after its last shift."),
        )


def check_reason_is_given(reason: str) -> None:
    if not reason.strip():
        raise DomainError(
            "no_reason", _("Say why, in a sentence."), help=_("The people concerned will read it.")
        )


def check_people_are_looked_after(activity: Activity) -> None:
    """Safeguards are named; from a risk on, an accident insurance is there before the work (Order 685, Art 17)."""
    rules = RuleSet.objects.in_force(timezone.localdate(activity.starts_at), activity.division_id)
    if not activity.safeguards:
        raise DomainError(
            "no_safeguards",
            _("No safeguard is named."),
            help=_("Change the activity and tick at least one: water, tools, training or whatever there is."),
        )
    if activity.risk_level >= rules.insured_from_risk and not activity.insurance.strip():
        raise DomainError(
            "not_insured",
            _("Work with this risk needs an accident insurance before it begins."),
            help=_("Change the activity and name the insurer and the policy."),
        )
