"""Studios register, change, are verified and suspended; members join by an invitation of the lead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.checks import (
    check_home_is_below_the_district,
    check_is_not_the_own_record,
    check_name_is_free,
    check_offers_something,
    check_reason_is_given,
)
from accounts.events import StudioChanged, StudioRegistered, StudioRestored, StudioSuspended, StudioVerified
from accounts.models import Credential, Division, Studio, StudioMember, StudioService, User, Volunteer
from accounts.services.submissions import first_of
from core.errors import DomainError
from core.events import publish
from core.geo import Point
from core.states import Moves, move

Status = Studio.Status
STUDIO_MOVES: Moves = {
    Status.APPLIED: frozenset({Status.VERIFIED, Status.SUSPENDED}),
    Status.VERIFIED: frozenset({Status.SUSPENDED}),
    Status.SUSPENDED: frozenset({Status.VERIFIED}),
}
INVITATION_SALT = "accounts.studio-invitation"
INVITATION_SECONDS = 14 * 24 * 3600


@dataclass(frozen=True)
class ServiceGiven:
    name: str
    category: str
    skill: str
    is_remote: bool = False


@dataclass(frozen=True)
class CredentialGiven:
    """A licence as the studio states it; the centre looks at it afterwards."""

    skill: str
    name: str
    valid_until: date


class StudioDetails(TypedDict, total=False):
    """What may be left out when registering."""

    about: str
    address: str
    radius_m: int


class StudioChanges(StudioDetails, total=False):
    """What can be changed, each without the others."""

    name: str
    slots: int
    weekly_capacity: int
    services: Sequence[ServiceGiven]
    credentials: Sequence[CredentialGiven]


@transaction.atomic
def register_studio(
    *,
    name: str,
    lead: User,
    division: Division,
    point: Point | None,
    services: Sequence[ServiceGiven],
    slots: int,
    weekly_capacity: int,
    credentials: Sequence[CredentialGiven],
    member_volunteers: Iterable[Volunteer],
    submission_key: UUID | None,
    by: User,
    **details: Unpack[StudioDetails],
) -> Studio:
    """A studio that has applied; without `point` the division's stands in. The lead, if a volunteer, is a member.

    Raises DomainError: name_taken, no_service, home_too_wide, no_place.
    """
    first = first_of(Studio.objects.all(), submission_key)
    if first is not None and first.lead_id == lead.pk:
        return first
    check_name_is_free(name)
    check_offers_something(services)
    studio = Studio(
        name=name,
        lead=lead,
        slots=slots,
        weekly_capacity=weekly_capacity,
        **details,
        **({"submission_key": submission_key} if submission_key else {}),
    )
    _place(studio, division, point)
    studio.save()
    _keep_services(studio, services)
    _keep_credentials(studio, credentials)
    members = {volunteer.pk: volunteer for volunteer in member_volunteers}
    own = Volunteer.objects.filter(user=lead).first()
    if own is not None:
        members[own.pk] = own
    StudioMember.objects.bulk_create(StudioMember(studio=studio, volunteer=one) for one in members.values())
    publish(StudioRegistered(studio.pk, by.pk))
    return studio


@transaction.atomic
def change_studio(
    *,
    studio: Studio,
    by: User,
    division: Division | None = None,
    point: Point | None = None,
    **changes: Unpack[StudioChanges],
) -> Studio:
    """Changes what is given and keeps the rest; a credential that stays the same stays checked.

    Raises DomainError as `register_studio`.
    """
    row = Studio.objects.select_for_update(no_key=True).get(pk=studio.pk)
    if "name" in changes:
        check_name_is_free(changes["name"], studio=row)
    if division is not None and (point is not None or division.pk != row.division_id):
        _place(row, division, point)
    for name in ("name", "about", "address", "radius_m", "slots", "weekly_capacity"):
        if name in changes:
            setattr(row, name, changes[name])
    row.save()
    if "services" in changes:
        check_offers_something(changes["services"])
        _keep_services(row, changes["services"])
    if "credentials" in changes:
        _keep_credentials(row, changes["credentials"])
    publish(StudioChanged(row.pk, by.pk))
    return row


@transaction.atomic
def verify_studio(*, studio: Studio, by: User) -> Studio:
    """The centre has looked at the studio. Raises DomainError: own_record, not_in_this_state."""
    row = _locked(studio, expected=Status.APPLIED)
    check_is_not_the_own_record(row.lead_id, by)
    move(row, Status.VERIFIED, moves=STUDIO_MOVES, by=by, verified_at=timezone.now())
    publish(StudioVerified(row.pk, by.pk))
    return row


@transaction.atomic
def suspend_studio(*, studio: Studio, reason: str, by: User) -> Studio:
    """The studio is no longer shown or asked. Raises DomainError: reason_missing, not_in_this_state."""
    check_reason_is_given(reason)
    row = _locked(studio)
    move(row, Status.SUSPENDED, moves=STUDIO_MOVES, by=by, reason=reason)
    publish(StudioSuspended(row.pk, reason, by.pk))
    return row


@transaction.atomic
def restore_studio(*, studio: Studio, by: User) -> Studio:
    """Back to verified after a suspension. Raises DomainError: own_record, not_in_this_state."""
    row = _locked(studio, expected=Status.SUSPENDED)
    check_is_not_the_own_record(row.lead_id, by)
    move(row, Status.VERIFIED, moves=STUDIO_MOVES, by=by, verified_at=row.verified_at or timezone.now())
    publish(StudioRestored(row.pk, by.pk))
    return row


def invitation_to(studio: Studio) -> str:
    """A signed word for the address that the lead passes on to colleagues; it is good for fourteen days, and ends when
    a member goes."""
    return signing.dumps([studio.pk, studio.invitation_round], salt=INVITATION_SALT)


def studio_of_invitation(token: str) -> Studio | None:
    """The studio that an invitation names; None for a forged, old or ended one."""
    try:
        pk, given_in = signing.loads(token, salt=INVITATION_SALT, max_age=INVITATION_SECONDS)
    except (signing.BadSignature, TypeError):
        return None
    studios = Studio.objects.select_related("lead", "division")
    return studios.filter(pk=pk, invitation_round=given_in).first()


@transaction.atomic
def join_studio(*, studio: Studio, volunteer: Volunteer, by: User) -> StudioMember:
    """Joining twice is joining once."""
    member, made = StudioMember.objects.get_or_create(studio=studio, volunteer=volunteer)
    if made:
        publish(StudioChanged(studio.pk, by.pk))
    return member


@transaction.atomic
def leave_studio(*, member: StudioMember, by: User) -> None:
    """The member goes, or the lead lets the member go; leaving twice is leaving once. Invitations given out before
    end with it: whoever was let go does not come back by an old one."""
    gone, _counts = StudioMember.objects.filter(pk=member.pk).delete()
    if gone:
        Studio.objects.filter(pk=member.studio_id).update(invitation_round=F("invitation_round") + 1)
        publish(StudioChanged(member.studio_id, by.pk))


def _locked(studio: Studio, *, expected: str | None = None) -> Studio:
    """The locked row; verifying and restoring lead to the same state, so each says where it starts."""
    row = Studio.objects.select_for_update(no_key=True).get(pk=studio.pk)
    if expected is not None and row.status != expected:
        raise DomainError(
            "not_in_this_state",
            _("This can no longer be done: it is already “%(state)s”."),
            help=_("Load the page again to see how it stands."),
            params={"state": row.get_status_display()},
        )
    return row


def _place(studio: Studio, division: Division, point: Point | None) -> None:
    check_home_is_below_the_district(division)
    place = point or division.point
    if place is None:
        raise DomainError(
            "no_place",
            _("%(division)s has no place on the map yet."),
            help=_("Ask the centre to set the place of the division."),
            params={"division": division.name},
        )
    studio.division = division
    studio.lon, studio.lat = place


def _keep_services(studio: Studio, services: Sequence[ServiceGiven]) -> None:
    studio.services.exclude(name__in=[service.name for service in services]).delete()
    StudioService.objects.bulk_create(
        [
            StudioService(
                studio=studio,
                name=service.name,
                category=service.category,
                skill=service.skill,
                is_remote=service.is_remote,
            )
            for service in {service.name: service for service in services}.values()
        ],
        update_conflicts=True,
        unique_fields=["studio", "name"],
        update_fields=["category", "skill", "is_remote"],
    )


def _keep_credentials(studio: Studio, credentials: Sequence[CredentialGiven]) -> None:
    given = {(credential.skill, credential.name): credential for credential in credentials}
    kept = {(row.skill, row.name): row for row in studio.credentials.all()}
    for key, row in kept.items():
        if key not in given:
            row.delete()
        elif row.valid_until != given[key].valid_until:
            row.valid_until, row.is_checked = given[key].valid_until, False
            row.save(update_fields=["valid_until", "is_checked"])
    Credential.objects.bulk_create(
        Credential(studio=studio, skill=item.skill, name=item.name, valid_until=item.valid_until)
        for key, item in given.items()
        if key not in kept
    )
