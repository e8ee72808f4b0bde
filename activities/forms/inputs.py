"""Inputs and small forms that several processes share, and what is read from an address."""

from collections.abc import Iterable
from datetime import date

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

FIRST_DAY = date(2000, 1, 1)  # no hours lie before it, and periods can be reckoned from it


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def time_input() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class Sentences(forms.CheckboxSelectMultiple):
    """Whole sentences to tick, one below the other."""

    template_name = "activities/sentences.html"


class Quiet(forms.Form):
    """A form that can be shown with what was typed and without complaints, while somebody is still at it."""

    def quiet(self) -> None:
        self._errors = ErrorDict()


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


def day_of(text: str | None, default: date) -> date:
    """A day from an address, not before FIRST_DAY; anything else is the default."""
    try:
        return max(date.fromisoformat(text or ""), FIRST_DAY)
    except ValueError:
        return default


def first_known(text: str | None, known: Iterable[str], default: str) -> str:
    return text if text in set(known) else default
