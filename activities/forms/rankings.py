"""What people say about a ranking before it is published."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _


class ObjectionForm(forms.Form):
    words = forms.CharField(
        label=_("What is wrong, and how do you know?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class WordsForm(forms.Form):
    words = forms.CharField(label=_("Why"), max_length=300)
