"""Deciding about hours."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User, Volunteer
from core.errors import DomainError


def check_not_own_hours(volunteer: Volunteer, by: User) -> None:
    if volunteer.user_id == by.pk:
        raise DomainError(
            "own_hours",
            _("Nobody decides about their own hours."),
            help=_("Ask somebody else of the staff to decide."),
        )


def check_in_own_words(words: str) -> None:
    if not words.strip():
        raise DomainError("no_reason", _("Say in a sentence why."))
