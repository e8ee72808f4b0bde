"""Check-in and check-out with the six digits shown on site, typed by the volunteer."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activities.checks.attendance import (
    check_check_in_is_open,
    check_check_out_is_open,
    check_takes_place,
)
from activities.models import SignUp, Way
from activities.rules import is_code_of
from activities.services.attendance import (
    Device,
    not_checked_in,
    observe_arrival,
    observe_leaving,
    open_pair_of,
)
from activities.services.sign_up import rules_of
from core.errors import DomainError

# A guess has two chances in a million; five wrong ones in a row and this person waits.
WRONG_CODES = 5
WRONG_CODES_WAIT = timedelta(minutes=5)


def check_in(*, sign_up: SignUp, code: str, by: User, device: Device | None = None) -> SignUp:
    """Begin a pair. A second check-in while one is open changes nothing, so a double click is one check-in.

    The guess is counted in a transaction of its own, because a refusal must not undo the count. Raises DomainError
    `wrong_code`, `too_many_codes`, and those of `observe_arrival`.
    """
    if open_pair_of(sign_up) is not None:
        return SignUp.objects.get(pk=sign_up.pk)
    check_code_is_taken_now(sign_up)
    _spend_guess(sign_up=sign_up, code=code)
    return observe_arrival(sign_up=sign_up, way=Way.CODE, by=by, device=device)


def check_out(*, sign_up: SignUp, code: str, by: User, device: Device | None = None) -> SignUp:
    """End the open pair. Without an open pair after a check-out nothing changes.

    Raises DomainError `not_checked_in`, `wrong_code`, `too_many_codes`, and those of `observe_leaving`.
    """
    fresh = SignUp.objects.get(pk=sign_up.pk)
    if fresh.status == SignUp.Status.CHECKED_OUT:
        return fresh
    if fresh.status != SignUp.Status.CHECKED_IN:
        raise not_checked_in()
    check_code_is_taken_now(sign_up)
    _spend_guess(sign_up=sign_up, code=code)
    return observe_leaving(sign_up=sign_up, way=Way.CODE, by=by, device=device)


def check_code_is_taken_now(sign_up: SignUp) -> None:
    """The window of the rules for what comes next, in or out. Asked before a guess is spent, and by the page.

    Raises DomainError `cancelled`, `too_early`, `too_late`.
    """
    fresh = SignUp.objects.select_related("shift__activity").get(pk=sign_up.pk)
    now, rules = timezone.now(), rules_of(fresh.shift)
    if fresh.status == SignUp.Status.CHECKED_IN:
        check_check_out_is_open(fresh.shift, rules=rules, now=now)
        return
    check_takes_place(fresh.shift.activity)
    check_check_in_is_open(fresh.shift, rules=rules, now=now)


def _spend_guess(*, sign_up: SignUp, code: str) -> None:
    """Raises DomainError `wrong_code` or `too_many_codes`; the count is committed either way."""
    refusal = _guess(sign_up=sign_up, code=code, now=timezone.now())
    if refusal is not None:
        raise refusal


@transaction.atomic
def _guess(*, sign_up: SignUp, code: str, now: datetime) -> DomainError | None:
    """Counted over all sign-ups of this person for this shift, so giving the place back buys no guesses."""
    same = SignUp.objects.filter(shift=sign_up.shift_id, volunteer=sign_up.volunteer_id)
    rows = list(same.select_for_update().order_by("id"))
    is_recent = any(row.wrong_code_at and now - row.wrong_code_at < WRONG_CODES_WAIT for row in rows)
    wrong = sum(row.wrong_codes for row in rows) if is_recent else 0
    if wrong >= WRONG_CODES:
        return DomainError(
            "too_many_codes",
            _("Too many wrong codes in a row."),
            help=_("Wait five minutes, then type the code that the organiser shows now."),
        )
    same.update(wrong_codes=0)
    if is_code_of(sign_up.shift.code_secret, code, now):
        return None
    same.filter(pk=sign_up.pk).update(wrong_codes=wrong + 1, wrong_code_at=now)
    return DomainError(
        "wrong_code",
        _("This is not the code that is shown now."),
        help=_("The code changes every 30 seconds: look at the organiser's screen and type the new one."),
    )
