"""Papers, and the roles of a shift."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.models import Qualification, Shift, ShiftRole
from core.errors import DomainError


def check_paper_is_sound(issued_on: date, expires_on: date | None) -> None:
    today = timezone.localdate()
    if issued_on > today:
        raise DomainError(
            "issued_in_the_future",
            _("A paper is issued before it is entered."),
            help=_("Look at the date again."),
        )
    if expires_on is not None and expires_on < today:
        raise DomainError(
            "paper_expired", _("This paper is no longer valid."), help=_("Enter it once it has been renewed.")
        )


@dataclass(frozen=True)
class RoleGiven:
    """A role as it was entered; the name says which one it changes."""

    name: str
    places: int
    least: int = 0
    qualification: Qualification | None = None


def check_roles_are_sound(roles: Sequence[RoleGiven]) -> None:
    names = [role.name for role in roles]
    if len(names) != len(set(names)):
        raise DomainError(
            "role_twice", _("The same role is given twice."), help=_("Name the two differently.")
        )
    if any(role.least > role.places for role in roles):
        raise DomainError(
            "least_beyond_places",
            _("More are needed at least than there are places."),
            help=_("Give more places, or ask for fewer."),
        )


def check_roles_keep_promises(shift: Shift, old: Sequence[ShiftRole], given: Sequence[RoleGiven]) -> None:
    """Whoever has a place in a role keeps it; people of a shift without roles are not put into one."""
    promised = {role.name: role.taken + role.held for role in old if role.taken + role.held}
    wanted = {role.name: role.places for role in given}
    if any(wanted.get(name, 0) < count for name, count in promised.items()):
        raise DomainError(
            "role_is_taken",
            _("People have signed up for one of these roles: it keeps its name and their places."),
            help=_("Give it at least as many places, or free places on the roster first."),
        )
    if not old and shift.taken + shift.held and given:
        raise DomainError(
            "has_sign_ups",
            _("People have signed up already, without a role."),
            help=_("Set the roles of a shift before it is published, or in a new shift."),
        )
