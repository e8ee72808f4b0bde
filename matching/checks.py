"""The hard limits, one small function for each reason: never traded against a score.

A function answers for V people at once whether they pass for one need, so that the same line serves planning over the
whole district, the last look under the lock, the greyed button of a single person, and the count that the worker sees
when nobody could be found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core.errors import DomainError
from matching.models import ServiceRequest
from matching.needs import Need
from matching.people import SKILLS, Mask, People

Holds = Callable[[Need, People], Mask]


@dataclass(frozen=True)
class Check:
    """A limit, and its words: to the person it stops, and to the worker about `count` people it stops."""

    code: str
    holds: Holds
    refusal: Promise
    help: Promise
    counted: Any  # ngettext_lazy with `count`
    remedy: Promise | str = ""  # what the worker could do when many fall here


def check_has_skills(need: Need, people: People) -> Mask:
    return np.asarray((people.skills & need.skills) == need.skills)


def check_is_licensed_on_the_day(need: Need, people: People) -> Mask:
    """State Council Order 685, Art 16: the licence is valid on the day of service."""
    passes = np.ones(len(people), np.bool_)
    for bit in range(SKILLS):
        if need.licensed >> bit & 1:
            passes &= people.licences[:, bit] >= need.day
    return passes


def check_is_verified(need: Need, people: People) -> Mask:  # noqa: ARG001
    return people.is_verified


def check_is_of_age(need: Need, people: People) -> Mask:
    """Shanghai regulation, Art 13: a minor goes with the guardian's consent on record.

    An unknown date of birth passes: whoever verified the person looked at it.
    """
    day = date.fromordinal(need.day)
    latest = _years_before(day, need.rules.minimum_age).toordinal()
    return np.asarray((people.born_on == 0) | (people.born_on <= latest) | people.has_guardian)


def check_is_not_of_the_household(need: Need, people: People) -> Mask:
    return np.asarray(people.users != (need.contact_user_id or 0))


def check_is_not_blocked(need: Need, people: People) -> Mask:
    return ~people.among(need.blocked)


def check_is_free_then(need: Need, people: People) -> Mask:
    return np.asarray((people.slots & need.slots) == need.slots)


def check_is_near(need: Need, people: People) -> Mask:
    """Measured to the centre of the household's cell; a need by phone has no distance."""
    if need.request.is_remote:
        return np.ones(len(people), np.bool_)
    return np.asarray(np.hypot(*(people.xy - need.xy).T) <= people.radius_m)


def check_has_no_other_promise(need: Need, people: People) -> Mask:
    return ~people.among(need.busy)


def check_wants_to_be_asked(need: Need, people: People) -> Mask:  # noqa: ARG001
    """Personal Information Protection Law, Art 24: pushes can be refused."""
    return people.accepts_pushes


def check_keeps_promises(need: Need, people: People) -> Mask:
    """An address opens with a yes: whoever says yes, reads and cancels again and again, pauses for some days."""
    return np.asarray(people.cancelled_7d < need.asking.weekly_cancellations)


def check_was_not_asked_enough(need: Need, people: People) -> Mask:
    """The contact budget of seven days; an urgent need may exceed it by one."""
    return people.asks_7d < budget(need, people) + need.extra_asks


def check_was_not_asked_about_this(need: Need, people: People) -> Mask:
    return ~people.among(need.asked)


def budget(need: Need, people: People) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """(V,) offers a week at most: the rule in force, or what the person wants, up to what the rule lets them want."""
    usual, most = need.asking.weekly_asks, need.asking.most_weekly_asks
    return np.where(people.own_limit < 0, usual, np.minimum(people.own_limit, most))


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


