"""What was found, marked in the text. The text is escaped piece by piece, so a title can hold anything."""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.search.words import folded


def marked(text: str, terms: Iterable[str]) -> SafeString:
    """`text` with every place where a term stands inside <mark>. Without marks where folding changes the length, since
    the places would not fit."""
    alike = folded(text)
    if len(alike) != len(text):
        return format_html("{}", text)
    on = bytearray(len(text))
    for term in terms:
        start = alike.find(term) if term else -1
        while start >= 0:
            on[start : start + len(term)] = b"\1" * len(term)
            start = alike.find(term, start + len(term))
    return format_html_join("", "{}", ((_piece(text[a:b], on=bool(on[a])),) for a, b in _stretches(on)))


def _stretches(on: bytearray) -> Iterable[tuple[int, int]]:
    start = 0
    for end in range(1, len(on) + 1):
        if end == len(on) or on[end] != on[start]:
            yield start, end
            start = end


def _piece(text: str, *, on: bool) -> SafeString:
    return format_html("<mark>{}</mark>", text) if on else format_html("{}", text)
