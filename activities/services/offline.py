"""Ticks on the roster made without network, signed by the organiser's device, and taken over when the line is back.

While there is a network the device gets a key for one shift and one organiser; the site keeps nothing of it, because
the key follows from its public name and the site's secret. Each tick carries its moment by the site's clock and an
HMAC over all that it says, so nobody can write one later, for another shift, or in another's name.

What happens when ticks meet what is known meanwhile (docs/attendance.md, tests/activities/test_offline.py):

1. Ticks are taken in the order of their own moments, each by itself: one that is refused stops no other.
2. A tick that arrives again is answered as before and changes nothing.
3. Came, while an open check-in began later: it begins at the earlier moment; whoever saw the person first is right.
4. Came, while the person was present already: known, nothing changes.
5. Left, after somebody else recorded the leaving: known; the first check-out stays.
6. Whatever cannot be (the place was given back, before the check-in opened, no arrival, a wrong clock) is refused,
   shown on the roster with its reason, and stays there until an organiser has seen it. Nothing is thrown away.
7. A tick that arrives too late (RuleSet.offline_hours) is an entered one: it waits for approval as 荣誉时.
"""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activities.checks.posting import check_runs
from activities.models import OfflineEntry, Shift, SignUp, Way
from activities.services.attendance import begin_earlier, observe_arrival, observe_leaving
from activities.services.sign_up import rules_of
from activities.services.timesheets import locked_sign_up
from core.errors import DomainError

SALT = "activities.offline"
AT_ONCE = timedelta(minutes=2)  # a tick on its way this long was made with a network
CLOCK_SLACK = timedelta(minutes=2)
Act, Outcome = OfflineEntry.Act, OfflineEntry.Outcome


@dataclass(frozen=True)
class Key:
    """`name` is sent with each tick; `secret` signs, and leaves the device never."""

    name: str
    secret: bytes


@dataclass(frozen=True)
class Tick:
    entry_id: uuid.UUID
    sign_up_id: int
    act: str
    taken_at: datetime


@dataclass(frozen=True)
class Verdict:
    entry_id: uuid.UUID
    outcome: str
    refusal: str = ""


def hand_out_key(*, shift: Shift, by: User) -> Key:
    """Raises DomainError `not_the_organiser`."""
    check_runs(shift.activity, by)
    issued = round(timezone.now().timestamp() * 1000)
    name = signing.dumps([shift.pk, by.pk, issued, secrets.token_hex(8)], salt=SALT)
    return Key(name, secret_of(name))


def secret_of(name: str) -> bytes:
    return salted_hmac(SALT, name, algorithm="sha256").digest()


def text_of(entry_id: uuid.UUID, sign_up_id: int, act: str, taken_ms: int) -> str:
    """What is signed; the same line is built in static/activities/ticks.js."""
    return f"{entry_id}|{sign_up_id}|{act}|{taken_ms}"


def signature_of(secret: bytes, text: str) -> str:
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def moment_of(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def take_over(*, key_name: str, ticks: Iterable[Tick], by: User) -> list[Verdict]:
    """Judge ticks whose signatures hold. Raises DomainError `foreign_key` or `not_the_organiser`."""
    shift, issued_at = _opened(key_name, by)
    check_runs(shift.activity, by)
    in_order = sorted(ticks, key=lambda tick: (tick.taken_at, tick.entry_id))
    return [_judged(tick, shift=shift, issued_at=issued_at, by=by) for tick in in_order]


def _opened(key_name: str, by: User) -> tuple[Shift, datetime]:
    refusal = DomainError("foreign_key", _("These ticks were made by somebody else: sign in as that person."))
    try:
        shift_id, user_id, issued, _nonce = signing.loads(key_name, salt=SALT)
    except signing.BadSignature:
        raise refusal from None
    if user_id != by.pk:
        raise refusal
    return Shift.objects.select_related("activity").get(pk=shift_id), moment_of(issued)


@transaction.atomic
def _judged(tick: Tick, *, shift: Shift, issued_at: datetime, by: User) -> Verdict:
    sign_up = SignUp.objects.filter(pk=tick.sign_up_id, shift=shift).first()
    if sign_up is None:
        return Verdict(tick.entry_id, Outcome.REFUSED, "unknown_sign_up")
    locked = locked_sign_up(sign_up)
    known = OfflineEntry.objects.filter(entry_id=tick.entry_id).first()
    if known is not None:
        return Verdict(tick.entry_id, known.outcome, known.refusal)
    refusal = ""
    try:
        with transaction.atomic():
            outcome = _taken(tick, locked, issued_at=issued_at, by=by)
    except DomainError as error:
        outcome, refusal = Outcome.REFUSED, error.code
    OfflineEntry.objects.create(
        entry_id=tick.entry_id,
        shift=shift,
        sign_up=locked,
        act=tick.act,
        taken_at=tick.taken_at,
        by=by,
        outcome=outcome,
        refusal=refusal,
    )
    return Verdict(tick.entry_id, outcome, refusal)


def _taken(tick: Tick, sign_up: SignUp, *, issued_at: datetime, by: User) -> str:
    now = timezone.now()
    if not issued_at - CLOCK_SLACK <= tick.taken_at <= now + CLOCK_SLACK:
        raise DomainError("wrong_clock", _("The clock of the phone was wrong."))
    at = min(tick.taken_at, now)
    way = _way(now - at, hours=rules_of(sign_up.shift).offline_hours)
    if tick.act == Act.CAME and sign_up.status == SignUp.Status.CHECKED_IN:
        moved = begin_earlier(sign_up=sign_up, at=at, way=way, seen_by=by)
        return Outcome.WRITTEN if moved else Outcome.KNOWN
    if tick.act == Act.CAME and _was_present(sign_up, at):
        return Outcome.KNOWN
    if tick.act == Act.CAME:
        observe_arrival(sign_up=sign_up, way=way, by=by, at=at, seen_by=by)
        return Outcome.WRITTEN
    if sign_up.status == SignUp.Status.CHECKED_OUT:
        return Outcome.KNOWN
    observe_leaving(sign_up=sign_up, way=way, by=by, at=at, seen_by=by)
    return Outcome.WRITTEN


def _was_present(sign_up: SignUp, at: datetime) -> bool:
    return sign_up.attendances.filter(checked_in_at__lte=at, checked_out_at__gt=at).exists()


def _way(underway: timedelta, *, hours: int) -> Way:
    if underway <= AT_ONCE:
        return Way.ROSTER
    return Way.OFFLINE if underway <= timedelta(hours=hours) else Way.LATE


@transaction.atomic
def settle(*, entry: OfflineEntry, by: User) -> None:
    """Somebody has seen a tick that was not taken over and done what had to be done."""
    check_runs(entry.shift.activity, by)
    OfflineEntry.objects.filter(pk=entry.pk, settled_at__isnull=True).update(settled_at=timezone.now())
