"""One search: what fits and may be seen, best first, with the number of each kind."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.core.paginator import Page, Paginator
from django.db.models import Case, F, FloatField, Func, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise

from accounts.models import Division, Organisation, Studio, User, Volunteer
from activities.models import Activity
from core.codes import ServiceCategory, Skill
from core.geo import Point
from matching.browse import PublicNeed, public_part
from matching.models import ServiceRequest
from portal.models import SearchEntry
from portal.search.filters import Filters, metres_from
from portal.search.synonyms import synonyms_in_use
from portal.search.wishes import Wanted, wanted
from portal.search.words import folded

Kind = SearchEntry.Kind
PAGE = 20
MOST = 2000  # results that are looked at; who finds more is asked to narrow
MOST_NEAR = 400  # of those that only come near
CHOICES = 8  # of one filter
FEW = 6  # results below which what comes near is shown after them
ALWAYS_SHOWN = (Kind.ACTIVITY, Kind.NEED, Kind.STUDIO)
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


@dataclass(frozen=True)
class Found:
    """One thing that fits, as far as sorting and counting need it."""

    pk: int
    kind: str
    categories: list[str]
    skills: list[str]
    division_code: str
    happens_at: datetime | None
    score: float
    metres: float | None

    FIELDS: ClassVar = (
        "pk",
        "kind",
        "categories",
        "skills",
        "division_code",
        "happens_at",
        "score",
        "metres",
    )


def entries_for(user: User | AnonymousUser) -> QuerySet[SearchEntry]:
    """What may be seen: permission is inside the query, never after it."""
    blocked = ServiceRequest.objects.blocked_for(user)  # whose need it is stays hidden from whom they refused
    visible = SearchEntry.objects.visible_to(user).still_ahead()
    return visible.exclude(kind=Kind.NEED, object_id__in=blocked.values("pk"))


def scored(
    found: QuerySet[SearchEntry], wish: Wanted, here: Point | None, *, most: int = MOST
) -> list[Found]:
    """The first `most` that the index gives, with the score of each, best first.

    What was typed counts more than what means the same, and that more than what merely looks or sounds alike. Soon,
    near (half of it 3 km away) and short of people come up; what many have found already comes down (`boost`).
    """

    def rank(query: str) -> SearchRank:
        return SearchRank(F("vector"), Lexemes(query), weights=WEIGHTS)

    fit = rank(wish.literal_any) + 0.7 * rank(wish.meant_any)
    if most != MOST:
        fit += 0.2 * rank(wish.wide)
    every = Case(
        When(vector=Lexemes(wish.exact), then=1.5),
        When(vector=Lexemes(wish.meant), then=1.25),
        default=0.5,
        output_field=FloatField(),
    )
    metres = metres_from(here) if here else Value(None, output_field=FloatField())
    nearness = Coalesce(1 + 0.3 / (1 + metres / 3000.0), 1.0) if here else Value(1.0)
    rows = (
        found.order_by()
        .annotate(metres=metres, score=fit * every * Soonness() * F("boost") * nearness)
        .values_list(*Found.FIELDS)[:most]
    )
    return sorted((Found(*row) for row in rows), key=lambda one: (-one.score, one.pk))


@dataclass(frozen=True)
class Choice:
    """One filter that can be taken, with how many results it leaves."""

    value: str | int
    label: str | Promise
    count: int


@dataclass
class Hit:
    """One result: the entry, and the row itself for what is shown of it (public fields only)."""

    entry: SearchEntry
    row: Any = None
    is_in_scope: bool = False  # staff who look go to their own page of a need
    metres: float | None = None

    @property
    def need(self) -> PublicNeed | None:
        return public_part(self.row) if self.entry.kind == Kind.NEED else None


@dataclass
class Results:
    typed: str
    filters: Filters
    wanted: Wanted | None = None
    is_wide: bool = False
    tabs: list[Choice] = field(default_factory=list)
    facets: dict[str, list[Choice]] = field(default_factory=dict)
    page: Page[Found] | None = None
    hits: list[Hit] = field(default_factory=list)
    similar: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(tab.count for tab in self.tabs)

    @property
    def is_cut_off(self) -> bool:
        """So much fits that only the first part was looked at."""
        return self.count >= MOST

    @property
    def terms(self) -> tuple[str, ...]:
        return self.wanted.terms if self.wanted else ()


def search(
    *, user: User | AnonymousUser, typed: str, filters: Filters | None = None, page: str | int = 1
) -> Results:
    """A constant number of queries, however much is found."""
    wish = wanted(typed, synonyms_in_use())
    results = Results(typed=typed, filters=filters or Filters(), wanted=wish)
    if wish is None:
        return results
    visible = entries_for(user)
    found = fitted(visible, wish, results)
    results.tabs = [Choice(kind.value, kind.label, count) for kind, count in _by_kind(found)]
    if results.filters.kind:
        found = [one for one in found if one.kind == results.filters.kind]
    results.facets = facets(found)
    found.sort(key=SORTED_BY[results.filters.sort])
    results.page = Paginator(found, PAGE).get_page(page)
    results.hits = _with_rows(list(results.page), user.scope_codes if user.is_authenticated else [])
    if not results.count:
        results.similar = similar_titles(visible, wish, typed)
    return results


def fitted(visible: QuerySet[SearchEntry], wish: Wanted, results: Results) -> list[Found]:
    """What fits and passes the filters; with what comes near where that is little."""
    narrowed = results.filters.narrowed(visible)
    found = scored(narrowed.filter(vector=Lexemes(wish.meant)), wish, results.filters.here)
    for query in (wish.meant_any, wish.wide):
        if len(found) >= FEW:
            break
        results.is_wide = True
        found = scored(narrowed.filter(vector=Lexemes(query)), wish, results.filters.here, most=MOST_NEAR)
    return found


def _by_kind(found: list[Found]) -> list[tuple[SearchEntry.Kind, int]]:
    counts = Counter(one.kind for one in found)
    return [(kind, counts[kind.value]) for kind in Kind if counts[kind.value] or kind in ALWAYS_SHOWN]


def facets(found: list[Found]) -> dict[str, list[Choice]]:
    """For each filter the choices that leave something, most first."""
    categories = Counter(code for one in found for code in one.categories)
    skills = Counter(code for one in found for code in one.skills)
    divisions = Counter(one.division_code[:9] for one in found if len(one.division_code) >= 9)
    names = dict(Division.objects.filter(level=Division.Level.SUBDISTRICT).values_list("code", "name"))
    return {
        "category": [
            Choice(code, ServiceCategory(code).label, count)
            for code, count in categories.most_common(CHOICES)
            if code in ServiceCategory.values
        ],
        "skill": [
            Choice(code, Skill(code).label, count)
            for code, count in skills.most_common(CHOICES)
            if code in Skill.values
        ],
        "division": [
            Choice(code, names[code], count) for code, count in divisions.most_common() if code in names
        ],
    }


def _soonest(one: Found) -> tuple[bool, float, float]:
    at = one.happens_at
    return at is None, at.timestamp() if at else 0.0, -one.score


def _nearest(one: Found) -> tuple[bool, float, float]:
    return one.metres is None, one.metres or 0.0, -one.score


SORTED_BY: dict[str, Callable[[Found], Any]] = {
    "": lambda one: (-one.score, one.pk),
    "soon": _soonest,
    "near": _nearest,
}


SOURCES: dict[str, Callable[[], QuerySet[Any]]] = {
    Kind.ACTIVITY: lambda: Activity.objects.select_related("division"),
    Kind.NEED: lambda: ServiceRequest.objects.select_related("division__parent"),
    Kind.STUDIO: lambda: Studio.objects.select_related("division").prefetch_related("services"),
    Kind.ORGANISATION: lambda: Organisation.objects.select_related("division"),
    Kind.VOLUNTEER: lambda: Volunteer.objects.select_related("user", "home_division").prefetch_related(
        "skills"
    ),
}


def _with_rows(found: list[Found], codes: list[str]) -> list[Hit]:
    """The entries of one page in their order, each with its row."""
    entries = SearchEntry.objects.defer("vector").in_bulk([one.pk for one in found])
    wanted_here: dict[str, list[int]] = defaultdict(list)
    for entry in entries.values():
        wanted_here[entry.kind].append(entry.object_id)
    rows = {
        (kind, row.pk): row
        for kind, source in SOURCES.items()
        for row in source().filter(pk__in=wanted_here[kind])
    }
    hits = []
    for entry, one in ((entries[one.pk], one) for one in found if one.pk in entries):
        if (entry.kind, entry.object_id) not in rows:
            continue
        in_scope = any(entry.division_code.startswith(code) for code in codes)
        hits.append(Hit(entry, rows[entry.kind, entry.object_id], is_in_scope=in_scope, metres=one.metres))
    return hits


def similar_titles(visible: QuerySet[SearchEntry], wished: Wanted, typed: str) -> list[str]:
    """Up to four titles for the empty page: with one of the words, or of like spelling (trigrams)."""
    query = Lexemes(wished.literal_any)
    near = TrigramWordSimilarity(" ".join(folded(typed).split())[:60], "title")
    alike = visible.annotate(near=near, score=SearchRank(F("vector"), query) + F("near"))
    alike = alike.filter(Q(vector=query) | Q(near__gt=0.4)).order_by("-score", "id")
    return list(dict.fromkeys(alike.values_list("title", flat=True)[:8]))[:4]
