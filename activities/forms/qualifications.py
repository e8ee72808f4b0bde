"""Papers of a volunteer, and the roles of a shift."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.checks.qualifications import RoleGiven
from activities.forms.inputs import day_input
from activities.models import Qualification, Shift

MOST_ROLES = 8


class QualificationForm(forms.Form):
    qualification = forms.ModelChoiceField(
        Qualification.objects.none(), label=_("Paper"), empty_label=_("Choose a paper")
    )
    issuer = forms.CharField(label=_("Issued by"), max_length=80)
    proof = forms.CharField(
        label=_("Number of the paper"),
        max_length=60,
        help_text=_("The centre asks to see the original. Never type your ID number here."),
    )
    issued_on = forms.DateField(label=_("Issued on"), widget=day_input())
    expires_on = forms.DateField(
        label=_("Valid until"),
        widget=day_input(),
        required=False,
        help_text=_("Leave it empty when it does not expire."),
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["qualification"].queryset = Qualification.objects.all()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        issued_on, expires_on = cleaned.get("issued_on"), cleaned.get("expires_on")
        if issued_on and expires_on and expires_on < issued_on:
            self.add_error("expires_on", _("It expires before it was issued."))
        return cleaned


class RoleForm(forms.Form):
    """One line; a line without a name does not count, so emptying the name removes it."""

    name = forms.CharField(label=_("Role"), max_length=40)
    qualification = forms.ModelChoiceField(
        Qualification.objects.none(), label=_("Needs"), required=False, empty_label=_("nothing in particular")
    )
    least = forms.IntegerField(label=_("At least"), min_value=0, max_value=2000, initial=0)
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=2000)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["qualification"].queryset = Qualification.objects.all()  # type: ignore[attr-defined]

    def has_changed(self) -> bool:
        return bool(str(self["name"].data or "").strip())

    def given(self) -> RoleGiven:
        return RoleGiven(**self.cleaned_data)


class Roles(forms.BaseFormSet):  # type: ignore[type-arg]
    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "empty_permitted": True, "use_required_attribute": False}


RoleFormSet = forms.formset_factory(
    RoleForm, formset=Roles, extra=2, max_num=MOST_ROLES, absolute_max=MOST_ROLES
)


def roles_now(shift: Shift) -> list[dict[str, Any]]:
    """The roles of a shift, to begin the form with."""
    return [dict(row) for row in shift.roles.values("name", "qualification", "least", "places")]
