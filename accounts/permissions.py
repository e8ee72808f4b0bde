"""Who may do what with whom. A view asks `user.has_perm("accounts.…", row)`; without a row: may this person at all."""

from typing import Any

from rules.permissions import set_perm
from rules.predicates import is_authenticated, predicate

from accounts.models import Household, Membership, Organisation, Studio, User, Volunteer

Row = Volunteer | Studio | Household | Organisation | None


def code_of(row: Row) -> str | None:
    """The division in which this row lies; None without a row."""
    if row is None:
        return None
    return row.home_division_id if isinstance(row, Volunteer) else row.division_id


def reaches(codes: list[str], row: Row) -> bool:
    """Whether one of these scopes holds the row; without a row, whether there is a scope at all."""
    code = code_of(row)
    return bool(codes) if code is None else any(code.startswith(scope) for scope in codes)


@predicate
def is_centre_staff(user: User, row: Row = None) -> bool:
    return reaches(user.centre_codes, row)


@predicate
def is_staff_of_the_place(user: User, row: Row = None) -> bool:
    return reaches(user.scope_codes, row)


@predicate
def has_no_volunteer_record(user: User) -> bool:
    return not hasattr(user, "volunteer")


@predicate
def is_this_volunteer(user: User, volunteer: Volunteer | None = None) -> bool:
    return volunteer is not None and volunteer.user_id == user.pk


@predicate
def is_somebody_else(user: User, volunteer: Volunteer | None = None) -> bool:
    return volunteer is None or volunteer.user_id != user.pk


@predicate
def leads_the_studio(user: User, studio: Studio | None = None) -> bool:
    return studio is not None and studio.lead_id == user.pk


@predicate
def is_contact_of_the_household(user: User, household: Household | None = None) -> bool:
    return household is not None and household.contact_id == user.pk


@predicate
def manages_the_organisation(user: User, organisation: Organisation | None = None) -> bool:
    return (
        organisation is not None
        and Membership.objects.filter(
            user=user, organisation=organisation, is_manager=True, status=Membership.Status.MEMBER
        ).exists()
    )


PERMISSIONS: dict[str, Any] = {
    "register_volunteer": has_no_volunteer_record,
    "list_volunteers": is_staff_of_the_place,
    "see_volunteer": is_this_volunteer | is_staff_of_the_place,
    "change_volunteer": is_this_volunteer | is_centre_staff,
    "verify_volunteer": is_centre_staff & is_somebody_else,
    "suspend_volunteer": is_centre_staff,
    "check_licence": is_centre_staff & is_somebody_else,
    "list_corrections": is_staff_of_the_place,
    "answer_correction": is_centre_staff & is_somebody_else,
    "register_studio": is_authenticated,
    "change_studio": leads_the_studio | is_centre_staff,
    "invite_to_studio": leads_the_studio,
    "verify_studio": is_centre_staff & ~leads_the_studio,
    "list_households": is_staff_of_the_place,
    "register_household": is_staff_of_the_place,
    "see_household": is_contact_of_the_household | is_staff_of_the_place,
    "open_household": is_contact_of_the_household | is_staff_of_the_place,
    "change_household": is_staff_of_the_place,
    "end_household": is_staff_of_the_place,
    "join_organisation": is_authenticated,
    "admit_member": manages_the_organisation | is_centre_staff,
}
for name, holds in PERMISSIONS.items():
    set_perm(f"accounts.{name}", is_authenticated & holds)  # type: ignore[no-untyped-call]
