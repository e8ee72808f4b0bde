"""Facts that change the search index, in the transaction of the fact."""

from typing import Any

from accounts.events import (
    HouseholdChanged,
    StudioChanged,
    StudioRegistered,
    StudioVerified,
    VolunteerChanged,
    VolunteerRegistered,
    VolunteerVerified,
)
from activities.events import ActivityCancelled, ActivityChanged, ActivityPublished
from core.events import subscribe
from matching.events import (
    RequestCancelled,
    RequestChanged,
    RequestClosed,
    RequestOpened,
    RequestReturned,
    RequestStaffed,
)
from matching.models import ServiceRequest
from portal.models import SearchEntry
from portal.search.index import refresh

ACTIVITY_FACTS: tuple[type, ...] = (ActivityPublished, ActivityChanged, ActivityCancelled)
STUDIO_FACTS: tuple[type, ...] = (StudioRegistered, StudioVerified, StudioChanged)
VOLUNTEER_FACTS: tuple[type, ...] = (VolunteerRegistered, VolunteerChanged, VolunteerVerified)
NEED_FACTS: tuple[type, ...] = (
    RequestOpened,
    RequestChanged,
    RequestStaffed,
    RequestReturned,
    RequestClosed,
    RequestCancelled,
)


def index_activity(fact: Any) -> None:
    refresh(SearchEntry.Kind.ACTIVITY, fact.activity_id)


def index_studio(fact: Any) -> None:
    refresh(SearchEntry.Kind.STUDIO, fact.studio_id)


def index_need(fact: Any) -> None:
    refresh(SearchEntry.Kind.NEED, fact.request_id)


def index_volunteer(fact: Any) -> None:
    refresh(SearchEntry.Kind.VOLUNTEER, fact.volunteer_id)


def index_needs_of_household(fact: Any) -> None:
    """A household that a person confirms first from now on has no public need any more, and the other way round."""
    for need_id in (
        ServiceRequest.objects.live().filter(household=fact.household_id).values_list("pk", flat=True)
    ):
        refresh(SearchEntry.Kind.NEED, need_id)


for facts, subscriber in (
    (ACTIVITY_FACTS, index_activity),
    (STUDIO_FACTS, index_studio),
    (NEED_FACTS, index_need),
    (VOLUNTEER_FACTS, index_volunteer),
    ((HouseholdChanged,), index_needs_of_household),
):
    for fact_type in facts:
        subscribe(fact_type)(subscriber)
