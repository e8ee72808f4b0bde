"""A person changes the own account: name and language."""

from django.db import transaction

from accounts.events import VolunteerChanged
from accounts.models import User, Volunteer
from accounts.services.volunteers import wait_for_verification
from core.events import publish


@transaction.atomic
def change_account(
    *, user: User, name: str, language: str, agrees_to_verification: bool = False, by: User
) -> User:
    """The name is part of what the centre has verified: a verified volunteer who changes it waits to be verified again.

    Locks the volunteer, then the user. Raises DomainError: verification_would_end.
    """
    volunteer = Volunteer.objects.select_for_update(no_key=True).filter(user=user).first()
    row: User = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    is_renamed = row.name != name
    row.name, row.language = name, language
    row.save(update_fields=["name", "language"])
    if volunteer is not None and is_renamed:
        if by.pk == row.pk:
            wait_for_verification(volunteer, agrees=agrees_to_verification, by=by)
        publish(VolunteerChanged(volunteer.pk, by.pk))
    return row
