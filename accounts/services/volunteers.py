"""Volunteers register, change their record, are verified, suspended and restored (Order 67, Art 5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.checks import (
    check_categories_are_few,
    check_guardian_agreed,
    check_home_is_below_the_district,
    check_is_no_volunteer_yet,
    check_is_not_the_own_record,
    check_not_born_in_the_future,
    check_reason_is_given,
    check_skills_differ,
)
from accounts.events import (
    VolunteerChanged,
    VolunteerRegistered,
    VolunteerRestored,
    VolunteerSuspended,
    VolunteerVerified,
)
from accounts.models import Division, RuleSet, User, Volunteer, VolunteerSkill
from accounts.services.submissions import first_of
from core.audit import put_sealed
from core.errors import DomainError
from core.events import publish
from core.geo import Point, snapped
from core.states import Moves, move

Status = Volunteer.Status
VOLUNTEER_MOVES: Moves = {
    Status.APPLIED: frozenset({Status.VERIFIED, Status.SUSPENDED}),
    Status.VERIFIED: frozenset({Status.SUSPENDED, Status.APPLIED}),
    Status.SUSPENDED: frozenset({Status.VERIFIED}),
}
# What the centre compares with the ID card, besides the name (accounts.services.account).
VERIFIED_FIELDS = ("born_on", "id_type", "has_guardian_consent")


@dataclass(frozen=True)
class SkillGiven:
    """A skill as a person states it; the centre looks at the licence afterwards."""

    skill: str
    level: int = VolunteerSkill.Level.GOOD
    licence_name: str = ""
    licence_valid_until: date | None = None


class VolunteerDetails(TypedDict, total=False):
    """What may be left out when registering, and each thing that can be changed without touching the others."""

    sex: str
    born_on: date | None
    id_type: str
    speaks: str
    has_guardian_consent: bool
    publishes_name: bool
    accepts_pushes: bool
    weekly_asks: int | None


@transaction.atomic
def register_volunteer(
    *,
    user: User,
    home_division: Division,
    home: Point | None,
    skills: Iterable[SkillGiven],
    categories: Sequence[str],
    slots: int,
    radius_m: int,
    id_number: str = "",
    submission_key: UUID | None = None,
    by: User,
    **details: Unpack[VolunteerDetails],
) -> Volunteer:
    """A volunteer who has applied. `home` is kept as the middle of a 100 m square; without it the division's point
    stands in. `by` is the person or the member of staff who registers. The same `submission_key` gives the first one.

    Raises DomainError: already_registered, home_too_wide, too_many_categories, skill_twice, birth_date_impossible,
    guardian_consent_missing.
    """
    first = first_of(Volunteer.objects.all(), submission_key)
    if first is not None and first.user_id == user.pk:
        return first
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    check_is_no_volunteer_yet(user)
    check_home_is_below_the_district(home_division)
    given = list(skills)
    check_skills_differ(row.skill for row in given)
    place = _home(home, home_division)
    volunteer = Volunteer(
        user=user,
        home_division=home_division,
        lon=place.lon,
        lat=place.lat,
        categories=list(dict.fromkeys(categories)),
        slots=slots,
        radius_m=radius_m,
        **details,
        **({"submission_key": submission_key} if submission_key else {}),
    )
    _check_person(volunteer)
    put_sealed(volunteer, id_number=id_number.strip())
    volunteer.save()
    _keep_skills(volunteer, given)
    publish(VolunteerRegistered(volunteer.pk, by.pk))
    return volunteer


@transaction.atomic
def change_volunteer(
    *,
    volunteer: Volunteer,
    by: User,
    home_division: Division | None = None,
    home: Point | None = None,
    skills: Iterable[SkillGiven] | None = None,
    categories: Sequence[str] | None = None,
    slots: int | None = None,
    radius_m: int | None = None,
    agrees_to_verification: bool = False,
    **details: Unpack[VolunteerDetails],
) -> Volunteer:
    """Changes what is given and keeps the rest. A new home division without `home` moves the home to its point.

    A licence whose words and day stay the same stays checked; a changed one is looked at again. A verified volunteer
    who changes what was verified must agree to wait for the centre again; when the centre mends it, it has looked.
    Raises DomainError as `register_volunteer`, and verification_would_end.
    """
    row = Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
    verified = [getattr(row, name) for name in VERIFIED_FIELDS]
    if home_division is not None and (home is not None or home_division.pk != row.home_division_id):
        check_home_is_below_the_district(home_division)
        row.home_division = home_division
        row.lon, row.lat = _home(home, home_division)
    elif home is not None:
        row.lon, row.lat = snapped(home)
    changes = {"categories": categories, "slots": slots, "radius_m": radius_m}
    for name, value in {
        **{key: kept for key, kept in changes.items() if kept is not None},
        **details,
    }.items():
        setattr(row, name, value)
    row.categories = list(dict.fromkeys(row.categories))
    _check_person(row)
    row.save()
    if by.pk == row.user_id and verified != [getattr(row, name) for name in VERIFIED_FIELDS]:
        wait_for_verification(row, agrees=agrees_to_verification, by=by)
    if skills is not None:
        given = list(skills)
        check_skills_differ(skill.skill for skill in given)
        _keep_skills(row, given)
    publish(VolunteerChanged(row.pk, by.pk))
    return row


@transaction.atomic
def verify_volunteer(*, volunteer: Volunteer, by: User) -> Volunteer:
    """The centre has looked at the record.

    Raises DomainError: own_record, not_in_this_state, guardian_consent_missing.
    """
    row = _locked(volunteer)
    check_is_not_the_own_record(row.user_id, by)
    if row.status != Status.APPLIED:
        _check_waits(row)
    _check_person(row)
    move(row, Status.VERIFIED, moves=VOLUNTEER_MOVES, by=by, verified_at=timezone.now())
    publish(VolunteerVerified(row.pk, by.pk))
    return row


@transaction.atomic
def suspend_volunteer(*, volunteer: Volunteer, reason: str, by: User) -> Volunteer:
    """Nobody asks this volunteer until restored. Raises DomainError: reason_missing, not_in_this_state."""
    check_reason_is_given(reason)
    row = _locked(volunteer)
    move(row, Status.SUSPENDED, moves=VOLUNTEER_MOVES, by=by, reason=reason)
    publish(VolunteerSuspended(row.pk, reason, by.pk))
    return row


@transaction.atomic
def restore_volunteer(*, volunteer: Volunteer, by: User) -> Volunteer:
    """Back to verified after a suspension. Raises DomainError: own_record, not_in_this_state."""
    row = _locked(volunteer)
    check_is_not_the_own_record(row.user_id, by)
    if row.status != Status.SUSPENDED:
        _check_waits(row)
    _check_person(row)
    move(row, Status.VERIFIED, moves=VOLUNTEER_MOVES, by=by, verified_at=row.verified_at or timezone.now())
    publish(VolunteerRestored(row.pk, by.pk))
    return row


def wait_for_verification(row: Volunteer, *, agrees: bool, by: User) -> None:
    """What was verified is no longer what stands there: back to “applied”. The caller holds the lock of `row`.

    Raises DomainError: verification_would_end, unless the person agrees.
    """
    if row.status != Status.VERIFIED:
        return
    if not agrees:
        raise DomainError(
            "verification_would_end",
            _("The centre has verified your name, date of birth and guardian's consent as they are."),
            help=_("Tick the box that the centre verifies you again, and save once more."),
        )
    reason = gettext("Name, date of birth or guardian's consent was changed")
    move(row, Status.APPLIED, moves=VOLUNTEER_MOVES, by=by, reason=reason, verified_at=None)


def _locked(volunteer: Volunteer) -> Volunteer:
    return (
        Volunteer.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user", "home_division")
        .get(pk=volunteer.pk)
    )


def _home(home: Point | None, division: Division) -> Point:
    place = home or division.point
    if place is None:
        raise DomainError(
            "home_has_no_place",
            _("%(division)s has no place on the map yet."),
            help=_("Say where you live, or ask the centre to set the place."),
            params={"division": division.name},
        )
    return snapped(place)


def _check_person(volunteer: Volunteer) -> None:
    """What holds for every volunteer on the day of registering, changing and verifying."""
    today = timezone.localdate()
    check_categories_are_few(volunteer.categories)
    check_not_born_in_the_future(volunteer.born_on, today)
    check_guardian_agreed(
        born_on=volunteer.born_on,
        has_guardian_consent=volunteer.has_guardian_consent,
        day=today,
        rules=RuleSet.objects.in_force(today, volunteer.home_division_id),
    )


def _check_waits(volunteer: Volunteer) -> None:
    """Verifying and restoring both lead to “verified” and are two acts: each has its own state to start from."""
    raise DomainError(
        "not_in_this_state",
        _("This can no longer be done: it is already “%(state)s”."),
        help=_("Load the page again to see how it stands."),
        params={"state": volunteer.get_status_display()},
    )


def _keep_skills(volunteer: Volunteer, given: list[SkillGiven]) -> None:
    kept = {row.skill: row for row in volunteer.skills.all()}
    volunteer.skills.exclude(skill__in=[row.skill for row in given]).delete()
    rows = []
    for item in given:
        before = kept.get(item.skill)
        is_same = before is not None and (before.licence_name, before.licence_valid_until) == (
            item.licence_name,
            item.licence_valid_until,
        )
        rows.append(
            VolunteerSkill(
                volunteer=volunteer,
                skill=item.skill,
                level=item.level,
                licence_name=item.licence_name,
                licence_valid_until=item.licence_valid_until,
                is_licence_checked=bool(before and is_same and before.is_licence_checked),
            )
        )
    VolunteerSkill.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["volunteer", "skill"],
        update_fields=["level", "licence_name", "licence_valid_until", "is_licence_checked"],
    )
