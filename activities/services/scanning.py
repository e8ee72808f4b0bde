"""The QR code on the organiser's phone: scanned in time it gives a ticket, and the ticket checks one person in or out.

Scanning is opening an address, which must change nothing; so the scan only proves that this device saw the code in its
30 seconds. The ticket that it gets is signed, bound to the shift, the step and the device, and good for minutes:
long enough to sign in, too short to be sold. One device serves one person a shift, one scan serves one act.
"""

from dataclasses import dataclass

from django.core import signing
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activities.models import Shift, SignUp, Way
from activities.rules import step_of_scan
from activities.services.attendance import Device, observe_arrival, observe_leaving
from core.errors import DomainError

TICKET_LIFE = 300  # seconds, to sign in and press the button
SALT = "activities.scan"


@dataclass(frozen=True)
class Ticket:
    shift_id: int
    step: int
    digest: str


def device_digest(shift_id: int, device: str) -> str:
    """The device as this shift knows it: another shift's digest of the same phone says nothing about it."""
    return salted_hmac("activities.device", f"{shift_id}:{device}", algorithm="sha256").hexdigest()


def device_at(shift: Shift, device: str) -> Device:
    return Device(device_digest(shift.pk, device))


def scan(*, shift: Shift, token: str, device: str) -> str:
    """The ticket for a code that is shown now or was until just now. Raises DomainError `late_scan`."""
    step = step_of_scan(shift.code_secret, token, timezone.now())
    if step is None:
        raise late_scan()
    return signing.dumps([shift.pk, step, device_digest(shift.pk, device)], salt=SALT)


def ticket_of(text: str, *, device: str) -> Ticket:
    """Raises DomainError `late_scan` when it is too old, forged, or was scanned by another device."""
    try:
        shift_id, step, digest = signing.loads(text, salt=SALT, max_age=TICKET_LIFE)
    except signing.BadSignature:
        raise late_scan() from None
    if not constant_time_compare(digest, device_digest(shift_id, device)):
        raise late_scan()
    return Ticket(shift_id, step, digest)


def late_scan() -> DomainError:
    return DomainError(
        "late_scan",
        _("This code is no longer valid."),
        help=_("It changes every 30 seconds: scan the one that the organiser shows now."),
    )


def check_in_by_scan(*, sign_up: SignUp, ticket: Ticket, by: User) -> SignUp:
    """Raises DomainError `other_shift` and those of `observe_arrival`."""
    _check_same_shift(sign_up, ticket)
    device = Device(ticket.digest, ticket.step)
    return observe_arrival(sign_up=sign_up, way=Way.QR, by=by, device=device)


def check_out_by_scan(*, sign_up: SignUp, ticket: Ticket, by: User) -> SignUp:
    """Raises DomainError `other_shift` and those of `observe_leaving`."""
    _check_same_shift(sign_up, ticket)
    device = Device(ticket.digest, ticket.step)
    return observe_leaving(sign_up=sign_up, way=Way.QR, by=by, device=device)


def _check_same_shift(sign_up: SignUp, ticket: Ticket) -> None:
    if sign_up.shift_id != ticket.shift_id:
        raise DomainError("other_shift", _("This code belongs to another shift."))
