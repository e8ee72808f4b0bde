"""What people's facts mean for needs. Offers and assignments follow; nobody has to remember it elsewhere."""

from accounts.events import HouseholdChanged, PairKeptApart, VolunteerSuspended
from accounts.models import Household, User
from core.events import subscribe
from core.tasks import queue_after_commit
from matching import tasks
from matching.services.requests import withdraw_unconfirmed


@subscribe(VolunteerSuspended)
def volunteer_suspended(fact: VolunteerSuspended) -> None:
    """After the commit: the suspension holds the volunteer's lock, and matching locks needs before volunteers."""
    queue_after_commit(tasks.stand_down, fact.volunteer_id)


@subscribe(PairKeptApart)
def pair_kept_apart(fact: PairKeptApart) -> None:
    """After the commit, for the same reason."""
    queue_after_commit(tasks.undo_what_was_promised, fact.pair_id)


@subscribe(HouseholdChanged)
def household_changed(fact: HouseholdChanged) -> None:
    household = Household.objects.get(pk=fact.household_id)
    if household.is_sensitive:
        by = User.objects.filter(pk=fact.by_id).first()
        withdraw_unconfirmed(household=household, by=by)
