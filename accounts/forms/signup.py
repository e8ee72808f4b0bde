"""What sign-up asks beside the address."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SignupDetails(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=60)

    def signup(self, request: HttpRequest, user: Any) -> None:
        account: User = user
        account.name = self.cleaned_data["name"]
        account.save(update_fields=["name"])
