"""What `manage.py check --deploy` refuses: codes for signing in that end in a log."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.utils.module_loading import import_string

from accounts.sms import ConsoleSms

CONSOLE_MAIL = "django.core.mail.backends.console.EmailBackend"


@register(Tags.security, deploy=True)
def check_codes_stay_out_of_the_log(**_options: Any) -> list[CheckMessage]:
    """E-mail and text messages carry codes that open an account; printed, they stand in the site's log."""
    if not settings.HTTPS:
        return []
    found: list[CheckMessage] = []
    if settings.EMAIL_BACKEND == CONSOLE_MAIL:
        found.append(
            Error(
                "Mail is printed, with the codes that open accounts.",
                hint="Set EMAIL_BACKEND=django.core.mail.backends.smtp.EmailBackend and EMAIL_HOST.",
                id="accounts.E001",
            )
        )
    try:
        is_printed = issubclass(import_string(settings.SMS_BACKEND), ConsoleSms)
    except ImportError as error:
        found.append(Error(f"SMS_BACKEND cannot be loaded: {error}", id="accounts.E003"))
    else:
        if is_printed:
            found.append(
                Error(
                    "Text messages are printed, with the codes that open accounts.",
                    hint="Set SMS_BACKEND to the class of your gateway, or to accounts.sms.NoSms without one.",
                    id="accounts.E002",
                )
            )
    return found
