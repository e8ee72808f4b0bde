"""Reasons not to apply for a star, not to object, not to grant one."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.models import User, Volunteer
from activities.models import StarApplication, StarObjection
from core.errors import DomainError


def check_own_record(volunteer: Volunteer, by: User) -> None:
    if volunteer.user_id != by.pk:
        raise DomainError("not_own_record", _("You can apply for yourself only."))


def check_is_verified(volunteer: Volunteer) -> None:
    if volunteer.status != Volunteer.Status.VERIFIED:
        raise DomainError(
            "not_verified",
            _("The centre has not verified this registration."),
            help=_("Ask the volunteer centre how it stands."),
        )


def check_hours_reach(level: int, reached: int) -> None:
    """Whether as many stars as `level` are reached by the hours given."""
    if level == 0 or reached < level:
        raise DomainError(
            "hours_too_few",
            _("The hours are not enough for this star."),
            help=_("The page of stars shows how many are missing."),
        )


def check_is_a_higher_star(volunteer: Volunteer, level: int) -> None:
    if level <= volunteer.stars:
        raise DomainError(
            "has_this_star",
            _("This star was granted already."),
            help=_("The next one can be applied for as soon as the hours are reached."),
        )


def check_decides(application: StarApplication, by: User) -> None:
    """The rules name who grants a star; nobody decides about an own one."""
    if application.volunteer.user_id == by.pk:
        raise DomainError(
            "own_star",
            _("Nobody decides about their own star."),
            help=_("Ask somebody else of the staff to decide."),
        )
    if not StarApplication.objects.decidable_by(by).filter(pk=application.pk).exists():
        raise DomainError(
            "not_the_approver",
            _("The rules in force give this decision to somebody else."),
            help=_("The volunteer centre of the district decides."),
        )


def check_publicity_is_over(application: StarApplication, today: date) -> None:
    if application.status != StarApplication.Status.PUBLISHED:
        if application.rules.publicity_working_days:
            raise DomainError(
                "not_published",
                _("This star has not been open to objections yet."),
                help=_("Publish it first."),
            )
    elif application.objections_until is not None and today <= application.objections_until:
        raise DomainError(
            "publicity_runs",
            _("Objections are possible until %(day)s."),
            help=_("It can be granted on the day after."),
            params={"day": application.objections_until},
        )


def check_no_open_objection(application: StarApplication) -> None:
    if application.objections.waiting().exists():
        raise DomainError(
            "objection_open",
            _("An objection has not been answered yet."),
            help=_("Look into it and answer it first."),
        )


def check_is_open_to_objections(application: StarApplication, today: date) -> None:
    is_open = (
        application.status == StarApplication.Status.PUBLISHED
        and application.objections_until is not None
        and today <= application.objections_until
    )
    if not is_open:
        raise DomainError(
            "publicity_over",
            _("The time for objections is over."),
            help=_("Call the volunteer centre if you know of something serious."),
        )


def check_not_own_star(application: StarApplication, by: User) -> None:
    if application.volunteer.user_id == by.pk:
        raise DomainError(
            "own_star",
            _("This is your own star."),
            help=_("If you no longer want it, take the application back on your page."),
        )


def check_not_own_objection(objection: StarObjection, by: User) -> None:
    if objection.by_id == by.pk:
        raise DomainError(
            "own_objection",
            _("Nobody answers their own objection."),
            help=_("Ask somebody else of the staff to answer."),
        )


def check_has_words(words: str) -> str:
    if not words.strip():
        raise DomainError("no_reason", _("Say in a sentence why."))
    return words.strip()
