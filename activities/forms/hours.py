"""Corrections of hours."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _


class CorrectionForm(forms.Form):
    words = forms.CharField(
        label=_("What is wrong, and what would be right?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class CorrectionAnswerForm(forms.Form):
    """Empty minutes leave the record as it is."""

    instead_minutes = forms.IntegerField(
        label=_("Minutes that count instead"),
        required=False,
        min_value=0,
        max_value=24 * 60,
        help_text=_("Leave it empty when the record stays as it is."),
    )
    answer = forms.CharField(
        label=_("Answer to the volunteer"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
