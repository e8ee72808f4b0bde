"""allauth's seams to our users: mobile phones, codes by SMS, throttles, the second step."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest
from django.utils.translation import get_language, gettext

from accounts.forms.fields import PhoneField
from accounts.models import User
from accounts.sms import send_sms
from core.crypto import seal, unseal
from core.phones import to_e164


class AccountAdapter(DefaultAccountAdapter):
    """How allauth reads and writes e-mail addresses and phone numbers."""

    def save_user(self, request: HttpRequest, user: Any, form: Form, commit: bool = True) -> User:
        """The new account; an address that was not given is NULL, because "" would be taken by the first person."""
        account: User = super().save_user(request, user, form, commit=False)
        account.email = account.email or None
        account.name = form.cleaned_data["name"]
        account.language = get_language() or settings.LANGUAGE_CODE
        if commit:
            account.save()
        return account

    def get_login_stages(self) -> list[str]:
        ours = {
            "allauth.account.stages.PhoneVerificationStage": "accounts.stages.VerifyPhone",
            "allauth.account.stages.EmailVerificationStage": "accounts.stages.VerifyEmail",
        }
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def format_email_subject(self, subject: str) -> str:
        return f"{settings.SITE_NAME} · {subject}"

    # --- phones

    def phone_form_field(self, **options: Any) -> PhoneField:
        return PhoneField(**options)

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        return (user.phone, user.is_phone_verified) if user.phone else None

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        """An unverified claim on the number gives way: nobody keeps a number that was never shown to be theirs."""
        User.objects.filter(phone=phone, is_phone_verified=False).exclude(pk=user.pk).update(phone=None)
        user.phone, user.is_phone_verified = phone, verified
        if user.pk:
            user.save(update_fields=["phone", "is_phone_verified"])

    def set_phone_verified(self, user: Any, phone: str) -> None:
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        """Whom a verified number belongs to, however it is spelt. An unverified one finds nobody, as a person who
        types somebody else's number at sign-up with a password of their own must not wait there for its owner."""
        try:
            number = to_e164(phone)
        except ValidationError:
            return None
        found: User | None = User.objects.owning_phone(number).first()
        return found

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:  # noqa: ARG002
        text = gettext("Your code is %(code)s. Nobody of the centre will ever ask you for it.")
        self._tell(phone, text % {"code": code}, code=code)

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:  # noqa: ARG002
        self._tell(phone, gettext("Somebody wanted to sign in with this number, but no account has it."))

    def send_account_already_exists_sms(self, phone: str) -> None:
        text = gettext("You have an account with this number already. Sign in with a code instead.")
        self._tell(phone, text)

    def _tell(self, phone: str, text: str, code: str = "") -> None:
        send_sms(phone=phone, text=f"{settings.SITE_NAME}: {text}", code=code)

    # --- throttles

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ARG002
        """allauth counts failures by e-mail and host. All phones would share one count, and whoever asks with another
        port in the Host header would get a new one; here each login has one count."""
        login = credentials.get("email") or credentials.get("phone") or credentials.get("username") or ""
        return str(login).lower()


class MfaAdapter(DefaultMFAAdapter):
    """Secrets of the second step are sealed with the site's keys, like every other secret at rest."""

    CONTEXT = "mfa.authenticator.secret"

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(text, context=self.CONTEXT)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(base64.b64decode(encrypted_text), context=self.CONTEXT)

    def get_totp_issuer(self) -> str:
        return str(settings.SITE_NAME)
