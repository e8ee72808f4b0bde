"""Who may do what with needs, offers and assignments; views ask `user.has_perm`, services ask `check_may`."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rules.permissions import set_perm
from rules.predicates import is_authenticated, predicate

from accounts.models import Household, User
from core.errors import DomainError
from matching.models import Assignment, Offer, ServiceRequest


def reaches(user: User, division_code: str) -> bool:
    """Whether a staff role of this person covers the division: a code stands for its subtree."""
    return any(division_code.startswith(code) for code in user.scope_codes)


@predicate
def is_staff_somewhere(user: User) -> bool:
    return bool(user.scope_codes)


@predicate
def has_household_in_scope(user: User, household: Household) -> bool:
    return reaches(user, household.division_id)


@predicate
def has_request_in_scope(user: User, request: ServiceRequest) -> bool:
    return reaches(user, request.division_id)


@predicate
def is_asked(user: User, offer: Offer) -> bool:
    asked = offer.studio.lead_id if offer.studio else offer.volunteer and offer.volunteer.user_id
    return asked == user.pk


@predicate
def is_who_goes(user: User, assignment: Assignment) -> bool:
    return assignment.volunteer.user_id == user.pk


@predicate
def is_studio_lead(user: User, assignment: Assignment) -> bool:
    return assignment.studio is not None and assignment.studio.lead_id == user.pk


@predicate
def has_assignment_in_scope(user: User, assignment: Assignment) -> bool:
    return reaches(user, assignment.request.division_id)


@predicate
def is_household_contact(user: User, assignment: Assignment) -> bool:
    return assignment.request.household.contact_id == user.pk


@predicate
def has_no_contact_account(user: User, assignment: Assignment) -> bool:  # noqa: ARG001
    return assignment.request.household.contact_id is None


PERMISSIONS = {
    "matching.post_any_request": is_staff_somewhere,
    "matching.post_request": has_household_in_scope,
    "matching.act_on_request": has_request_in_scope,
    "matching.answer_offer": is_asked,
    "matching.carry_out": is_who_goes,
    "matching.open_address": is_who_goes,
    "matching.end_for_somebody": has_assignment_in_scope,
    "matching.cancel_assignment": is_who_goes | is_studio_lead | has_assignment_in_scope,
    # 一事一评: the person served speaks; the worker writes it down only where nobody of the household has an account,
    # and never about the own service
    "matching.review": is_household_contact
    | (has_no_contact_account & has_assignment_in_scope & ~is_who_goes & ~is_studio_lead),
}
for name, holds in PERMISSIONS.items():
    set_perm(name, is_authenticated & holds)  # type: ignore[no-untyped-call]


def check_may(user: User, permission: str, thing: Any) -> None:
    """Raises DomainError `not_yours`."""
    if not user.has_perm(permission, thing):
        raise DomainError(
            "not_yours",
            _("This is not yours to do."),
            help=_("Ask the community worker of the neighbourhood."),
        )
