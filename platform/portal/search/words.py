"""Text as words, the same way for what is kept and for what is asked.

Chinese is cut by rjieba (portal.search.dictionary). Beside the words stand the pairs of neighbouring characters, the
single ones and the sounds (portal.search.sounds), all with the lowest weight: a query that is cut otherwise than the
text, or holds a name that no dictionary knows, still finds it, below what matches by word. Simplified and traditional
are one (OpenCC), so are full and half width (NFKC).
"""

import re
import unicodedata
from collections.abc import Iterator

import opencc

from portal.search.dictionary import cutter
from portal.search.sounds import sounds_of

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
PIECE = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
IS_HAN = re.compile(rf"[{HAN}]")
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
        found += cutter().cut_for_search(piece, True) if is_chinese(piece) else [piece]
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
    for piece in pieces(folded(f"{a} {b}")):
        if is_chinese(piece):
            for sound in sounds_of(piece):
                places.setdefault(sound, [])
    return " ".join(quoted(word) + (":" + ",".join(at) if at else "") for word, at in places.items())
