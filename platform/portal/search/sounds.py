"""How Chinese sounds: pinyin and its initials, so that `shuiguan`, `sg` and a wrong character of the same sound all
find what was meant.

Lexemes of sound begin with `~`, which no word does. Kept of a text: what is read from the start of each word on (whole
and initials), and each pair of neighbouring characters, which stands when a word was cut otherwise or has a wrong
character in it.
"""

from functools import lru_cache

from pypinyin import lazy_pinyin

from portal.search.dictionary import cutter

MARK = "~"
READ_ON = 8  # characters from the start of a word


@lru_cache(maxsize=50_000)
def syllables(word: str) -> tuple[str, ...]:
    """One syllable a character, without tones; u for ü as keyboards have it (lv)."""
    return tuple(lazy_pinyin(word, errors=lambda unknown: list(unknown)))  # type: ignore[arg-type,return-value]  # noqa: PLW0108


def sounds_of(piece: str) -> set[str]:
    """The lexemes of sound of a run of Chinese."""
    starts: list[int] = []
    read: list[str] = []
    for word in cutter().cut(piece, False):
        starts.append(len(read))
        read += syllables(word)
    found = {MARK + read[at] + read[at + 1] for at in range(len(read) - 1)}
    for at in starts:
        on = read[at : at + READ_ON]
        found.add(MARK + "".join(on))
        if len(on) > 1:
            found.add(MARK + "".join(syllable[0] for syllable in on))
    return found


def whole(piece: str) -> str:
    """A run of Chinese as it would be typed in pinyin."""
    return "".join(syllable for word in cutter().cut(piece, False) for syllable in syllables(word))


def pairs_by_sound(piece: str) -> list[str]:
    """The lexemes of the neighbouring pairs of a run, in order."""
    read = [syllable for word in cutter().cut(piece, False) for syllable in syllables(word)]
    return [MARK + read[at] + read[at + 1] for at in range(len(read) - 1)]
