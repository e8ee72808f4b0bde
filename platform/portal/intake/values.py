"""What stands in a cell, as people and spreadsheets write it, becomes a value; what cannot be read is said in words.

Every function takes a Cell that is not empty and raises BadValue with a sentence for the person who mends the list.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.phones import to_e164
from core.slots import to_mask
from portal.intake.columns import plain
from portal.intake.tables import Cell

WORDS: dict[str, Any] = json.loads(
    (Path(__file__).parent / "data" / "values.json").read_text(encoding="utf-8")
)
SEPARATORS = re.compile(r"[,;、，；/|\n\r]+")
EXCEL_EPOCH = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 1, 110_000  # up to the year 2201
DAY = re.compile(r"(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})(?!\d)")
CLOCK = re.compile(r"(\d{1,2})\s*[:点时h.]\s*(\d{1,2})?")
Value = TypeVar("Value")


class BadValue(ValueError):
    """A cell that cannot be read; `reason` is a lazy sentence."""

    def __init__(self, reason: str | Promise, **params: object) -> None:
        super().__init__()
        self._reason = reason
        self._params = params

    @property
    def reason(self) -> str:
        return str(self._reason) % self._params if self._params else str(self._reason)


def is_empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and cell.strip() in {"", "/", "-", "—", "N/A", "n/a"})


def text(cell: Cell, *, longest: int = 1000) -> str:
    """One line of text; a number without its `.0`."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    found = " ".join(unicodedata.normalize("NFC", str(cell)).split())
    if len(found) > longest:
        raise BadValue(_("This is longer than %(longest)d characters."), longest=longest)
    return found


def phone(cell: Cell) -> str:
    """E.164. Spaces, dashes, +86, 0086 and the decimals of a spreadsheet are no trouble."""
    if isinstance(cell, float):
        if not cell.is_integer():
            raise BadValue(_("This is not a phone number."))
        cell = int(cell)
    typed = unicodedata.normalize("NFKC", str(cell)).strip()
    if re.fullmatch(r"[\d.]+[eE]\+?\d+", typed):
        raise BadValue(
            _("The spreadsheet has shortened this number. Format the column as text and type it again.")
        )
    typed = re.sub(r"\.0+$", "", typed)
    typed = re.sub(r"^\(?\+?0*86\)?[\s-]*(?=1)", "+86", typed)
    try:
        return to_e164(typed)
    except ValidationError as error:
        raise BadValue(_("This is not a phone number.")) from error


def email(cell: Cell) -> str:
    typed = unicodedata.normalize("NFKC", str(cell)).strip().lower()
    try:
        validate_email(typed)
    except ValidationError as error:
        raise BadValue(_("This is not an e-mail address.")) from error
    return typed


