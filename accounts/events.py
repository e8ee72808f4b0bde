"""Facts about people. `by_id` is the user who did it, None where nobody did."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VolunteerRegistered:
    volunteer_id: int
    by_id: int | None = None


@dataclass(frozen=True)
class VolunteerChanged:
    """Skills, free time, home, name or consent were changed by the volunteer or staff."""

    volunteer_id: int
    by_id: int | None = None


@dataclass(frozen=True)
class VolunteerVerified:
    volunteer_id: int
    by_id: int | None = None


@dataclass(frozen=True)
class VolunteerSuspended:
    volunteer_id: int
    reason: str
    by_id: int | None = None


@dataclass(frozen=True)
class StudioRegistered:
    studio_id: int
    by_id: int | None = None


@dataclass(frozen=True)
class StudioChanged:
    studio_id: int
    by_id: int | None = None


@dataclass(frozen=True)
class StudioVerified:
    studio_id: int
    by_id: int | None = None


@dataclass(frozen=True)
class HouseholdRegistered:
    household_id: int
    by_id: int | None = None


@dataclass(frozen=True)
class VolunteerRestored:
    volunteer_id: int
    by_id: int | None = None


@dataclass(frozen=True)
class StudioSuspended:
    studio_id: int
    reason: str
    by_id: int | None = None


@dataclass(frozen=True)
class StudioRestored:
    studio_id: int
    by_id: int | None = None


@dataclass(frozen=True)
class HouseholdChanged:
    household_id: int
    by_id: int | None = None


@dataclass(frozen=True)
class PairKeptApart:
    """This volunteer is no longer sent to this household."""

    pair_id: int
    by_id: int | None = None


@dataclass(frozen=True)
class OrganisationJoined:
    """Somebody is a member now, or has applied where the organisation admits by approval."""

    membership_id: int
    is_applied: bool
    by_id: int | None = None


@dataclass(frozen=True)
class OrganisationLeft:
    membership_id: int
    by_id: int | None = None


@dataclass(frozen=True)
class CorrectionAsked:
    """A volunteer asks for a correction of the own record (Order 67, Art 12)."""

    correction_id: int
    by_id: int | None = None


@dataclass(frozen=True)
class CorrectionAnswered:
    correction_id: int
    by_id: int | None = None
