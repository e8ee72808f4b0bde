"""Name and language of the own account."""

from django import forms
from django.conf import settings

from accounts.models import User
from core.widgets import RadioChips


class Account(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ["name", "language"]
        widgets = {"language": RadioChips(choices=settings.LANGUAGES)}
