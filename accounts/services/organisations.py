"""Membership in a unit: one half of a dual registration (双报到); the other half is the home neighbourhood."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.checks import check_may_join
from accounts.events import OrganisationJoined, OrganisationLeft
from accounts.models import Membership, Organisation, User
from core.errors import DomainError
from core.events import publish


@transaction.atomic
def join_organisation(*, organisation: Organisation, user: User, by: User, code: str = "") -> Membership:
    """A member at once, or an applicant where the organisation admits by approval. Joining twice is joining once.

    Raises DomainError: closed, wrong_code, not_verified.
    """
    locked = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    membership = Membership.objects.filter(user=user, organisation=locked).first()
    if membership is not None and membership.status != Membership.Status.LEFT:
        return membership
    check_may_join(locked, user, code)
    status = (
        Membership.Status.APPLIED
        if locked.how_to_join == Organisation.HowToJoin.APPROVAL
        else Membership.Status.MEMBER
    )
    membership = membership or Membership(user=user, organisation=locked)
    membership.status, membership.joined_on, membership.is_manager = status, timezone.localdate(), False
    membership.save()
    publish(OrganisationJoined(membership.pk, is_applied=status == Membership.Status.APPLIED, by_id=by.pk))
    return membership


@transaction.atomic
def leave_organisation(*, organisation: Organisation, user: User, by: User) -> None:
    """Hours given before stay with the unit. Leaving twice is leaving once."""
    membership = (
        Membership.objects.select_for_update(no_key=True)
        .filter(user=user, organisation=organisation)
        .exclude(status=Membership.Status.LEFT)
        .first()
    )
    if membership is None:
        return
    membership.status, membership.is_manager = Membership.Status.LEFT, False
    membership.save(update_fields=["status", "is_manager"])
    publish(OrganisationLeft(membership.pk, by_id=by.pk))


@transaction.atomic
def admit_member(*, membership: Membership, by: User) -> Membership:
    """Whoever manages the organisation lets an applicant in. Raises DomainError: not_in_this_state."""
    row = Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
    if row.status == Membership.Status.MEMBER:
        return row
    if row.status != Membership.Status.APPLIED:
        raise DomainError(
            "not_in_this_state",
            _("This person has withdrawn."),
            help=_("Load the page again to see who waits."),
        )
    row.status, row.joined_on = Membership.Status.MEMBER, timezone.localdate()
    row.save(update_fields=["status", "joined_on"])
    publish(OrganisationJoined(row.pk, is_applied=False, by_id=by.pk))
    return row
