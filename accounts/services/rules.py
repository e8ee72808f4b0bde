"""Numbers of practice change from a day on: the rules of a district are copied with the change, the old ones stay."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.checks import check_reason_is_given
from accounts.models import Division, RuleSet, User
from core.errors import DomainError


@transaction.atomic
def change_rules(
    *, division: Division, changes: Mapping[str, Any], effective_on: date, note: str, by: User
) -> RuleSet:
    """From `effective_on` on the rules of this division read otherwise; pressing twice writes once.

    The division is locked, so two changes come one after the other and the second is made on top of the first. Raises
    DomainError: reason_missing, outside_your_area, in_the_past, later_rules.
    """
    check_reason_is_given(note)
    locked = Division.objects.select_for_update(no_key=True).get(pk=division.pk)
    _check_is_of_ones_centre(by, locked)
    _check_begins_later(effective_on)
    _check_nothing_is_decided_after(locked, effective_on)
    held = RuleSet.objects.in_force(effective_on, locked.code)
    is_of_that_day = (held.division_id, held.effective_on) == (locked.code, effective_on)
    rules = held if is_of_that_day else _copied(held)
    rules.division, rules.effective_on = locked, effective_on
    rules.note, rules.decided_by, rules.decided_at = note.strip(), by, timezone.now()
    for name, value in changes.items():
        setattr(rules, name, value)
    rules.full_clean(validate_unique=False, validate_constraints=False)
    rules.save()
    return rules


@transaction.atomic
def withdraw_rules(*, rules: RuleSet, by: User) -> None:
    """Take back rules whose day has not come. Raises DomainError `in_force_already` or `outside_your_area`."""
    locked = RuleSet.objects.select_for_update(of=("self",)).select_related("division").get(pk=rules.pk)
    if locked.division is not None:
        _check_is_of_ones_centre(by, locked.division)
    if locked.division is None or locked.effective_on <= timezone.localdate():
        raise DomainError("in_force_already", _("What has been in force stays as it was."))
    locked.delete()


def _copied(rules: RuleSet) -> RuleSet:
    fields = [field.attname for field in RuleSet._meta.concrete_fields if not field.primary_key]
    return RuleSet(**{name: getattr(rules, name) for name in fields})


def _check_is_of_ones_centre(by: User, division: Division) -> None:
    if not any(division.code.startswith(code) for code in by.centre_codes):
        raise DomainError(
            "outside_your_area",
            _("The rules of %(division)s are not yours to change."),
            help=_("Ask the volunteer centre of the district."),
            params={"division": division.name},
        )


def _check_begins_later(effective_on: date) -> None:
    if effective_on <= timezone.localdate():
        raise DomainError(
            "in_the_past",
            _("A rule cannot change for a day that has begun."),
            help=_("Choose tomorrow or later."),
        )


def _check_nothing_is_decided_after(division: Division, effective_on: date) -> None:
    later = (
        RuleSet.objects.filter(division=division, effective_on__gt=effective_on)
        .order_by("effective_on")
        .first()
    )
    if later is not None:
        raise DomainError(
            "later_rules",
            _("From %(day)s on other rules are decided already."),
            help=_("Choose that day or a later one, so that this change is made on top of them."),
            params={"day": later.effective_on.isoformat()},
        )
