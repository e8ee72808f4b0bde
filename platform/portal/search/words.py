"""Text as words, the same way for what is kept and for what is asked.

Chinese is cut by rjieba. Beside the words stand the pairs of neighbouring characters and the single ones, with the
lowest weight: a query that is cut otherwise than the text, or holds a name that no dictionary knows, still finds it,
below what matches by word. Simplified and traditional are one (OpenCC), so are full and half width (NFKC).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import opencc
import rjieba

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
PIECE = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
IS_HAN = re.compile(rf"[{HAN}]")
LONGEST_QUERY = 100  # characters that are read of what was typed
MOST_TERMS = 12
LONGEST_WORD = 60  # PostgreSQL refuses lexemes beyond 2046 bytes
LAST_POSITION = 16383  # of a tsvector

_simplified = opencc.OpenCC("t2s")


def folded(text: str) -> str:
    """One spelling for what reads alike: width, case, simplified and traditional."""
    return str(_simplified.convert(unicodedata.normalize("NFKC", text.replace("\0", " ")))).lower()


def pieces(text: str) -> Iterator[str]:
    """Runs of Chinese, and runs of other letters and digits, of a folded text."""
    return (match[:LONGEST_WORD] for match in PIECE.findall(text))


def is_chinese(piece: str) -> bool:
    return bool(IS_HAN.match(piece))


def pairs(piece: str) -> list[str]:
    return [piece[at : at + 2] for at in range(len(piece) - 1)]


def words_of(text: str) -> list[str]:
    """The words of a text in reading order, longer ones beside the shorter ones within them."""
    found: list[str] = []
    for piece in pieces(folded(text)):
        found += rjieba.cut_for_search(piece, True) if is_chinese(piece) else [piece]
    return found


def characters_of(text: str) -> set[str]:
    """Single characters and neighbouring pairs of the Chinese in a text."""
    found: set[str] = set()
    for piece in pieces(folded(text)):
        if is_chinese(piece):
            found.update(piece, pairs(piece))
    return found


def quoted(lexeme: str) -> str:
    """A lexeme as the text form of tsvector and tsquery has it."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def vector_of(*, a: str, b: str = "", c: str = "") -> str:
    """The text form of a tsvector: words with weight A, B or C, characters without a position, which counts as D."""
    places: dict[str, list[str]] = {}
    position = 0
    for weight, text in (("A", a), ("B", b), ("C", c)):
        for word in words_of(text):
            position = min(position + 1, LAST_POSITION)
            kept = places.setdefault(word, [])
            if len(kept) < 100:
                kept.append(f"{position}{weight}")
    for character in characters_of(f"{a} {b} {c}"):
        places.setdefault(character, [])
    return " ".join(quoted(word) + (":" + ",".join(at) if at else "") for word, at in places.items())


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for: tsqueries in text form, from narrow to wide, and the words to mark in the results."""

    exact: str
    wide: str
    any: str
    terms: tuple[str, ...]


def wanted(typed: str) -> Wanted | None:
    """What was typed, as queries that are safe whatever it was; None when there is no word in it.

    Every word must be there; the last one may be unfinished. A word of several characters also counts where all its
    neighbouring pairs stand. The wide query asks only for the characters, in any order;
    the last query for any of the words.
    """
    exact: list[str] = []
    wide: list[str] = []
    terms: list[str] = []
    last = ""
    for piece in pieces(folded(typed[:LONGEST_QUERY])):
        if is_chinese(piece):
            cut = rjieba.cut(piece, False)
            exact += [_word(word) for word in cut]
            wide += [quoted(character) for character in dict.fromkeys(piece)]
            terms += cut
            last = cut[-1]
        else:
            exact.append(quoted(piece) + ":*")
            wide.append(quoted(piece) + ":*")
            terms.append(piece)
            last = ""
    if not exact:
        return None
    if last and len(exact) <= MOST_TERMS:
        exact[-1] = f"({quoted(last)}:* | {exact[-1]})"
    known = list(dict.fromkeys(terms[:MOST_TERMS]))
    alike = dict.fromkeys(
        part for term in known for part in (term, *(pairs(term) if is_chinese(term) else ()))
    )
    some = " | ".join(quoted(part) for part in alike)
    return Wanted(_all(exact[:MOST_TERMS]), _all(wide[: 2 * MOST_TERMS]), some, tuple(known))


def _word(word: str) -> str:
    parts = pairs(word)
    return quoted(word) if len(parts) < 2 else f"({quoted(word)} | ({_all(map(quoted, parts))}))"


def _all(parts: Iterable[str]) -> str:
    return " & ".join(parts)
