"""How well the search finds: nDCG@10 and recall@10 over judged queries, beside three plain ways on the same texts.

Documents and judgements are in corpus.json and judgements.json. Everything is written and looked up in one transaction
that is rolled back, so any database with the migrations applied will do.
"""

import itertools
import json
import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction

from accounts.models import Division
from portal.models import SearchEntry
from portal.search.filters import Filters
from portal.search.finding import Results, entries_for, fitted
from portal.search.index import kinds_in_words, place_in_words
from portal.search.synonyms import synonyms_in_use
from portal.search.wishes import wanted
from portal.search.words import vector_of

HERE = Path(__file__).parent
Kind = SearchEntry.Kind
SHOWN = 10


@dataclass
class Document:
    number: int
    kind: str
    title: str
    about: str
    topic: str
    place: str
    category: str = ""
    skill: str = ""


def documents() -> list[Document]:
    """The same list on every machine."""
    corpus = json.loads((HERE / "corpus.json").read_text(encoding="utf-8"))
    neighbourhoods: dict[str, list[str]] = defaultdict(list)
    for code in Division.objects.order_by("code").values_list("code", flat=True):
        if len(code) == 12:
            neighbourhoods[code[:9]].append(code)
    numbers, themes, places = (
        itertools.count(1),
        itertools.cycle(corpus["themes"]),
        itertools.cycle(corpus["places"]),
    )
    found = []
    for topic, kept in corpus["topics"].items():
        for kind, title, about in kept["texts"]:
            for _ in range(corpus["copies"]):
                number, place = next(numbers), next(places)
                code = neighbourhoods[place][number % len(neighbourhoods[place])]
                words = title.format(theme=next(themes))
                found.append(
                    Document(number, kind, words, about, topic, code, kept["category"], kept["skill"])
                )
    for at, name in enumerate(corpus["organisations"]):
        place = neighbourhoods[next(places)][0]
        found.append(Document(next(numbers), Kind.ORGANISATION, name, "", f"organisation:{at}", place))
    for at, (title, about) in enumerate(corpus["help"]):
        found.append(Document(next(numbers), Kind.HELP, title, about, f"help:{at}", "310105"))
    return found


def grades(documents: list[Document], topic: str, place: str) -> dict[int, int]:
    """Document -> 3 (wanted), 2 (in the wanted place), 1 (partly) for one query."""
    related = json.loads((HERE / "corpus.json").read_text(encoding="utf-8"))["topics"]
    also = related[topic]["related"] if topic in related else []
    graded = {}
    for one in documents:
        here = one.place.startswith(place)
        if topic == "place":
            grade = 2 if here and one.kind != Kind.HELP else 0
        elif one.topic == topic:
            grade = 3 if here else 1
        else:
            grade = 1 if one.topic in also and not place else 0
        if grade:
            graded[one.number] = grade
    return graded


