"""Words of Django and allauth that this site says differently in Chinese.

Our catalogues come before theirs, so an entry here wins; the English stays theirs. Nothing imports this list: it is
collected with the other words (core/catalogues.py).
"""

from django.utils.translation import gettext_noop, ngettext_lazy, pgettext_lazy

BORROWED = (
    gettext_noop("This field is required."),
    pgettext_lazy("field label", "Login"),
    gettext_noop("Email or phone"),
    gettext_noop("Email"),
    gettext_noop("Email (optional)"),
    gettext_noop("Email address"),
    gettext_noop("Remember Me"),
    gettext_noop("Code"),
    gettext_noop("Incorrect code."),
    gettext_noop("The email address and/or password you specified are not correct."),
    gettext_noop("The phone number and/or password you specified are not correct."),
    gettext_noop("Too many failed login attempts. Try again later."),
    gettext_noop("Successfully signed in as %(name)s."),
    gettext_noop("You have signed out."),
    gettext_noop("A sign-in code has been sent to %(recipient)s."),
    gettext_noop("The password reset token was invalid."),
    gettext_noop("Bad Token"),
    gettext_noop("Email Verification"),
    gettext_noop("Phone Verification"),
    gettext_noop("Enter Email Verification Code"),
    gettext_noop("Enter Phone Verification Code"),
    gettext_noop("Enter Sign-In Code"),
    gettext_noop("Confirm Access"),
    gettext_noop("Please reauthenticate to safeguard your account."),
    gettext_noop("Enter your password:"),
    gettext_noop("Use your password"),
    gettext_noop("Use authenticator app or code"),
    gettext_noop("Two-Factor Authentication"),
    gettext_noop("Authentication using an authenticator app is active."),
    gettext_noop("Authenticator code"),
    gettext_noop("Passkey"),
    gettext_noop("Passwordless"),
    gettext_noop("No recovery codes set up."),
    gettext_noop("Your password can’t be too similar to your other personal information."),
    gettext_noop("Your password can’t be a commonly used password."),
    gettext_noop("Your password can’t be entirely numeric."),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
        "min_length",
    ),
)
