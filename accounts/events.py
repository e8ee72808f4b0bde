"""Facts about people."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VolunteerRegistered:
    volunteer_id: int


@dataclass(frozen=True)
class VolunteerChanged:
    """Skills, free time, home, name or consent were changed by the volunteer or staff."""

    volunteer_id: int


@dataclass(frozen=True)
class VolunteerVerified:
    volunteer_id: int


@dataclass(frozen=True)
class VolunteerSuspended:
    volunteer_id: int
    reason: str


@dataclass(frozen=True)
class StudioRegistered:
    studio_id: int


@dataclass(frozen=True)
class StudioChanged:
    studio_id: int


@dataclass(frozen=True)
class StudioVerified:
    studio_id: int


@dataclass(frozen=True)
class HouseholdRegistered:
    household_id: int