def day(cell: Cell) -> date:
    """2026-3-5, 2026/03/05, 2026.3.5, 2026年3月5日, 20260305, the serial number of a spreadsheet, or a real date."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    typed = unicodedata.normalize("NFKC", str(cell)).strip()
    try:
        if found := DAY.match(typed):
            return date(*(int(part) for part in found.groups()))
        digits = re.sub(r"\.0+$", "", typed)
        if re.fullmatch(r"\d{8}", digits):
            return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError as error:
        raise BadValue(_("There is no such day.")) from error
    if re.fullmatch(r"\d{1,6}", digits) and FIRST_SERIAL <= int(digits) <= LAST_SERIAL:
        return EXCEL_EPOCH + timedelta(days=int(digits))
    raise BadValue(_("This date cannot be read. Write it as 2026-03-05, the year first."))


def clock(cell: Cell) -> tuple[time, time | None]:
    """14:00, 14点30, 下午2点 or 2 pm; with an end as in 14:00-16:00; or the fraction of a day of a spreadsheet."""
    if isinstance(cell, datetime):
        return cell.time().replace(second=0, microsecond=0), None
    if isinstance(cell, time):
        return cell.replace(second=0, microsecond=0), None
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and 0 <= cell < 1:
        minutes = round(float(cell) * 24 * 60)
        return _time(minutes // 60, minutes % 60), None
    typed = unicodedata.normalize("NFKC", str(cell)).strip().lower()
    parts = [part for part in re.split(r"\s*(?:-|–|—|~|至|到|to)\s*", typed) if part]
    if not 1 <= len(parts) <= 2:
        raise BadValue(_("This time cannot be read. Write it as 14:00."))
    is_afternoon = _says(parts[0], "afternoon")
    starts = _clock(parts[0], is_afternoon=is_afternoon)
    if len(parts) == 1:
        return starts, None
    return starts, _clock(parts[1], is_afternoon=is_afternoon or _says(parts[1], "afternoon"))


def _says(typed: str, word: str) -> bool:
    return any(one in typed for one in WORDS[word])


def _clock(typed: str, *, is_afternoon: bool) -> time:
    found = CLOCK.search(typed) or re.search(r"(\d{1,2})()", typed)
    if not found:
        raise BadValue(_("This time cannot be read. Write it as 14:00."))
    hour, minute = int(found[1]), int(found[2] or 0)
    if is_afternoon and hour < 12:
        hour += 12
    return _time(hour, minute)


def _time(hour: int, minute: int) -> time:
    try:
        return time(hour, minute)
    except ValueError as error:
        raise BadValue(_("There is no such time.")) from error


def number(cell: Cell, *, least: float, most: float) -> float:
    typed = unicodedata.normalize("NFKC", str(cell)).strip().lower()
    found = re.match(r"-?\d+(\.\d+)?", typed)
    if not found:
        raise BadValue(_("This is not a number."))
    value = float(found[0])
    if not least <= value <= most:
        raise BadValue(_("This must lie between %(least)g and %(most)g."), least=least, most=most)
    return value


def whole(cell: Cell, *, least: int, most: int) -> int:
    value = number(cell, least=least, most=most)
    if not value.is_integer():
        raise BadValue(_("This must be a whole number."))
    return int(value)


def yes_or_no(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    typed = _word(cell)
    if typed in WORDS["yes"]:
        return True
    if typed in WORDS["no"]:
        return False
    raise BadValue(_("Write yes or no."))


def one_of(cell: Cell, words: Mapping[str, Iterable[str]]) -> str:
    """The code to which this word belongs."""
    typed = _word(cell)
    for code, spellings in words.items():
        if typed in spellings:
            return code
    allowed = ", ".join(next(iter(spellings)) for spellings in words.values())
    raise BadValue(
        _("“%(typed)s” is not known here. Possible are: %(allowed)s."), typed=typed[:40], allowed=allowed
    )


def _word(cell: Cell) -> str:
    return re.sub(r"\.0+$", "", unicodedata.normalize("NFKC", str(cell)).strip().lower())


def parts(cell: Cell) -> list[str]:
    """A list in one cell, separated by 、 ， ； , ; / | or line breaks."""
    return [text(part) for part in SEPARATORS.split(str(cell)) if part.strip()]


@cache
def _spellings(table: type[TextChoices], extra: str) -> dict[str, str]:
    """From a word or code, as people write it, to the code of the table."""
    found: dict[str, str] = {}
    for language in ("zh-hans", "en"):
        with override(language):
            for member in table:
                found[plain(member.label)] = member.value
    for member in table:
        found[plain(member.value)] = member.value
        if member.value.startswith("0"):  # a spreadsheet drops the zeros in front
            found.setdefault(member.value.lstrip("0"), member.value)
    for code, words in WORDS.get(extra, {}).items():
        for word in words:
            found.setdefault(plain(word), code)
    return found


def codes(cell: Cell, table: type[TextChoices], extra: str = "") -> list[str]:
    """Codes of a table from codes or words of either language, each once."""
    spellings = _spellings(table, extra)
    found: dict[str, None] = {}
    for part in parts(cell):
        code = spellings.get(plain(re.sub(r"\.0+$", "", part)))
        if code is None:
            raise BadValue(_("“%(typed)s” is not in the table of codes."), typed=part[:40])
        found[code] = None
    return list(found)


def one_code(cell: Cell, table: type[TextChoices], extra: str = "") -> str:
    found = codes(cell, table, extra)
    if len(found) != 1:
        raise BadValue(_("Exactly one is needed here."))
    return found[0]


def slots(cell: Cell) -> int:
    """Free times as 24 bits: the codes 01 to 24, or words such as 周末全天, 周三晚上, weekday mornings."""
    numbers: set[int] = set()
    for part in parts(cell):
        digits = re.sub(r"\.0+$", "", part)
        if re.fullmatch(r"\d{1,2}", digits):
            numbers.add(int(digits))
        else:
            numbers |= _slots_in(folded_word(part))
    try:
        return to_mask(numbers)
    except ValueError as error:
        raise BadValue(_("Codes of free times run from 01 to 24.")) from error


def folded_word(part: str) -> str:
    return unicodedata.normalize("NFKC", part).lower()


def _slots_in(part: str) -> set[int]:
    days, rest = _taken(part, WORDS["days"])
    times, _left = _taken(rest, WORDS["parts"])
    if not days and not times:
        raise BadValue(_("This time of the week cannot be read. Write for example: weekend all day."))
    return {(row - 1) * 3 + piece for row in days or range(1, 8) for piece in times or range(1, 4)}


def _taken(part: str, words: Mapping[str, Iterable[str]]) -> tuple[set[int], str]:
    """The numbers of every word that stands in `part`, longest words first, and what is left of it."""
    found: set[int] = set()
    spelled = sorted(
        ((word, code) for code, some in words.items() for word in some), key=lambda pair: -len(pair[0])
    )
    for word, code in spelled:
        if word in part:
            found |= {int(digit) for digit in code}
            part = part.replace(word, " ")
    return found, part


def read(cell: Cell, reader: Callable[[Cell], Value], default: Value) -> Value:
    """`default` for an empty cell."""
    return default if is_empty(cell) else reader(cell)
