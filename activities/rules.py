"""Pure reckoning of this app: no database, no clock. Every number that is a rule comes from the caller's RuleSet."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

CODE_STEP = timedelta(seconds=30)
CODE_DIGITS = 6
ALL_TIME = date(1970, 1, 1)
Pair = tuple[datetime, datetime | None]


def minutes_of(pairs: Iterable[Pair]) -> int:
    """Whole minutes of all closed pairs of check-in and check-out together; an open pair counts nothing."""
    given = sum((out - into for into, out in pairs if out is not None), timedelta())
    return given // timedelta(minutes=1)


def period_start(period: str, day: date) -> date:
    """The first day of the week (Monday), month, quarter or year that `day` is in; 1970-01-01 for all time.

    `period` is a value of Tally.Period. Raises ValueError for any other.
    """
    if period == "week":
        return day - timedelta(days=day.weekday())
    if period == "month":
        return day.replace(day=1)
    if period == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    if period == "year":
        return day.replace(month=1, day=1)
    if period == "all":
        return ALL_TIME
    raise ValueError(period)


def next_period(period: str, first_day: date) -> date:
    """The first day of the period after the one that begins on `first_day`; all time has none and stays."""
    beyond = {"week": 7, "month": 31, "quarter": 92, "year": 366, "all": 0}[period]
    return period_start(period, first_day + timedelta(days=beyond))


def previous_period(period: str, first_day: date) -> date:
    return first_day if period == "all" else period_start(period, first_day - timedelta(days=1))


def stars_reached(minutes: int, star_hours: Sequence[int]) -> int:
    """How many stars these minutes are enough for (RuleSet.star_hours, whole hours, rising)."""
    return sum(minutes >= hours * 60 for hours in star_hours)


def code_at(secret: str, moment: datetime) -> str:
    """The six digits shown on site in the step of 30 s that `moment` is in (RFC 4226, with SHA-256)."""
    digest = hmac.new(secret.encode(), step_of(moment).to_bytes(8, "big"), hashlib.sha256).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def is_code_of(secret: str, typed: str, moment: datetime) -> bool:
    """Whether `typed` is the code of this step or of the one before; a shift without a secret has no code."""
    digits = "".join(mark for mark in typed if mark.isdecimal())
    right = (code_at(secret, moment), code_at(secret, moment - CODE_STEP))
    matches = [hmac.compare_digest(code.encode(), digits.encode()) for code in right]
    return bool(secret) and any(matches)


def place_is_kept_until(
    now: datetime, starts_at: datetime, *, percent: int, least: timedelta, most: timedelta
) -> datetime:
    """Until when a person may take a place that became free: a share of the time that is left, so that it shrinks as
    the start nears, between `least` and `most`, and never past the start."""
    share = (starts_at - now) * percent / 100
    return min(now + min(max(share, least), most), starts_at)


def seconds_left(moment: datetime) -> int:
    """Seconds until the code changes."""
    whole = int(CODE_STEP.total_seconds())
    return whole - int(moment.timestamp()) % whole


def step_of(moment: datetime) -> int:
    """The step of 30 s that a moment is in."""
    return int(moment.timestamp() // CODE_STEP.total_seconds())


def scan_token(secret: str, step: int) -> str:
    """What the QR code of this step carries: 120 bits, so that the six digits do not lead to it."""
    digest = hmac.new(secret.encode(), b"scan" + step.to_bytes(8, "big"), hashlib.sha256).digest()
    return base64.b32encode(digest[:15]).decode().lower()


def step_of_scan(secret: str, token: str, moment: datetime) -> int | None:
    """The step whose QR code was scanned: this one or the one before. None for a late scan, or for no scan at all."""
    now = step_of(moment)
    for step in (now, now - 1):
        if secret and hmac.compare_digest(scan_token(secret, step).encode(), token.encode()):
            return step
    return None
