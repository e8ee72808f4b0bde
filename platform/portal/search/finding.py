"""One search: what fits and may be seen, best first, with the number of each kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, FloatField, Func, Q, QuerySet, When
from django.utils.functional import Promise

from accounts.models import Studio, User
from activities.models import Activity
from matching.browse import PublicNeed, public_part
from matching.models import ServiceRequest
from portal.models import SearchEntry
from portal.search.synonyms import synonyms_in_use
from portal.search.wishes import Wanted, wanted
from portal.search.words import folded

Kind = SearchEntry.Kind
PAGE = 20
FEW = 6  # results below which what comes near is shown after them
WEIGHTS = [0.05, 0.3, 0.6, 1.0]  # of D (characters and sounds), C, B, A


class Lexemes(SearchQuery):
    """A tsquery in its text form (portal.search.words), with no parser in between."""

    template = "%(expressions)s::tsquery"

    def __init__(self, text: str) -> None:
        super().__init__(text, search_type="raw")


class Soonness(Func):
    """A factor from 1 to 1.5: what is soon comes up, half of that a week from now."""

    template = (
        "(1 + 0.5 / (1 + coalesce(greatest(extract(epoch from happens_at - now()), 0), 1209600) / 604800))"
    )
    output_field = FloatField()
    arity = 0


def fitting(visible: QuerySet[SearchEntry], wish: Wanted, *, is_wide: bool) -> QuerySet[SearchEntry]:
    """What fits: every word of it or what means the same; in the wide sense also any part of it."""
    return visible.filter(vector=Lexemes(wish.wide if is_wide else wish.meant))


def ranked(found: QuerySet[SearchEntry], wish: Wanted) -> QuerySet[SearchEntry]:
    """Best first. What was typed counts more than what means the same, and that more than what merely looks alike."""

    def rank(query: str) -> SearchRank:
        return SearchRank(F("vector"), Lexemes(query), weights=WEIGHTS)

    fit = rank(wish.literal_any) + 0.7 * rank(wish.meant_any) + 0.2 * rank(wish.wide)
    every = Case(
        When(vector=Lexemes(wish.exact), then=1.5),
        When(vector=Lexemes(wish.meant), then=1.25),
        default=0.5,
        output_field=FloatField(),
    )
    return found.annotate(score=fit * every * Soonness()).order_by("-score", "happens_at", "id").defer("vector")


@dataclass(frozen=True)
class Tab:
    kind: str
    label: str | Promise
    count: int


@dataclass
class Hit:
    """One result: the entry, and the row itself for what is shown of it (public fields only)."""

    entry: SearchEntry
    row: Any = None
    is_in_scope: bool = False  # staff who look go to their own page of a need

    @property
    def need(self) -> PublicNeed | None:
        return public_part(self.row) if self.entry.kind == Kind.NEED else None


@dataclass
class Results:
    typed: str
    kind: str = ""
    wanted: Wanted | None = None
    is_wide: bool = False
    tabs: list[Tab] = field(default_factory=list)
    page: Page[SearchEntry] | None = None
    hits: list[Hit] = field(default_factory=list)
    similar: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(tab.count for tab in self.tabs)

    @property
    def terms(self) -> tuple[str, ...]:
        return self.wanted.terms if self.wanted else ()


def search(*, user: User | AnonymousUser, typed: str, kind: str = "", page: str | int = 1) -> Results:
    """At most nine queries, however much is found. Where nothing fits word by word, characters in any order count."""
    wish = wanted(typed, synonyms_in_use())
    results = Results(typed=typed, kind=kind if kind in Kind.values else "", wanted=wish)
    if wish is None:
        return results
    blocked = ServiceRequest.objects.blocked_for(user)  # whose need it is stays hidden from whom they refused
    visible = SearchEntry.objects.visible_to(user).still_ahead()
    visible = visible.exclude(kind=Kind.NEED, object_id__in=blocked.values("pk"))
    results.tabs = _tabs(fitting(visible, wish, is_wide=False))
    if results.count < FEW:
        results.is_wide = True
        results.tabs = _tabs(fitting(visible, wish, is_wide=True))
    found = fitting(visible, wish, is_wide=results.is_wide)
    if results.kind:
        found = found.filter(kind=results.kind)
    results.page = _paginator(ranked(found, wish), results).get_page(page)
    results.hits = _with_rows(list(results.page), user.scope_codes if user.is_authenticated else [])
    if not results.count:
        results.similar = similar_titles(visible, wish, typed)
    return results


def found_numbers(*, user: User | AnonymousUser, typed: str, most: int) -> list[int]:
    """The ids of the first `most` things that the search finds; for judging it."""
    wish = wanted(typed, synonyms_in_use())
    if wish is None:
        return []
    visible = SearchEntry.objects.visible_to(user).still_ahead()
    found = fitting(visible, wish, is_wide=False)
    if found.count() < FEW:
        found = fitting(visible, wish, is_wide=True)
    return list(ranked(found, wish).values_list("object_id", flat=True)[:most])


def _tabs(found: QuerySet[SearchEntry]) -> list[Tab]:
    counts = dict(found.order_by().values_list("kind").annotate(Count("pk")))
    return [Tab(kind.value, kind.label, counts.get(kind.value, 0)) for kind in Kind]


def _paginator(ranked: QuerySet[SearchEntry], results: Results) -> Paginator[SearchEntry]:
    """Counted already by the tabs."""
    paginator: Paginator[SearchEntry] = Paginator(ranked, PAGE)
    paginator.count = sum(tab.count for tab in results.tabs if results.kind in {"", tab.kind})
    return paginator


def _with_rows(entries: list[SearchEntry], codes: list[str]) -> list[Hit]:
    rows: dict[tuple[str, int], Any] = {}
    sources: dict[str, QuerySet[Any]] = {
        Kind.ACTIVITY: Activity.objects.select_related("division"),
        Kind.NEED: ServiceRequest.objects.select_related("division__parent"),
        Kind.STUDIO: Studio.objects.select_related("division").prefetch_related("services"),
    }
    for kind, source in sources.items():
        wanted_here = [entry.object_id for entry in entries if entry.kind == kind]
        rows |= {(kind, row.pk): row for row in source.filter(pk__in=wanted_here)}
    return [
        Hit(
            entry,
            rows[entry.kind, entry.object_id],
            is_in_scope=any(entry.division_code.startswith(code) for code in codes),
        )
        for entry in entries
        if (entry.kind, entry.object_id) in rows
    ]


def similar_titles(visible: QuerySet[SearchEntry], wished: Wanted, typed: str) -> list[str]:
    """Up to four titles for the empty page: with one of the words, or of like spelling (trigrams)."""
    query = Lexemes(wished.literal_any)
    near = TrigramWordSimilarity(" ".join(folded(typed).split())[:60], "title")
    alike = visible.annotate(near=near, score=SearchRank(F("vector"), query) + F("near"))
    alike = alike.filter(Q(vector=query) | Q(near__gt=0.4)).order_by("-score", "id")
    return list(dict.fromkeys(alike.values_list("title", flat=True)[:8]))[:4]
