"""What is typed about certificates, stars, awards and training."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.forms.inputs import day_input
from activities.models import Training
from core.widgets import RadioChips


class CertificateForm(forms.Form):
    """Which days. `days()` says them."""

    span = forms.ChoiceField(
        label=_("Which time?"),
        choices=[
            ("all", _("All my services")),
            ("year", _("This year")),
            ("last-year", _("Last year")),
            ("days", _("From day to day")),
        ],
        initial="all",
        widget=RadioChips,
    )
    starts_on = forms.DateField(label=_("First day"), required=False, widget=day_input())
    ends_on = forms.DateField(
        label=_("Last day"), required=False, widget=day_input(), help_text=_("Only for “From day to day”.")
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("span") == "days":
            first, last = typed.get("starts_on"), typed.get("ends_on")
            if not first and "starts_on" not in self.errors:
                self.add_error("starts_on", _("Choose the first day."))
            if not last and "ends_on" not in self.errors:
                self.add_error("ends_on", _("Choose the last day."))
            if first and last and last < first:
                self.add_error("ends_on", _("The last day lies before the first."))
        return typed

    def days(self) -> tuple[date | None, date | None]:
        """First and last day; None where there is no bound."""
        today = timezone.localdate()
        new_year = today.replace(month=1, day=1)
        span = self.cleaned_data["span"]
        if span == "year":
            return new_year, None
        if span == "last-year":
            return new_year.replace(year=today.year - 1), date(today.year - 1, 12, 31)
        if span == "days":
            return self.cleaned_data["starts_on"], self.cleaned_data["ends_on"]
        return None, None


class KeyForm(forms.Form):
    """A button that is to act once."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput)


class ObjectionForm(forms.Form):
    words = forms.CharField(
        label=_("What speaks against it?"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Say what you know and from where. Only those who decide read it and see who wrote it."),
    )


class ObjectionAnswerForm(forms.Form):
    answer = forms.CharField(max_length=300)
    is_upheld = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda typed: typed == "yes"
    )


class AwardForm(forms.Form):
    name = forms.CharField(label=_("Name of the award"), max_length=120)
    granted_on = forms.DateField(label=_("Granted on"), widget=day_input())
    granted_by = forms.CharField(label=_("Granted by"), max_length=120)
    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class TrainingForm(forms.Form):
    name = forms.CharField(label=_("Name of the training"), max_length=120)
    content = forms.CharField(
        label=_("What was taught"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    hours = forms.DecimalField(
        label=_("Hours of study"), min_value=Decimal("0.5"), max_value=999, max_digits=4, decimal_places=1
    )
    organiser = forms.CharField(label=_("Organised by"), max_length=120)
    held_on = forms.DateField(label=_("Held on"), widget=day_input())
    kind = forms.ChoiceField(label=_("Kind of training"), choices=Training.Kind.choices, widget=RadioChips)
    way = forms.ChoiceField(
        label=_("How it was held"),
        choices=Training.Way.choices,
        widget=RadioChips,
        initial=Training.Way.IN_PERSON,
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def values(self) -> dict[str, Any]:
        """What the service takes: minutes instead of hours."""
        values = dict(self.cleaned_data)
        values["study_minutes"] = int(values.pop("hours") * 60)
        return values
