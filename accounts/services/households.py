"""Households in need: registered by a worker with consent, opened on purpose, every reading written down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.checks import (
    check_consent_is_not_in_the_future,
    check_home_is_below_the_district,
    check_is_in_scope,
)
from accounts.events import HouseholdChanged, HouseholdRegistered
from accounts.models import Division, Household, HouseholdMember, User
from accounts.models.households import SEALED
from accounts.services.submissions import first_of
from core.audit import open_sealed, put_sealed
from core.errors import DomainError
from core.events import publish
from core.geo import Point, cell_of
from core.models import Purpose, SensitiveReading
from core.phones import to_e164

LABEL = "accounts.household"
PLAIN = {"alias", "contact", "contact_name", "needs_two_people", "is_sensitive", "consent_by", "consent_on"}


@dataclass(frozen=True)
class MemberGiven:
    """Somebody who lives there, without a name."""

    relation: str
    birth_year: int | None = None


class HouseholdDetails(TypedDict, total=False):
    """What may be left out when registering."""

    needs_two_people: bool
    is_sensitive: bool


class HouseholdChanges(HouseholdDetails, total=False):
    """What can be changed, each without the others. Sealed fields that are not given stay sealed as they are."""

    alias: str
    contact: User | None
    contact_name: str
    phone: str
    address: str
    health: str
    people_served: Sequence[str]
    members: Iterable[MemberGiven]
    consent_by: str
    consent_on: date


@transaction.atomic
def register_household(
    *,
    alias: str,
    contact: User | None,
    contact_name: str,
    phone: str,
    division: Division,
    address: str,
    point: Point | None,
    health: str,
    people_served: Sequence[str],
    members: Iterable[MemberGiven],
    consent_by: str,
    consent_on: date,
    submission_key: UUID | None,
    by: User,
    **details: Unpack[HouseholdDetails],
) -> Household:
    """A household that agreed to be helped. Address, phone, health and the exact point are sealed; what stays open is
    the cell of 500 m around the point, or around the division's when no point is given.

    Raises DomainError: outside_your_area, home_too_wide, phone_unreadable, consent_in_the_future, no_place.
    """
    first = first_of(Household.objects.all(), submission_key)
    if first is not None:
        return first
    check_is_in_scope(by, division)
    check_home_is_below_the_district(division)
    check_consent_is_not_in_the_future(consent_on, timezone.localdate())
    household = Household(
        alias=alias,
        contact=contact,
        contact_name=contact_name,
        people_served=list(people_served),
        consent_by=consent_by,
        consent_on=consent_on,
        registered_by=by,
        **details,
        **({"submission_key": submission_key} if submission_key else {}),
    )
    _place(household, division, point)
    put_sealed(household, address=address.strip(), phone=_phone(phone), health=health.strip())
    household.save()
    _keep_members(household, members)
    publish(HouseholdRegistered(household.pk, by.pk))
    return household


@transaction.atomic
def change_household(
    *,
    household: Household,
    by: User,
    division: Division | None = None,
    point: Point | None = None,
    **changes: Unpack[HouseholdChanges],
) -> Household:
    """Changes what is given and keeps the rest; nothing sealed is opened for it.

    A new division without `point` forgets the old point. Raises DomainError as `register_household`.
    """
    row = Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    if division is not None and (point is not None or division.pk != row.division_id):
        check_is_in_scope(by, division)
        check_home_is_below_the_district(division)
        _place(row, division, point)
    elif point is not None:
        _place(row, row.division, point)
    given: dict[str, Any] = {**changes}
    for name in PLAIN & given.keys():
        setattr(row, name, given[name])
    if "people_served" in changes:
        row.people_served = list(changes["people_served"])
    check_consent_is_not_in_the_future(row.consent_on, timezone.localdate())
    put_sealed(row, **{name: given[name].strip() for name in {"address", "health"} & given.keys()})
    if "phone" in changes:
        put_sealed(row, phone=_phone(changes["phone"]))
    row.save()
    if "members" in changes:
        row.members.all().delete()
        _keep_members(row, changes["members"])
    publish(HouseholdChanged(row.pk, by.pk))
    return row


def open_household(
    *, household: Household, fields: Iterable[str], by: User, purpose: Purpose
) -> dict[str, str]:
    """The plain text of sealed fields (address, phone, health, point as "lon,lat"); the reading is written down.

    Who may is decided by the caller (accounts.permissions, or an accepted offer). Raises ValueError for other fields.
    """
    names = set(fields)
    if not names <= set(SEALED):
        raise ValueError(sorted(names - set(SEALED)))
    return open_sealed(household, names, by=by, purpose=purpose)


def readings_of(household: Household) -> models.QuerySet[SensitiveReading]:
    """Who opened the sealed fields of this household, newest first."""
    return (
        SensitiveReading.objects.filter(subject_kind=LABEL, subject_id=household.pk)
        .select_related("reader")
        .order_by("-read_at", "-id")
    )


def _place(household: Household, division: Division, point: Point | None) -> None:
    coarse = point or division.point
    if coarse is None:
        raise DomainError(
            "no_place",
            _("%(division)s has no place on the map yet."),
            help=_("Enter the place of the household, or ask the centre to set one for the division."),
            params={"division": division.name},
        )
    household.division = division
    household.cell_column, household.cell_row = cell_of(coarse)
    put_sealed(household, point=f"{point.lon},{point.lat}" if point else "")


def _phone(text: str) -> str:
    try:
        return to_e164(text)
    except ValidationError as error:
        raise DomainError(
            "phone_unreadable",
            _("This is not a phone number."),
            help=_("Write it as 11 digits, with or without +86."),
        ) from error


def _keep_members(household: Household, members: Iterable[MemberGiven]) -> None:
    HouseholdMember.objects.bulk_create(
        HouseholdMember(household=household, relation=member.relation, birth_year=member.birth_year)
        for member in members
    )
