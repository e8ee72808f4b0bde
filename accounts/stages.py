"""What must be verified before a person is let in.

Sign-up asks for one of e-mail and phone, so allauth's own stages, which ask for what is set as required, do not fit:
here whatever was given at sign-up is verified by a code, and later only the address that was used to sign in.
"""

from typing import Any

from allauth.account.stages import EmailVerificationStage, PhoneVerificationStage


class VerifyPhone(PhoneVerificationStage):
    """At sign-up. Later a number that is not verified finds no account (accounts.adapter), so nothing is to do."""

    def handle(self) -> Any:
        if self.login.user is not None and not self.login.signup:
            return None, True
        return super().handle()


class VerifyEmail(EmailVerificationStage):
    """At sign-up with an address, and whenever an address is used to sign in."""

    def handle(self) -> Any:
        person = self.login.user
        if person is not None and not (self.login.email or (self.login.signup and person.email)):
            return None, True
        return super().handle()
