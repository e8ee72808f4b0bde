"""The three records that are registered in steps: volunteer, studio, household."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.asking import person
from accounts.forms import households, studios, volunteers
from accounts.models import Household, Studio, Volunteer
from accounts.services import register_household, register_studio, register_volunteer
from accounts.steps import Registration, Step


def finish_volunteer(request: HttpRequest, cleaned: dict[str, Any], key: Any) -> Volunteer:
    user = person(request)
    return register_volunteer(
        user=user, home=None, submission_key=key, by=user, **volunteers.about_volunteer(cleaned)
    )


def finish_studio(request: HttpRequest, cleaned: dict[str, Any], key: Any) -> Studio:
    user = person(request)
    return register_studio(
        lead=user,
        point=None,
        member_volunteers=(),
        submission_key=key,
        by=user,
        **studios.about_studio(cleaned),
    )


def finish_household(request: HttpRequest, cleaned: dict[str, Any], key: Any) -> Household:
    return register_household(
        point=None, submission_key=key, by=person(request), **households.about_household(cleaned)
    )


def place_of_the_worker(request: HttpRequest) -> dict[str, Any]:
    """Where most of a worker's households are: the one neighbourhood of a worker who has only one."""
    code = next(iter(person(request).worker_codes), "")
    return {"subdistrict": code[:9] if len(code) >= 9 else "", "place": code if len(code) == 12 else ""}


VOLUNTEER = Registration(
    name="volunteer",
    title=_("Register as a volunteer"),
    steps=(
        Step("about", _("About you"), volunteers.AboutYou),
        Step("skills", _("Skills"), volunteers.Skills),
        Step("times", _("Time and consent"), volunteers.Times),
    ),
    url="accounts:volunteer_register",
    finish=finish_volunteer,
    first_of=lambda request, key: Volunteer.objects.filter(submission_key=key, user=person(request)).first(),
    row_url="accounts:volunteer",
)
STUDIO = Registration(
    name="studio",
    title=_("Register a studio"),
    steps=(
        Step("about", _("The studio"), studios.AboutStudio),
        Step("services", _("Services"), studios.Services),
        Step("licences", _("Licences"), studios.Credentials),
        Step("hours", _("Opening hours"), studios.Hours),
    ),
    url="accounts:studio_register",
    finish=finish_studio,
    first_of=lambda request, key: Studio.objects.filter(submission_key=key, lead=person(request)).first(),
    row_url="accounts:studio",
)
HOUSEHOLD = Registration(
    name="household",
    title=_("Register a household"),
    steps=(
        Step("case", _("The case"), households.TheCase),
        Step("members", _("Members"), households.Members),
        Step("contact", _("Contact"), households.Contact),
        Step("care", _("Care and consent"), households.Care),
    ),
    url="accounts:household_register",
    finish=finish_household,
    first_of=lambda request, key: (
        Household.objects.visible_to(person(request)).filter(submission_key=key).first()
    ),
    row_url="accounts:household",
    initial=place_of_the_worker,
)
