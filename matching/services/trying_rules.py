"""A rule is tried in the laboratory before it is switched on: the same district under both, then the centre decides."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Division, RuleSet, User, Volunteer
from accounts.services import change_rules
from core.errors import DomainError
from matching.models import Run, ServiceRequest
from matching.permissions import check_may

URGENCIES = ("normal", "soon", "urgent")
LEVELS = {1: "normal", 2: "soon", 3: "soon", 4: "urgent"}  # of the engine's district
LOG_DAYS = 28
Rules = dict[str, Any]  # the fields of a RuleSet that the laboratory knows


def tried_fields(rules: RuleSet) -> Rules:
    """The part of the dated rules that a life in the laboratory obeys."""
    return {
        "weekly_asks": rules.weekly_asks,
        "most_in_a_ring": rules.most_in_a_ring,
        "fill_targets": {name: float(rules.fill_targets[name]) for name in URGENCIES},
        "answer_minutes": {name: int(rules.answer_minutes[name]) for name in URGENCIES},
    }


def district_of(user: User) -> Division:
    """The centre's own division."""
    return Division.objects.get(code=min(user.centre_codes, key=len))


def rules_now(division: Division) -> Rules:
    return tried_fields(RuleSet.objects.in_force(timezone.localdate(), division.code))


def size_of_the_real_district(division: Division) -> dict[str, int]:
    """Verified volunteers and needs a day of the last four weeks, for a district that is drawn to measure."""
    since = timezone.now() - timedelta(days=LOG_DAYS)
    needs = ServiceRequest.objects.filter(
        division__code__startswith=division.code, posted_at__gte=since
    ).count()
    people = Volunteer.objects.verified().within(division.code).count()
    return {"volunteers": people, "needs_a_day": round(needs / LOG_DAYS)}


def laboratory_under(rules: Rules) -> dict[str, Any]:
    """Arguments of the engine's PolicyLaboratory."""
    return {
        "weekly_limit": rules["weekly_asks"],
        "most": rules["most_in_a_ring"],
        "target": {level: rules["fill_targets"][name] for level, name in LEVELS.items()},
        "silence_h": {level: rules["answer_minutes"][name] / 60 for level, name in LEVELS.items()},
    }


@transaction.atomic
def take_tried_rules(*, run: Run, effective_on: date, note: str, by: User) -> RuleSet:
    """The changed rule of this run holds from that day on.

    Raises DomainError: not_yours, not_tried (the run is not at its end, or tried no rule), rules_moved (the rule it was
    compared with holds no longer), and those of `accounts.services.change_rules`.
    """
    check_may(by, "matching.keep_model", None)
    tried = run.params.get("rules")
    if run.status != Run.Status.DONE or not tried:
        raise DomainError(
            "not_tried",
            _("This rule was not tried to its end."),
            help=_("Let the laboratory finish, then decide."),
        )
    division = district_of(by)
    # another one than either of the two that were compared
    if rules_now(division) != tried["now"]:
        raise DomainError(
            "rules_moved",
            _("The rule in force is another one than when this was tried."),
            help=_("Try it once more against the rule of today."),
        )
    return change_rules(
        division=division, changes=tried["changed"], effective_on=effective_on, note=note, by=by
    )
