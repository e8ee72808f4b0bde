"""What somebody typed, as queries: literally, as the field would call it, and as it sounds.

A unit is a word of the query, or a term that has synonyms (`Synonyms`). Pinyin, initials and wrong characters of the
same sound count as the term that sounds so. All queries are text forms of a tsquery that are safe whatever was typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from portal.search.dictionary import cutter
from portal.search.sounds import MARK, pairs_by_sound, syllables, whole
from portal.search.words import folded, is_chinese, pairs, pieces, quoted

LONGEST_QUERY = 100  # characters that are read of what was typed
MOST_UNITS = 12
MOST_ALIKE = 24  # of the other names of a term
SHORTEST_SOUND = 3  # letters from which on what was typed may be pinyin or initials of a term


class Synonyms:
    """Groups of terms that mean the same to somebody who looks for help, found as written and by sound."""

    def __init__(self, groups: Iterable[Iterable[str]]) -> None:
        self.groups: dict[str, set[str]] = {}
        self._by_sound: dict[str, str] = {}
        for group in groups:
            terms = [folded(term).strip() for term in group if term.strip()]
            for term in terms:
                self.groups.setdefault(term, set()).update(terms)
                if is_chinese(term) and len(term) > 1:
                    read = syllables(term)
                    self._by_sound.setdefault("".join(read), term)
                    if len(read) >= SHORTEST_SOUND:
                        self._by_sound.setdefault("".join(syllable[0] for syllable in read), term)
        self._longest = max(map(len, self.groups), default=0)

    def alike(self, term: str) -> list[str]:
        return sorted(self.groups.get(term, set()) - {term})[:MOST_ALIKE]

    def sounding(self, letters: str) -> str:
        """The term that is typed so in pinyin or by its initials; empty when there is none."""
        return self._by_sound.get(letters, "") if len(letters) >= SHORTEST_SOUND else ""

    def split(self, run: str) -> list[tuple[str, str]]:
        """A run of Chinese in parts, with the term that each is or sounds like ("" for the text between terms)."""
        parts: list[tuple[str, str]] = []
        at = begins = 0
        while at < len(run):
            size, term = self._term_at(run, at)
            if not term:
                at += 1
                continue
            if begins < at:
                parts.append((run[begins:at], ""))
            parts.append((run[at : at + size], term))
            at = begins = at + size
        if begins < len(run):
            parts.append((run[begins:], ""))
        return parts

    def _term_at(self, run: str, at: int) -> tuple[int, str]:
        sizes = range(min(self._longest, len(run) - at), 1, -1)
        for size in sizes:
            if run[at : at + size] in self.groups:
                return size, run[at : at + size]
        for size in sizes:
            if term := self._by_sound.get(whole(run[at : at + size]), ""):
                return size, term
        return 0, ""


@dataclass
class Unit:
    """One thing that must be there: as typed, and the other ways in which it may stand in a text."""

    typed: str
    literal: str
    alike: list[str] = field(default_factory=list)

    @property
    def meant(self) -> str:
        return _any([self.literal, *self.alike])


@dataclass(frozen=True)
class Wanted:
    """Queries from narrow to wide, and the words to mark in the results."""

    exact: str  # every word as typed
    meant: str  # every word, or what means or sounds the same
    literal_any: str  # any word as typed
    meant_any: str  # any of what is meant
    wide: str  # any word, pair of characters or sound of it
    terms: tuple[str, ...]


def wanted(typed: str, synonyms: Synonyms) -> Wanted | None:
    """None when there is no word in what was typed."""
    units: list[Unit] = []
    letters = list(pieces(folded(typed[:LONGEST_QUERY])))
    at = 0
    while at < len(letters) and len(units) < MOST_UNITS:
        piece = letters[at]
        if is_chinese(piece):
            units += _chinese(piece, synonyms)
            at += 1
            continue
        size = next((n for n in (3, 2) if " ".join(letters[at : at + n]) in synonyms.groups), 1)
        units.append(_latin(letters[at : at + size], synonyms))
        at += size
    if not units:
        return None
    units = units[:MOST_UNITS]
    if is_chinese(units[-1].typed):
        units[-1].literal = f"({quoted(units[-1].typed)}:* | {units[-1].literal})"
    # a single character says too little when anything goes
    telling = [unit for unit in units if len(unit.typed) > 1] or units
    wide = [part for unit in telling for part in _loose(unit)]
    terms = tuple(dict.fromkeys(part for unit in units for part in _shown(unit.typed)))
    return Wanted(
        exact=_all(unit.literal for unit in units),
        meant=_all(unit.meant for unit in units),
        literal_any=_any(unit.literal for unit in units),
        meant_any=_any(unit.meant for unit in units),
        wide=_any(dict.fromkeys(wide)),
        terms=terms,
    )


def _chinese(run: str, synonyms: Synonyms) -> list[Unit]:
    units = []
    for part, term in synonyms.split(run):
        if term:
            alike = [term, *synonyms.alike(term)] if term != part else synonyms.alike(term)
            units.append(Unit(part, _written(part, is_typed=True), [_written(other) for other in alike]))
            continue
        units += [
            Unit(word, _written(word, is_typed=True), _by_sound(word)) for word in cutter().cut(part, False)
        ]
    return units


def _latin(words: list[str], synonyms: Synonyms) -> Unit:
    typed = " ".join(words)
    term = typed if typed in synonyms.groups else synonyms.sounding("".join(words))
    alike = [_written(other) for other in ([term, *synonyms.alike(term)] if term else []) if other != typed]
    ways = [_all(quoted(word) + ":*" for word in words)]
    if typed.isascii() and len(typed) > 1:
        ways.append(_all(quoted(MARK + word) + ":*" for word in words))
    return Unit(typed, _any(ways), alike)


def _written(term: str, *, is_typed: bool = False) -> str:
    """A term as it stands in a text: the word; what was typed also where all its pairs stand and it was cut otherwise.

    So does another name of it that no dictionary has. The pairs cost most in the index, so others go without.
    """
    if not is_chinese(term):
        return _all(quoted(word) for word in pieces(term)) or quoted(term)
    parts = pairs(term) if is_typed or cutter().cut(term, False) != [term] else []
    return quoted(term) if len(parts) < 2 else f"({quoted(term)} | ({_all(map(quoted, parts))}))"


def _by_sound(word: str) -> list[str]:
    return [quoted(MARK + whole(word))] if len(word) > 1 else []


def _loose(unit: Unit) -> list[str]:
    """Parts of a unit, any of which says that a text has something of it."""
    if not is_chinese(unit.typed):
        return [unit.meant]
    return [unit.meant, *map(quoted, pairs(unit.typed)), *map(quoted, pairs_by_sound(unit.typed))]


def _shown(typed: str) -> list[str]:
    return [typed, *pairs(typed)] if is_chinese(typed) else typed.split()


def _all(parts: Iterable[str]) -> str:
    return _joined(" & ", parts)


def _any(parts: Iterable[str]) -> str:
    return _joined(" | ", parts)


def _joined(sign: str, parts: Iterable[str]) -> str:
    kept = list(dict.fromkeys(part for part in parts if part))
    return kept[0] if len(kept) == 1 else f"({sign.join(kept)})" if kept else ""
