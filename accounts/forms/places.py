"""Subdistrict, then neighbourhood. The first only shortens the second, so the two work without a script as well."""

from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Division

Choice = tuple[str, str]


def neighbourhoods_by_subdistrict(subdistrict: str = "") -> list[tuple[str, list[Choice]]]:
    """Choices in groups, one for each subdistrict; of one subdistrict only when it is given."""
    rows = Division.objects.neighbourhoods().within(subdistrict).select_related("parent")
    groups: dict[str, list[Choice]] = {}
    for row in rows:
        groups.setdefault(row.parent.name if row.parent else "", []).append((row.code, row.name))
    return list(groups.items())


class PlaceFields(forms.Form):
    """`cleaned_data["place"]` is the neighbourhood's Division."""

    place_label: ClassVar[str | Promise] = _("Neighbourhood")
    place_hint: ClassVar[str | Promise] = ""

    subdistrict = forms.ChoiceField(label=_("Subdistrict"), required=False)
    place = forms.ChoiceField(label=_("Neighbourhood"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["place"].label = self.place_label  # type: ignore[assignment]
        self.fields["place"].help_text = self.place_hint  # type: ignore[assignment]
        subdistricts = dict(Division.objects.subdistricts().values_list("code", "name"))
        chosen = str(self["subdistrict"].value() or "")
        here = str(self["place"].value() or "")
        if chosen not in subdistricts or (here and not here.startswith(chosen)):
            chosen = ""
        self._choices("subdistrict", [("", _("All subdistricts")), *subdistricts.items()])
        self._choices("place", [("", _("Choose a neighbourhood")), *neighbourhoods_by_subdistrict(chosen)])
        self.fields["subdistrict"].widget.attrs.update(
            {
                "hx-get": reverse("accounts:neighbourhoods"),
                "hx-target": f"#{self['place'].id_for_label}",
                "hx-trigger": "change",
                "hx-swap": "innerHTML",
            }
        )

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_place(self) -> Division:
        return Division.objects.select_related("parent").get(code=self.cleaned_data["place"])
