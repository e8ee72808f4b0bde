"""A person changes the own account: name, language, how often to be asked."""

from django.conf import settings
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


@transaction.atomic
def set_language(*, user: User, language: str, by: User) -> None:
    """The language of pages and messages. `by` is the person, who alone decides about it."""
    if user.pk == by.pk and language in dict(settings.LANGUAGES):
        User.objects.filter(pk=user.pk).update(language=language)


@transaction.atomic
def set_weekly_asks(*, volunteer: Volunteer, weekly_asks: int | None, by: User) -> None:
    """How often a week this person may be asked at most; None is what the rules say, and more than the rules let one
    allow counts as that (RuleSet.most_weekly_asks). `by` is the person."""
    if volunteer.user_id == by.pk:
        Volunteer.objects.filter(pk=volunteer.pk).update(weekly_asks=weekly_asks)
        publish(VolunteerChanged(volunteer.pk, by.pk))
