"""Shifts that come again, in weekdays and weeks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.forms.inputs import day_input, time_input
from core.widgets import Chips

WEEKDAYS = [
    ("MO", _("Monday")),
    ("TU", _("Tuesday")),
    ("WE", _("Wednesday")),
    ("TH", _("Thursday")),
    ("FR", _("Friday")),
    ("SA", _("Saturday")),
    ("SU", _("Sunday")),
]


class TimesForm(forms.Form):
    starts = forms.TimeField(label=_("From"), widget=time_input())
    ends = forms.TimeField(label=_("To"), widget=time_input())
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=2000)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("starts") and cleaned.get("ends") and cleaned["ends"] <= cleaned["starts"]:
            self.add_error("ends", _("The end lies before the start."))
        return cleaned


class SeriesForm(TimesForm):
    """`given()` are the arguments of `start_series`."""

    weekdays = forms.MultipleChoiceField(label=_("On"), choices=WEEKDAYS, widget=Chips)
    interval = forms.IntegerField(label=_("Every how many weeks"), min_value=1, max_value=52, initial=1)
    first_on = forms.DateField(label=_("First day"), widget=day_input())
    last_on = forms.DateField(
        label=_("Last day"), widget=day_input(), required=False, help_text=_("Leave it empty to go on.")
    )
    field_order = ("weekdays", "interval", "first_on", "last_on", "starts", "ends", "places")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("first_on"), cleaned.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("The last day lies before the first."))
        return cleaned

    def given(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        days, interval = ",".join(values.pop("weekdays")), values.pop("interval")
        return values | {"rule": f"FREQ=WEEKLY;INTERVAL={interval};BYDAY={days}"}


class SeriesChangeForm(TimesForm):
    scope = forms.ChoiceField(
        label=_("Change"),
        choices=[
            ("one", _("this shift")),
            ("following", _("this and the following")),
            ("all", _("all ahead")),
        ],
        widget=forms.RadioSelect,
        initial="one",
    )
    day = forms.DateField(widget=forms.HiddenInput)
    field_order = ("scope", "starts", "ends", "places")
