"""Mobile numbers as people type them, kept as E.164."""

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def to_e164(text: str, region: str = "CN") -> str:
    """`+8613…` from "138 0000 0000", "+86 138…", "0086-138…". Raises ValidationError.

    Only the form is checked, so invented numbers of the right length pass: who owns a number is shown by a code.
    """
    typed = text.strip().replace("－", "-")
    if typed.startswith("00"):
        typed = "+" + typed[2:]
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException as error:
        raise ValidationError(_("This is not a phone number."), code="phone") from error
    if not phonenumbers.is_possible_number(number):
        raise ValidationError(_("This is not a phone number."), code="phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown_phone(phone: str | None) -> str:
    """The number with its middle hidden: `138****0000`."""
    if not phone:
        return ""
    local = phone.removeprefix("+86")
    return f"{local[:3]}****{local[-4:]}"
