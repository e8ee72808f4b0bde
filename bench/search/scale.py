"""The search over a million documents: the time in the database of two-word queries, and of writing the index.

The documents are the texts of corpus.json in real places, each text as one entry of the index for each of 20,000
variants, copied with other places and times until there are enough.
"""

import itertools
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils import timezone

from accounts.models import Division
from bench.search.quality import documents
from portal.models import SearchEntry
from portal.search.filters import Filters
from portal.search.finding import Results, entries_for, facets, fitted, search
from portal.search.index import _write, kinds_in_words, place_in_words
from portal.search.suggesting import relearn, suggestions
from portal.search.synonyms import synonyms_in_use
from portal.search.wishes import wanted
from portal.search.words import vector_of

VARIANTS = 20_000
ROUNDS = 3
SEED = 7
WORDS = (
    "修水管", "电灯", "陪诊", "量血压", "律师", "报税", "心理咨询", "聊天", "买菜", "理发", "缝补", "手机", "电脑",
    "辅导", "读书", "垃圾分类", "打扫", "引导", "消防", "巡逻", "拍照", "唱歌", "翻译", "太极",
)  # fmt: skip


@contextmanager
def timed(kept: list[float]) -> Iterator[None]:
    """Adds the milliseconds that the database took for the queries within."""
    spent = 0.0

    def wrapper(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal spent
        began = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            spent += (time.perf_counter() - began) * 1000

    with connection.execute_wrapper(wrapper):
        yield
    kept.append(spent)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def line(values: list[float]) -> str:
    return f"p50 {percentile(values, 0.5):.1f} ms, p95 {percentile(values, 0.95):.1f} ms, most {max(values):.1f} ms"


def variants() -> Iterator[SearchEntry]:
    chance = random.Random(SEED)
    names = dict(Division.objects.values_list("code", "name"))
    codes = [code for code in names if len(code) == 12]
    now = timezone.now()
    for number, one in zip(range(VARIANTS), itertools.cycle(documents()), strict=False):
        code = chance.choice(codes)
        starts = now + timedelta(hours=chance.randint(1, 24 * 90))
        yield SearchEntry(
            kind=one.kind,
            object_id=number,
            title=f"{names[code][:-3]}{one.title}",
            summary=one.about,
            division_code=code,
            is_public=True,
            happens_at=starts,
            ends_at=starts + timedelta(hours=2),
            categories=[one.category] if one.category else [],
            skills=[one.skill] if one.skill else [],
            vector=vector_of(
                a=one.title,
                b=f"{kinds_in_words([one.category], [one.skill])} {place_in_words(code, names)}",
                c=one.about,
            ),
        )


def filled(told: Callable[[str], None], count: int) -> None:
    SearchEntry.objects.all().delete()
    began = time.perf_counter()
    for batch in (
        itertools.batched(variants(), 1000) if hasattr(itertools, "batched") else _batches(variants(), 1000)
    ):
        _write(list(batch))
    spent = time.perf_counter() - began
    told(f"| indexing | {VARIANTS:,} documents | 2,000 a second | {VARIANTS / spent:,.0f} a second | |")
    with connection.cursor() as cursor:
        for copy in range(1, count // VARIANTS):
            cursor.execute(
                "INSERT INTO portal_searchentry (kind, object_id, title, summary, division_code, is_public, "
                "happens_at, ends_at, categories, skills, lon, lat, boost, added_at, vector) "
                "SELECT kind, object_id + %s, title, summary, division_code, is_public, "
                "happens_at + interval '1 minute' * %s, ends_at + interval '1 minute' * %s, "
                "categories, skills, lon, lat, boost, added_at, vector "
                "FROM portal_searchentry WHERE object_id < %s",
                [copy * VARIANTS, copy, copy, VARIANTS],
            )
        cursor.execute("VACUUM ANALYZE portal_searchentry")


def _batches(entries: Iterator[SearchEntry], size: int) -> Iterator[list[SearchEntry]]:
    while batch := list(itertools.islice(entries, size)):
        yield batch


def asked() -> list[str]:
    """Two words each: what, and where."""
    places = (
        Division.objects.filter(level=Division.Level.SUBDISTRICT)
        .order_by("code")
        .values_list("name", flat=True)
    )
    return [f"{word} {place}" for word, place in zip(itertools.cycle(WORDS), places, strict=False)] + [
        f"{one} {other}" for one, other in itertools.pairwise(WORDS)
    ]


def measured(told: Callable[[str], None], *, documents: int) -> None:
    told("| part | size | goal | figure | compared, same run |\n|---|---|---|---|---|")
    filled(told, documents)
    size = f"{SearchEntry.objects.count():,} documents"
    queries, synonyms, nobody = asked(), synonyms_in_use(), AnonymousUser()
    plain: list[float] = []
    with_facets: list[float] = []
    simple: list[float] = []
    whole: list[float] = []
    for query in queries * ROUNDS:
        wish = wanted(query, synonyms)
        assert wish is not None
        results = Results(query, Filters())
        with timed(plain):
            found = fitted(entries_for(nobody), wish, results)
        with timed(with_facets):
            facets(found)
        with_facets[-1] += plain[-1]
        began = time.perf_counter()
        search(user=nobody, typed=query)
        whole.append((time.perf_counter() - began) * 1000)
    for query in queries[:5]:
        with timed(simple), connection.cursor() as cursor:
            first, _blank, second = query.partition(" ")
            cursor.execute(
                "SELECT id FROM portal_searchentry WHERE title ILIKE %s AND title ILIKE %s "
                "ORDER BY happens_at LIMIT 20",
                [f"%{first}%", f"%{second}%"],
            )
    told(
        f"| two words, facets off | {size} | p95 50 ms in the database | {line(plain)} | icontains: {line(simple)} |"
    )
    told(f"| two words, with facets | {size} | p95 150 ms in the database | {line(with_facets)} | |")
    told(f"| the whole search in one process | {size} | | {line(whole)} | |")
    began = time.perf_counter()
    relearn()
    told(f"| learning what to suggest | {size} | | {time.perf_counter() - began:.1f} s | |")
    typing: list[float] = []
    for word in [*WORDS, "xiu", "dian", "fa", "老", "天山", "law", "zhi", "lj"] * ROUNDS:
        for length in range(1, len(word) + 1):
            with timed(typing):
                suggestions(word[:length])
    told(f"| suggestions while typing | {size} | p95 30 ms in the database | {line(typing)} | |")