def written(documents: list[Document]) -> None:
    """Documents as the index keeps them, and as plain text for the plain ways."""
    names = dict(Division.objects.values_list("code", "name"))
    SearchEntry.objects.all().delete()
    SearchEntry.objects.bulk_create(
        SearchEntry(
            kind=one.kind,
            object_id=one.number,
            title=one.title,
            summary=one.about,
            division_code=one.place,
            is_public=True,
            vector=vector_of(
                a=one.title,
                b=f"{kinds_in_words([one.category], [one.skill])} {place_in_words(one.place, names)}",
                c=one.about,
            ),
        )
        for one in documents
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE plain (number bigint, text text) ON COMMIT DROP")
        cursor.executemany(
            "INSERT INTO plain VALUES (%s, %s)",
            [
                (
                    one.number,
                    (
                        f"{one.title} {one.about} {kinds_in_words([one.category], [one.skill])} "
                        f"{place_in_words(one.place, names)}"
                    ),
                )
                for one in documents
            ],
        )


def plain(sql: str) -> Callable[[str], list[int]]:
    def look(query: str) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(sql, {"query": query, "like": f"%{query}%"})
            return [row[0] for row in cursor.fetchall()]

    return look


def ours(query: str) -> list[int]:
    wish = wanted(query, synonyms_in_use())
    if wish is None:
        return []
    found = fitted(entries_for(AnonymousUser()), wish, Results(query, Filters()))
    numbers = dict(SearchEntry.objects.values_list("pk", "object_id"))
    return [numbers[one.pk] for one in found[:SHOWN]]


WAYS = {
    "ours": ours,
    "icontains": plain("SELECT number FROM plain WHERE text ILIKE %(like)s ORDER BY number LIMIT 10"),
    "pg_trgm alone": plain(
        "SELECT number FROM plain WHERE word_similarity(%(query)s, text) > 0.3 "
        "ORDER BY word_similarity(%(query)s, text) DESC, number LIMIT 10"
    ),
    "simple, not cut into words": plain(
        "SELECT number FROM plain, plainto_tsquery('simple', %(query)s) AS asked "
        "WHERE to_tsvector('simple', text) @@ asked "
        "ORDER BY ts_rank(to_tsvector('simple', text), asked) DESC, number LIMIT 10"
    ),
}


def gain(grade: int) -> float:
    return float(2**grade - 1)


def ndcg(found: list[int], graded: dict[int, int]) -> float:
    """Normalised discounted cumulative gain of the first ten (Järvelin and Kekäläinen 2002, gains 2^grade - 1)."""
    best = sorted(graded.values(), reverse=True)[:SHOWN]
    ideal = sum(gain(grade) / math.log2(at + 2) for at, grade in enumerate(best))
    got = sum(gain(graded.get(number, 0)) / math.log2(at + 2) for at, number in enumerate(found[:SHOWN]))
    return got / ideal


def recall(found: list[int], graded: dict[int, int]) -> float:
    """Of the documents of the highest grade, how many are among the first ten, of as many as ten could hold."""
    top = {number for number, grade in graded.items() if grade == max(graded.values())}
    return len(top & set(found[:SHOWN])) / min(len(top), SHOWN)


def judged(told: Callable[[str], None], *, worst: int = 0) -> dict[str, dict[str, float]]:
    """Way -> style -> nDCG@10; prints the table. `worst` lists that many of our worst queries."""
    asked = json.loads((HERE / "judgements.json").read_text(encoding="utf-8"))["queries"]
    with transaction.atomic():
        known = documents()
        written(known)
        table: dict[str, dict[str, list[tuple[float, float]]]] = defaultdict(lambda: defaultdict(list))
        poor: list[tuple[float, str, Any]] = []
        titles = {one.number: one.title for one in known}
        for query, style, topic, place in asked:
            graded = grades(known, topic, place)
            for way, look in WAYS.items():
                found = look(query)
                figures = (ndcg(found, graded), recall(found, graded))
                table[way]["all"].append(figures)
                table[way][style].append(figures)
                if way == "ours":
                    poor.append((figures[0], query, [titles[number] for number in found[:6]]))
        transaction.set_rollback(True)
    styles = ["all", *sorted({style for _query, style, *_rest in asked})]
    told(f"{len(known)} documents, {len(asked)} queries; nDCG@10 / recall@10")
    told("| way | " + " | ".join(f"{style} ({len(table['ours'][style])})" for style in styles) + " |")
    told("| --- |" + " --- |" * len(styles))
    means = {}
    for way, kept in table.items():
        pairs = {
            style: [sum(column) / len(kept[style]) for column in zip(*kept[style], strict=True)]
            for style in styles
        }
        told(
            f"| {way} | "
            + " | ".join(f"{pairs[style][0]:.3f} / {pairs[style][1]:.3f}" for style in styles)
            + " |"
        )
        means[way] = {style: pairs[style][0] for style in styles}
    for figure, query, found in sorted(poor, key=lambda one: one[0])[:worst]:
        told(f"  {figure:.2f} {query}: {', '.join(found) or '-'}")
    return means
