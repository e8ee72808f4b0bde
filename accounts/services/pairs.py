"""A volunteer is no longer sent to a household, and may be again: safeguarding, a former conflict, a wish."""

from django.db import transaction
from django.utils import timezone

from accounts.checks import check_is_in_scope, check_reason_is_given
from accounts.events import PairKeptApart
from accounts.models import BlockedPair, Household, User, Volunteer
from core.events import publish


@transaction.atomic
def keep_apart(*, household: Household, volunteer: Volunteer, reason: str, by: User) -> BlockedPair:
    """From now on this person is not asked for this household; who presses twice gets the first record.

    The volunteer is locked, as by everybody who asks or assigns: whoever came first is seen by the other. What was
    promised or asked already is undone by whoever hears the fact. Raises DomainError: reason_missing,
    outside_your_area.
    """
    check_reason_is_given(reason)
    check_is_in_scope(by, household.division)
    locked = Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
    standing = BlockedPair.objects.standing().filter(household=household, volunteer=locked).first()
    if standing is not None:
        return standing
    pair = BlockedPair.objects.create(
        household=household, volunteer=locked, reason=reason.strip(), made_by=by
    )
    publish(PairKeptApart(pair.pk, by.pk))
    return pair


@transaction.atomic
def end_keeping_apart(*, pair: BlockedPair, reason: str, by: User) -> BlockedPair:
    """The person may be asked again; the record stays. Raises DomainError: reason_missing, outside_your_area."""
    check_reason_is_given(reason)
    row = (
        BlockedPair.objects.select_for_update(of=["self"])
        .select_related("household__division")
        .get(pk=pair.pk)
    )
    check_is_in_scope(by, row.household.division)
    if row.ended_at is None:
        row.ended_at, row.ended_by, row.ended_because = timezone.now(), by, reason.strip()
        row.save(update_fields=["ended_at", "ended_by", "ended_because"])
    return row
