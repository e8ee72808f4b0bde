"""Sign-up and sign-in by e-mail or by mobile phone (settings.ACCOUNT_FORMS)."""

from typing import Any

from allauth.account.forms import LoginForm, RequestLoginCodeForm, SignupForm
from allauth.account.models import EmailAddress
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.phones import to_e164

ADDRESS = _("E-mail address or mobile phone")


def address_field() -> forms.CharField:
    return forms.CharField(
        label=ADDRESS,
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
    )


def one_spelling(typed: str) -> str:
    """An e-mail address in small letters, or a phone number as E.164; anything else as it was typed.

    The throttle counts by this, so another spelling is not another account.
    """
    try:
        return to_e164(typed) if "@" not in typed else typed.strip().lower()
    except ValidationError:
        return typed.strip()


class SignUp(SignupForm):
    """Name, password, and at least one of e-mail and phone; each one that is given is verified by a code."""

    field_order = ["name", "phone", "email", "password1"]
    name = forms.CharField(
        label=_("Your name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("As on your ID card: the centre compares it."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        # allauth's settings ask for an e-mail address, because its checks know no "one of the two"
        options["email_required"] = False
        super().__init__(*args, **options)
        phone, email, password = (self.fields[name] for name in ("phone", "email", "password1"))
        phone.label, email.label = _("Mobile phone"), _("E-mail address")
        phone.is_one_of_several = email.is_one_of_several = True
        password.help_text = _("At least 8 characters, and not digits alone.")
        for field in (email, password):
            field.widget.attrs.pop("placeholder", None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not (cleaned.get("email") or cleaned.get("phone") or self.errors.keys() & {"email", "phone"}):
            self.add_error("phone", _("Give a mobile phone or an e-mail address, so that you can sign in."))
        return cleaned


class SignIn(LoginForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["login"] = address_field()
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["remember"].label = _("Stay signed in on this device")
        self.order_fields(["login", "password", "remember"])

    def clean_login(self) -> str:
        return one_spelling(self.cleaned_data["login"])


class AskForCode(RequestLoginCodeForm):
    """One field for both: what was typed says which it is."""

    login = address_field()
    _user: User | None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("email", "phone"):
            del self.fields[name]

    def clean_login(self) -> str:
        typed = one_spelling(self.cleaned_data["login"])
        if typed.startswith("+"):
            self.cleaned_data["phone"] = typed
            self.clean_phone()
            return typed
        validate_email(typed)
        self.cleaned_data["email"] = typed
        self.clean_email()
        if self._user and self._user.has_usable_password() and not self._is_verified(typed):
            self._user = (
                None  # somebody who never showed that the address is theirs may have set the password
            )
        return typed

    def _is_verified(self, email: str) -> bool:
        found: bool = EmailAddress.objects.filter(user=self._user, email=email, verified=True).exists()
        return found
