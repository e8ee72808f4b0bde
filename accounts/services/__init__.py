"""What can be done with people, one file a process. Every act is one transaction and refuses with a DomainError.

Lock order, here and above: the thing that is shared (shift, request, studio), then volunteers by id, then the rest.
"""

from accounts.services.account import change_account, set_language, set_weekly_asks
from accounts.services.asks import asks_since, budget_of, record_ask
from accounts.services.calendar import enter_calendar_day, remove_calendar_day
from accounts.services.care import end_household, reopen_household
from accounts.services.commitments import commit_time, end_time_early, release_time, release_times
from accounts.services.corrections import answer_correction, ask_for_correction
from accounts.services.households import (
    MemberGiven,
    change_household,
    open_household,
    readings_of,
    register_household,
)
from accounts.services.licences import check_credential, check_licence
from accounts.services.organisations import admit_member, join_organisation, leave_organisation
from accounts.services.pairs import end_keeping_apart, keep_apart
from accounts.services.rules import change_rules, withdraw_rules
from accounts.services.studios import (
    CredentialGiven,
    ServiceGiven,
    change_studio,
    invitation_to,
    join_studio,
    leave_studio,
    register_studio,
    restore_studio,
    studio_of_invitation,
    suspend_studio,
    verify_studio,
)
from accounts.services.volunteers import (
    SkillGiven,
    VolunteerDetails,
    change_volunteer,
    register_volunteer,
    restore_volunteer,
    suspend_volunteer,
    verify_volunteer,
)

__all__ = [
    "CredentialGiven",
    "MemberGiven",
    "ServiceGiven",
    "SkillGiven",
    "VolunteerDetails",
    "admit_member",
    "answer_correction",
    "ask_for_correction",
    "asks_since",
    "budget_of",
    "change_account",
    "change_household",
    "change_rules",
    "change_studio",
    "change_volunteer",
    "check_credential",
    "check_licence",
    "commit_time",
    "end_household",
    "end_keeping_apart",
    "end_time_early",
    "enter_calendar_day",
    "invitation_to",
    "join_organisation",
    "join_studio",
    "keep_apart",
    "leave_organisation",
    "leave_studio",
    "open_household",
    "readings_of",
    "record_ask",
    "register_household",
    "register_studio",
    "register_volunteer",
    "release_time",
    "release_times",
    "remove_calendar_day",
    "reopen_household",
    "restore_studio",
    "restore_volunteer",
    "set_language",
    "set_weekly_asks",
    "studio_of_invitation",
    "suspend_studio",
    "suspend_volunteer",
    "verify_studio",
    "verify_volunteer",
    "withdraw_rules",
]
