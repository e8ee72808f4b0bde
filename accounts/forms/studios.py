"""The steps of a studio's registration."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.places import PlaceFields
from accounts.forms.rows import FormWithRows, Row
from accounts.forms.volunteers import RADII, day_input
from accounts.models import Studio
from accounts.services import CredentialGiven, ServiceGiven
from core.codes import ServiceCategory, Skill
from core.widgets import SlotsField


class AboutStudio(PlaceFields):
    name = forms.CharField(label=_("Name of the studio"), max_length=80)
    about = forms.CharField(
        label=_("What you do, in two or three sentences"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        required=False,
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=120,
        required=False,
        help_text=_("Shown to everybody: give the studio's address, not a home."),
    )
    field_order = ["name", "about", "subdistrict", "place", "address"]


class ServiceRow(Row):
    name = forms.CharField(label=_("Service"), max_length=60)
    category = forms.ChoiceField(
        label=_("Kind of service"), choices=[("", _("Choose a kind")), *ServiceCategory.choices]
    )
    skill = forms.ChoiceField(label=_("Skill"), choices=[("", _("Choose a skill")), *Skill.choices])
    is_remote = forms.BooleanField(label=_("Also by phone or online"), required=False)


class Services(FormWithRows):
    row_form = ServiceRow
    rows_prefix = "services"
    rows_label = _("What you offer")
    more_label = _("Add another service")
    needs_a_row = True


class CredentialRow(Row):
    name = forms.CharField(label=_("Licence or certificate"), max_length=80)
    skill = forms.ChoiceField(label=_("For which skill"), choices=[("", _("Choose a skill")), *Skill.choices])
    valid_until = forms.DateField(label=_("Valid until"), widget=day_input())


class Credentials(FormWithRows):
    row_form = CredentialRow
    rows_prefix = "credentials"
    rows_label = _("Licences the studio works under")
    more_label = _("Add another licence")


class Hours(forms.Form):
    slots = SlotsField(label=_("When the studio can help"))
    weekly_capacity = forms.IntegerField(
        label=_("Services a week at most"),
        min_value=1,
        max_value=200,
        initial=5,
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    radius_m = forms.TypedChoiceField(
        label=_("How far the studio goes"), choices=RADII, coerce=int, initial=5000
    )


def about_studio(cleaned: dict[str, Any]) -> dict[str, Any]:
    """What the steps gave, in the words of `register_studio` and `change_studio`."""
    same = ("name", "about", "address", "slots", "weekly_capacity", "radius_m")
    return {
        **{name: cleaned[name] for name in same},
        "division": cleaned["place"],
        "services": [ServiceGiven(**row) for row in cleaned["services"]],
        "credentials": [CredentialGiven(**row) for row in cleaned["credentials"]],
    }


def initial_of(studio: Studio) -> dict[str, Any]:
    same = ("name", "about", "address", "slots", "weekly_capacity", "radius_m")
    return {
        **{name: getattr(studio, name) for name in same},
        "subdistrict": studio.division_id[:9],
        "place": studio.division_id,
    }


def service_rows(studio: Studio) -> list[dict[str, Any]]:
    names = ("name", "category", "skill", "is_remote")
    return [{name: getattr(row, name) for name in names} for row in studio.services.all()]


def credential_rows(studio: Studio) -> list[dict[str, Any]]:
    names = ("name", "skill", "valid_until")
    return [{name: getattr(row, name) for name in names} for row in studio.credentials.all()]
