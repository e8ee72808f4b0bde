"""Words to go on with while somebody types: those of the index, with how many things have them."""

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Q

from portal.models import SearchEntry, SearchWord
from portal.search.finding import Lexemes
from portal.search.sounds import syllables
from portal.search.synonyms import synonyms_in_use
from portal.search.wishes import wanted
from portal.search.words import folded, is_chinese, pieces

MOST = 8
LONGEST = 24
BATCH = 5_000
# Only what everybody may see, and only titles, kinds and places (weights A and B), not running text.
COUNT = """
SELECT word, ndoc FROM ts_stat('SELECT vector FROM portal_searchentry WHERE is_public', 'ab')
WHERE length(word) BETWEEN 2 AND %s AND word !~ '^[0-9]+$'
"""


@dataclass(frozen=True)
class Suggestion:
    word: str
    count: int
    typed: str  # the whole query with the last word replaced


@transaction.atomic
def relearn() -> int:
    """The words anew; their number. Safe to run at any time: readers see the old ones until it is done."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [LONGEST])
        counted = cursor.fetchall()
    words = dict(counted) | _terms()
    SearchWord.objects.all().delete()
    SearchWord.objects.bulk_create((_word(word, count) for word, count in words.items()), batch_size=BATCH)
    return len(words)


def _terms() -> dict[str, int]:
    """The terms that have synonyms, with how many public things their group finds."""
    synonyms = synonyms_in_use()
    public = SearchEntry.objects.filter(is_public=True)
    counts: dict[str, int] = {}
    for term in synonyms.groups:
        if term in counts or len(term) > LONGEST:
            continue
        wish = wanted(term, synonyms)
        count = public.filter(vector=Lexemes(wish.meant)).count() if wish else 0
        counts |= dict.fromkeys(synonyms.groups[term], count)
    return {term: count for term, count in counts.items() if count and len(term) > 1}


def _word(word: str, count: int) -> SearchWord:
    read = syllables(word) if is_chinese(word) else ()
    return SearchWord(
        word=word,
        sound="".join(read),
        initials="".join(syllable[0] for syllable in read),
        count=count,
    )


def suggestions(typed: str) -> list[Suggestion]:
    """Up to eight ways to end the last word, most often found first. One query."""
    last = next(reversed(list(pieces(folded(typed)))), "")
    if not last or typed != typed.rstrip():
        return []
    begins = Q(word__startswith=last)
    if not is_chinese(last):
        begins |= Q(sound__startswith=last) | Q(initials__startswith=last)
    words = SearchWord.objects.filter(begins).exclude(word=last).order_by("-count", "word")[:MOST]
    kept = typed[: max(folded(typed).rfind(last), 0)]
    return [Suggestion(found.word, found.count, kept + found.word) for found in words]
