"""Help for a household ends, and is taken up again. What stays is the record; the reason stands in its history."""

from django.db import transaction

from accounts.checks import check_is_in_scope, check_reason_is_given
from accounts.events import HouseholdChanged
from accounts.models import Household, User
from core.events import publish
from core.states import Moves, move

Status = Household.Status
HOUSEHOLD_MOVES: Moves = {
    Status.ACTIVE: frozenset({Status.ENDED}),
    Status.ENDED: frozenset({Status.ACTIVE}),
}


@transaction.atomic
def end_household(*, household: Household, reason: str, by: User) -> Household:
    """No need can be posted for it from now on. Whether one is still under way is asked above (portal.caring).

    Raises DomainError: reason_missing, outside_your_area, not_in_this_state.
    """
    check_reason_is_given(reason)
    return _moved(household, Status.ENDED, reason=reason.strip(), by=by)


@transaction.atomic
def reopen_household(*, household: Household, by: User) -> Household:
    """Needs can be posted again. Raises DomainError: outside_your_area, not_in_this_state."""
    return _moved(household, Status.ACTIVE, reason="", by=by)


def _moved(household: Household, after: str, *, reason: str, by: User) -> Household:
    row = (
        Household.objects.select_for_update(no_key=True, of=["self"])
        .select_related("division")
        .get(pk=household.pk)
    )
    check_is_in_scope(by, row.division)
    move(row, after, moves=HOUSEHOLD_MOVES, by=by, reason=reason)
    publish(HouseholdChanged(row.pk, by.pk))
    return row
