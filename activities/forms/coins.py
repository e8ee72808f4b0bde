"""What a person does with time coins."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Volunteer
from activities.models import CoinEntry
from core.phones import to_e164
from core.widgets import RadioChips

Kind = CoinEntry.Kind


class CoinsForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What would you like to do?"),
        choices=[
            (Kind.SPEND, _("Spend them on a service for me")),
            (Kind.GIVE, _("Give them to somebody of my family")),
            (Kind.DONATE, _("Donate them to the community pool")),
        ],
        widget=RadioChips,
    )
    coins = forms.IntegerField(label=_("How many coins"), min_value=1, max_value=10_000)
    phone = forms.CharField(
        label=_("Mobile number of who receives them"),
        required=False,
        max_length=20,
        help_text=_("Only when you give them to somebody; the person is registered as a volunteer."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    words = forms.CharField(label=_("What for"), required=False, max_length=120)
    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def asked(self) -> dict[str, Any]:
        """What `use_coins` takes; after `is_valid`. A number that nobody has gives nobody."""
        told = dict(self.cleaned_data)
        phone = told.pop("phone")
        to = None
        if told["kind"] == Kind.GIVE and phone:
            try:
                to = Volunteer.objects.verified().filter(user__phone=to_e164(phone)).first()
            except ValidationError:
                to = None
        return told | {"to": to}
