"""What the centre says yes to with one click, and the service that does it. Who was there and who said so is kept by
the services."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Credential, Studio, User, Volunteer, VolunteerSkill
from accounts.services import check_credential, check_licence, verify_studio, verify_volunteer
from activities.models import Activity
from activities.services import publish_activity


@dataclass(frozen=True)
class Verifying:
    plural: str | Promise
    rows: Callable[[], QuerySet[Any]]
    division_field: str
    act: Callable[[Any, User], object]
    name_of: Callable[[Any], str] = str


VERIFYING = {
    "volunteers": Verifying(
        plural=_("Volunteers"),
        rows=lambda: Volunteer.objects.select_related("user"),
        division_field="home_division__code",
        act=lambda row, user: verify_volunteer(volunteer=row, by=user),
    ),
    "studios": Verifying(
        plural=_("Studios"),
        rows=Studio.objects.all,
        division_field="division__code",
        act=lambda row, user: verify_studio(studio=row, by=user),
    ),
    "licences": Verifying(
        plural=_("Licences of volunteers"),
        rows=lambda: VolunteerSkill.objects.select_related("volunteer__user"),
        division_field="volunteer__home_division__code",
        act=lambda row, user: check_licence(volunteer_skill=row, by=user),
        name_of=lambda row: f"{row.volunteer}, {row.licence_name}",
    ),
    "credentials": Verifying(
        plural=_("Licences of studios"),
        rows=lambda: Credential.objects.select_related("studio"),
        division_field="studio__division__code",
        act=lambda row, user: check_credential(credential=row, by=user),
        name_of=lambda row: f"{row.studio}, {row.name}",
    ),
    "activities": Verifying(
        plural=_("Activities"),
        rows=Activity.objects.all,
        division_field="division__code",
        act=lambda row, user: publish_activity(activity=row, by=user),
    ),
}
