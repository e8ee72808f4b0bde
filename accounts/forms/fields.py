"""Form fields that several forms share."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.phones import to_e164


class PhoneField(forms.CharField):
    """A mobile number as people write it, cleaned to E.164. Empty stays empty.

    In China a mobile number has 11 digits; a landline would never get the code.
    """

    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Mobile phone"))
        options.setdefault("max_length", 30)
        super().__init__(**options)

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        if not typed:
            return ""
        number = to_e164(typed)
        if number.startswith("+86") and len(number) != len("+86") + 11:
            raise ValidationError(_("A mobile number has 11 digits."), code="phone")
        return number
