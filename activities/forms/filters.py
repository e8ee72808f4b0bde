"""The filter of the list of activities."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Division
from activities.forms.inputs import day_input
from core.codes import ServiceCategory


class ActivityFilter(forms.Form):
    """All fields may stay empty; what makes no sense is left out rather than refused."""

    subdistrict = forms.ChoiceField(label=_("Subdistrict"), required=False)
    category = forms.ChoiceField(
        label=_("Kind of service"), choices=[("", _("All kinds")), *ServiceCategory.choices], required=False
    )
    day = forms.DateField(label=_("Day"), required=False, widget=day_input())

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        subdistricts = Division.objects.subdistricts().values_list("code", "name")
        self.fields["subdistrict"].choices = [("", _("All subdistricts")), *subdistricts]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
