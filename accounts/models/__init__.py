"""Who people are, and what two apps above must agree on (Commitment, AskLedger)."""

from accounts.models.commitments import AskLedger, BlockedPair, Commitment, SourceKind
from accounts.models.corrections import Correction
from accounts.models.divisions import Division, in_subtrees
from accounts.models.households import Household, HouseholdMember
from accounts.models.organisations import Membership, Organisation
from accounts.models.rules import RuleSet
from accounts.models.studios import Credential, Studio, StudioMember, StudioService
from accounts.models.users import StaffRole, User
from accounts.models.volunteers import Volunteer, VolunteerSkill
from accounts.models.working_days import CalendarDay

__all__ = [
    "AskLedger",
    "BlockedPair",
    "CalendarDay",
    "Commitment",
    "Correction",
    "Credential",
    "Division",
    "Household",
    "HouseholdMember",
    "Membership",
    "Organisation",
    "RuleSet",
    "SourceKind",
    "StaffRole",
    "Studio",
    "StudioMember",
    "StudioService",
    "User",
    "Volunteer",
    "VolunteerSkill",
    "in_subtrees",
]
