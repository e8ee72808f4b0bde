"""Name and language of the own account."""

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.widgets import RadioChips

# each language in its own words, so that it is found by whoever reads only that one
LANGUAGES = [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


class Account(forms.ModelForm):  # type: ignore[type-arg]
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, widget=RadioChips)

    class Meta:
        model = User
        fields = ["name", "language"]
