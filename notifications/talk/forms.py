"""What is typed in a conversation."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _


class SayForm(forms.Form):
    words = forms.CharField(
        label=_("Your message"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    picture = forms.FileField(
        label=_("A picture"),
        help_text=_("JPEG, PNG or WebP, up to 8 MB. Where it was taken is not sent along."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class ReportForm(forms.Form):
    reason = forms.CharField(
        label=_("What is wrong with it?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
