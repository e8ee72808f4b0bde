"""A tablet on site: it shows no names until somebody types digits, and does nothing but check in and out of one shift.

The token is made once, shown to the organiser as a QR code, and kept only as a digest. Whoever has the tablet has no
account with it; the end comes by itself when the check-out closes, or when the organiser ends it.
"""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activities.checks.posting import check_runs
from activities.models import Kiosk, OfflineEntry, Shift, SignUp, Way
from activities.services.attendance import observe_arrival, observe_leaving
from activities.services.sign_up import rules_of
from core.errors import DomainError

Act = OfflineEntry.Act
DIGITS = 4
WRONG_DIGITS = 8  # in a row; a mistyped phone number is common, a search through all of them is not
WRONG_DIGITS_WAIT = timedelta(minutes=1)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def open_kiosk(*, shift: Shift, by: User) -> tuple[Kiosk, str]:
    """A new tablet and its token; those of before end, so a lost one is of no use. Raises DomainError
    `not_the_organiser`, `over`.
    """
    check_runs(shift.activity, by)
    locked = Shift.objects.select_for_update().get(pk=shift.pk)
    now = timezone.now()
    closes_at = locked.ends_at + timedelta(minutes=rules_of(shift).check_out_closes_minutes)
    if closes_at <= now:
        raise DomainError("over", _("This shift is over; nobody checks in or out any more."))
    Kiosk.objects.filter(shift=locked, ended_at__isnull=True).update(ended_at=now)
    token = secrets.token_urlsafe(24)
    kiosk = Kiosk.objects.create(shift=locked, token_digest=digest_of(token), made_by=by, closes_at=closes_at)
    return kiosk, token


@transaction.atomic
def end_kiosks(*, shift: Shift, by: User) -> int:
    """Raises DomainError `not_the_organiser`."""
    check_runs(shift.activity, by)
    return Kiosk.objects.filter(shift=shift, ended_at__isnull=True).update(ended_at=timezone.now())


def kiosk_of(token: str) -> Kiosk | None:
    """The tablet with this token while it is open."""
    row = Kiosk.objects.select_related("shift__activity").filter(token_digest=digest_of(token)).first()
    return row if row is not None and row.is_open(timezone.now()) else None


def find_people(*, kiosk: Kiosk, digits: str) -> "QuerySet[SignUp, SignUp]":
    """Those of the shift whose phone number ends in these four digits.

    The count of digits that nobody has is committed with the refusal. Raises DomainError `four_digits`, `nobody`,
    `too_many_digits`.
    """
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdecimal()):
        raise DomainError("four_digits", _("Type the last four digits of your phone number."))
    found = SignUp.objects.standing().filter(shift=kiosk.shift_id, volunteer__user__phone__endswith=digits)
    refusal = _counted(kiosk, is_found=found.exists())
    if refusal is not None:
        raise refusal
    return found.select_related("volunteer__user").order_by("id")


@transaction.atomic
def _counted(kiosk: Kiosk, *, is_found: bool) -> DomainError | None:
    locked = Kiosk.objects.select_for_update().get(pk=kiosk.pk)
    now = timezone.now()
    is_recent = locked.wrong_digits_at is not None and now - locked.wrong_digits_at < WRONG_DIGITS_WAIT
    wrong = locked.wrong_digits if is_recent else 0
    if wrong >= WRONG_DIGITS:
        return DomainError(
            "too_many_digits",
            _("Too many numbers that nobody here has."),
            help=_("Wait a minute, or ask the organiser to tick you on the roster."),
        )
    wrong = 0 if is_found else wrong + 1
    Kiosk.objects.filter(pk=kiosk.pk).update(wrong_digits=wrong, wrong_digits_at=now)
    if is_found:
        return None
    return DomainError(
        "nobody",
        _("Nobody with these digits has a place in this shift."),
        help=_("Try again, or ask the organiser to tick you on the roster."),
    )


def next_act(sign_up: SignUp) -> str:
    """In, or out for who is there. Part of what is offered, so that a double tap is one act and not two."""
    return Act.LEFT if sign_up.status == SignUp.Status.CHECKED_IN else Act.CAME


def act_at_kiosk(*, kiosk: Kiosk, sign_up: SignUp, act: str) -> SignUp:
    """Raises DomainError `kiosk_ended` and those of the observations."""
    if not kiosk.is_open(timezone.now()) or sign_up.shift_id != kiosk.shift_id:
        raise DomainError("kiosk_ended", _("This tablet checks nobody in any more."))
    observe = observe_arrival if act == Act.CAME else observe_leaving
    return observe(sign_up=sign_up, way=Way.KIOSK, by=None)


def masked(name: str) -> str:
    """Enough to know oneself, too little to learn who is there: 张*明."""
    if len(name) <= 2:
        return name[:1] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]
