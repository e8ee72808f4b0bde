"""What is typed on the portal's own pages."""

import re
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.intake.tables import MOST_BYTES, too_large
from portal.models import Roster

LONGEST_WORD = 40


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


class SynonymsForm(forms.Form):
    words = forms.CharField(
        label=_("Words that mean the same"),
        help_text=_("Two or more, with commas between them; Chinese, English or both."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_words(self) -> list[str]:
        found = [
            " ".join(word.split()) for word in re.split(r"[,\uff0c\u3001;\n]", self.cleaned_data["words"])
        ]
        words = list(dict.fromkeys(word for word in found if word))
        if len(words) < 2:
            raise forms.ValidationError(_("Please give at least two words."))
        if any(len(word) > LONGEST_WORD for word in words):
            raise forms.ValidationError(_("A word may have 40 characters at most."))
        return words
