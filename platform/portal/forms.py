"""What is typed on the portal's own pages."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.intake.tables import MOST_BYTES, too_large
from portal.models import Roster


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("The list"),
        help_text=_("CSV or XLSX as you keep it: headers in Chinese or English, in any order."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )
    roster = forms.ChoiceField(
        label=_("What it is a list of"),
        choices=[("", _("Tell from the header")), *Roster.choices],
        required=False,
    )
    is_verified = forms.BooleanField(
        label=_("The centre has checked these people and licences already"),
        help_text=_("Volunteers and studios come in verified instead of waiting to be checked."),
        required=False,
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(str(too_large()))
        return file


class EndOfCareForm(forms.Form):
    reason = forms.CharField(
        label=_("Why does the help end?"),
        help_text=_("For example: has moved away, no longer needs help. It is kept in the record."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
