"""How somebody narrows and sorts what was found. All of it stands in the address of the page, so a link keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from math import cos, radians
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import F, FloatField, Q, QuerySet, Value
from django.db.models.functions import Power, Sqrt
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.codes import ServiceCategory, Skill
from core.geo import Point
from portal.models import SearchEntry

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable
    from django.utils.functional import Promise

METRES_A_DEGREE = 111_195
SORTS: dict[str, str | Promise] = {"": _("Best fit"), "soon": _("Soonest"), "near": _("Nearest")}
TIMES: dict[str, str | Promise] = {
    "today": _("Today"),
    "week": _("Within 7 days"),
    "weekend": _("At the weekend"),
    "later": _("In more than 7 days"),
}
WITHIN = (1, 2, 5)  # kilometres
SATURDAY = 5


@dataclass(frozen=True)
class Filters:
    kind: str = ""
    category: str = ""
    skill: str = ""
    when: str = ""
    division: str = ""
    within: int = 0  # kilometres of `here`; 0 for anywhere
    sort: str = ""
    here: Point | None = None  # the reader's home, or where the reader says to be

    @classmethod
    def of(cls, asked: Mapping[str, str], here: Point | None) -> Filters:
        """From the address; what is not known is left out."""

        def known(name: str, table: object) -> str:
            value = asked.get(name, "")
            return value if value in table else ""  # type: ignore[operator]

        digits = asked.get("division", "")
        within = asked.get("within", "")
        return cls(
            kind=known("kind", SearchEntry.Kind.values),
            category=known("category", ServiceCategory.values),
            skill=known("skill", Skill.values),
            when=known("when", TIMES),
            division=digits if digits.isdecimal() and digits.isascii() and len(digits) in (6, 9, 12) else "",
            within=int(within) if here and within in {str(km) for km in WITHIN} else 0,
            sort="" if not here and asked.get("sort") == "near" else known("sort", SORTS),
            here=here,
        )

    def address(self, typed: str, **instead: str | int) -> str:
        """The query string of the same search with other filters; the page begins anew."""
        other = replace(self, **instead)  # type: ignore[arg-type]
        kept = {
            "q": typed, "kind": other.kind, "category": other.category, "skill": other.skill, "when": other.when,
            "division": other.division, "within": other.within, "sort": other.sort,
        }  # fmt: skip
        return "?" + urlencode({name: value for name, value in kept.items() if value})

    @property
    def chosen(self) -> tuple[str, ...]:
        """Names of the filters in use, without the kind, which has its tabs."""
        return tuple(
            name for name in ("category", "skill", "when", "division", "within") if getattr(self, name)
        )

    def narrowed(self, entries: QuerySet[SearchEntry]) -> QuerySet[SearchEntry]:
        """All filters but the kind."""
        if self.category:
            entries = entries.filter(categories__contains=[self.category])
        if self.skill:
            entries = entries.filter(skills__contains=[self.skill])
        if self.division:
            entries = entries.filter(division_code__startswith=self.division)
        if self.when:
            entries = entries.filter(_moments(self.when, timezone.localdate()))
        if self.within and self.here:
            entries = entries.filter(_box(self.here, self.within * 1000))
            entries = entries.alias(metres=metres_from(self.here)).filter(metres__lte=self.within * 1000)
        return entries


def metres_from(here: Point) -> Combinable:
    """Metres from `here` on a flat map, which is exact enough within a city."""
    east = (F("lon") - Value(here.lon)) * Value(METRES_A_DEGREE * cos(radians(here.lat)))
    north = (F("lat") - Value(here.lat)) * Value(float(METRES_A_DEGREE))
    return Sqrt(Power(east, 2) + Power(north, 2), output_field=FloatField())


def _box(here: Point, metres: int) -> Q:
    high = metres / METRES_A_DEGREE
    wide = high / cos(radians(here.lat))
    return Q(lat__range=(here.lat - high, here.lat + high), lon__range=(here.lon - wide, here.lon + wide))


def _moments(when: str, today: date) -> Q:
    """What happens in the wanted time; what is going on already is today."""
    if when == "today":
        return Q(happens_at__lt=_midnight(today + timedelta(days=1)))
    if when == "week":
        return Q(happens_at__lt=_midnight(today + timedelta(days=7)))
    if when == "later":
        return Q(happens_at__gte=_midnight(today + timedelta(days=7)))
    saturday = today + timedelta(days=max(SATURDAY - today.weekday(), 0))
    first = max(today, saturday)
    return Q(
        happens_at__gte=_midnight(first),
        happens_at__lt=_midnight(saturday + timedelta(days=2 if today.weekday() <= SATURDAY else 1)),
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