SKILL = Check(
    "skill",
    check_has_skills,
    _("This needs a skill that your record does not show."),
    _("Add the skill to your record if you have it."),
    ngettext_lazy("%(count)d does not have the skill", "%(count)d do not have the skill", "count"),
    _("Ask for fewer skills, or post the parts as separate needs."),
)
LICENCE = Check(
    "licence",
    check_is_licensed_on_the_day,
    _("This needs a licence that is valid on the day of service."),
    _("Add your licence to your record; the centre checks it."),
    ngettext_lazy(
        "%(count)d has no checked licence for that day",
        "%(count)d have no checked licence for that day",
        "count",
    ),
    _("The centre can check the licences that wait."),
)
VERIFIED = Check(
    "verified",
    check_is_verified,
    _("Your registration is not verified yet."),
    _("The volunteer centre verifies it; then you can help."),
    ngettext_lazy("%(count)d is not verified yet", "%(count)d are not verified yet", "count"),
    _("The centre can verify the registrations that wait."),
)
AGE = Check(
    "age",
    check_is_of_age,
    _("At your age this needs your guardian's consent on record."),
    _("Ask your guardian to give it to the volunteer centre."),
    ngettext_lazy(
        "%(count)d is too young without a guardian's consent",
        "%(count)d are too young without a guardian's consent",
        "count",
    ),
)
HOUSEHOLD = Check(
    "household",
    check_is_not_of_the_household,
    _("This is your own household."),
    _("Others are being asked for you."),
    ngettext_lazy("%(count)d belongs to the household", "%(count)d belong to the household", "count"),
)
BLOCKED = Check(
    "blocked",
    check_is_not_blocked,
    _("Somebody you chose cannot be sent this time."),
    _("Choose somebody else, or decline so that others are asked."),
    ngettext_lazy(
        "%(count)d is not sent to this household", "%(count)d are not sent to this household", "count"
    ),
)
FREE = Check(
    "free",
    check_is_free_then,
    _("This lies outside the times you gave."),
    _("Change your free times in your record."),
    ngettext_lazy("%(count)d is not free then", "%(count)d are not free then", "count"),
    _("Another time would help."),
)
NEAR = Check(
    "near",
    check_is_near,
    _("This is farther than you want to go."),
    _("Change your radius in your record."),
    ngettext_lazy("%(count)d lives too far away", "%(count)d live too far away", "count"),
    _("If it can be done by phone or online, distance does not matter."),
)
CLASH = Check(
    "clash",
    check_has_no_other_promise,
    _("You have promised this time already."),
    _("Cancel the other promise first, or choose another need."),
    ngettext_lazy(
        "%(count)d has promised this time already", "%(count)d have promised this time already", "count"
    ),
    _("Another time would help."),
)
CANCELLED = Check(
    "cancelled",
    check_keeps_promises,
    _("You have cancelled too often this week."),
    _("In a few days you can say yes again. If it was not your fault, talk to the community worker."),
    ngettext_lazy(
        "%(count)d has cancelled too often this week", "%(count)d have cancelled too often this week", "count"
    ),
)
PUSHES = Check(
    "pushes",
    check_wants_to_be_asked,
    _("You chose not to be asked."),
    _("You can change that in your settings."),
    ngettext_lazy("%(count)d does not want to be asked", "%(count)d do not want to be asked", "count"),
    _("They may still see it among the open needs."),
)
BUDGET = Check(
    "budget",
    check_was_not_asked_enough,
    _("You were asked often enough this week."),
    _("You may still offer yourself."),
    ngettext_lazy(
        "%(count)d has been asked enough this week", "%(count)d have been asked enough this week", "count"
    ),
    _("In a few days they may be asked again; an urgent need may ask one time more."),
)
ASKED = Check(
    "asked",
    check_was_not_asked_about_this,
    _("You were asked about this already."),
    _("Look at your offers."),
    ngettext_lazy("%(count)d was asked already", "%(count)d were asked already", "count"),
)

# For being asked: everything, in the order in which a person who fails several is counted.
TO_BE_ASKED = (
    *(SKILL, LICENCE, VERIFIED, AGE, HOUSEHOLD, BLOCKED),
    *(FREE, NEAR, CLASH, CANCELLED, PUSHES, BUDGET, ASKED),
)
# For coming on one's own word: free times, radius, budget and pushes are one's own wishes and may be set aside.
TO_OFFER_ONESELF = (BLOCKED, SKILL, LICENCE, VERIFIED, AGE, HOUSEHOLD, CLASH, CANCELLED)
OWN_WISHES = (FREE, NEAR, PUSHES, BUDGET)
# For a member whom a studio sends: the studio's credential stands for the skill.
TO_BE_SENT = (VERIFIED, AGE, HOUSEHOLD, BLOCKED, CLASH, CANCELLED)
BY_CODE = {check.code: check for check in TO_BE_ASKED}


def passing(need: Need, people: People, checks: Sequence[Check] = TO_BE_ASKED) -> Mask:
    """(V,) who passes all of them."""
    mask = np.ones(len(people), np.bool_)
    for check in checks:
        mask &= check.holds(need, people)
    return mask


def counts(need: Need, people: People, checks: Sequence[Check] = TO_BE_ASKED) -> dict[str, int]:
    """How many people each check excluded first; everybody is counted once, those who pass not at all."""
    left = np.ones(len(people), np.bool_)
    found = {}
    for check in checks:
        passes = check.holds(need, people)
        if excluded := int((left & ~passes).sum()):
            found[check.code] = excluded
        left &= passes
    return found


def failed(need: Need, person: People, checks: Sequence[Check]) -> list[Check]:
    """The checks that a single person does not pass."""
    return [check for check in checks if not check.holds(need, person)[0]]


def check_passes(need: Need, person: People, checks: Sequence[Check]) -> None:
    """Raises DomainError with the code of the first check that this one person does not pass.

    Who comes on their own word and is blocked hears what everybody hears who is late: whose need it is stays hidden.
    """
    for check in failed(need, person, checks):
        if check is BLOCKED and checks is TO_OFFER_ONESELF:
            raise taken()
        raise DomainError(check.code, check.refusal, help=check.help)


def check_looks_for_people(request: ServiceRequest) -> None:
    """Raises DomainError `taken` or `over`."""
    status = ServiceRequest.Status
    if (
        request.status in (status.CANCELLED, status.CLOSED, status.SERVED)
        or request.ends_at <= timezone.now()
    ):
        raise DomainError(
            "over", _("This need is over."), help=_("Thank you all the same. Others are waiting for you.")
        )
    if request.status == status.STAFFED or request.free <= 0:
        raise taken()


def taken() -> DomainError:
    return DomainError(
        "taken",
        _("It is taken: others were faster this time."),
        help=_("Thank you for being ready. Look at the other open needs."),
    )
