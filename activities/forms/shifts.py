"""The table of shifts of an activity."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.checks.posting import ShiftGiven
from activities.forms.inputs import Quiet, day_input, time_input

MOST_SHIFTS = 24


class ShiftForm(Quiet):
    """One line of the table of shifts. A line without a day does not count, so emptying the day removes it."""

    day = forms.DateField(label=_("Day"), widget=day_input())
    starts = forms.TimeField(label=_("From"), widget=time_input())
    ends = forms.TimeField(label=_("To"), widget=time_input())
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=2000)
    id = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def has_changed(self) -> bool:
        return bool(self["day"].data)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("starts") and cleaned.get("ends") and cleaned["ends"] <= cleaned["starts"]:
            self.add_error("ends", _("The end lies before the start."))
        return cleaned

    def given(self) -> ShiftGiven:
        zone, day = timezone.get_current_timezone(), self.cleaned_data["day"]
        return ShiftGiven(
            starts_at=datetime.combine(day, self.cleaned_data["starts"], tzinfo=zone),
            ends_at=datetime.combine(day, self.cleaned_data["ends"], tzinfo=zone),
            places=self.cleaned_data["places"],
            id=self.cleaned_data.get("id"),
        )


class Shifts(forms.BaseFormSet):  # type: ignore[type-arg]
    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "empty_permitted": True, "use_required_attribute": False}


ShiftFormSet = forms.formset_factory(
    ShiftForm, formset=Shifts, extra=1, max_num=MOST_SHIFTS, absolute_max=MOST_SHIFTS
)


def with_one_more_shift(data: QueryDict) -> QueryDict:
    """The same typed form with an empty line at the end."""
    wider = data.copy()
    typed = wider.get("shift-TOTAL_FORMS", "1")
    wider["shift-TOTAL_FORMS"] = str(min(int(typed) + 1 if typed.isdigit() else 1, MOST_SHIFTS))
    return wider
