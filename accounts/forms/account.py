"""Name and language of the own account."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from accounts.forms.volunteers import again_field
from accounts.models import User, Volunteer
from core.widgets import RadioChips

# each language in its own words, so that it is found by whoever reads only that one
LANGUAGES = [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


class Account(forms.ModelForm):  # type: ignore[type-arg]
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, widget=RadioChips)

    class Meta:
        model = User
        fields = ["name", "language"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if Volunteer.objects.verified().filter(user=self.instance).exists():
            self.fields["agrees_to_verification"] = again_field()
            self.order_fields(["name", "agrees_to_verification", "language"])
