"""The ranking as it stands."""

import re
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from accounts.models import Division, RuleSet
from activities.asking import publishes_rankings, volunteer_of
from activities.forms.inputs import day_of, first_known
from activities.models import RankingSnapshot, Tally
from activities.rankings import RankingLine, own_place, ranked, ranking_page
from activities.rules import next_period, period_start, previous_period

SUBDISTRICT_OR_BELOW = re.compile(r"([0-9]{9})(?:[0-9]{3})?")


@dataclass(frozen=True)
class Wanted:
    """Which ranking an address means; what is missing or makes no sense becomes the usual one."""

    kind: str
    period: str
    starts_on: date
    division: Division

    @classmethod
    def of(cls, query: QueryDict, divisions: dict[str, Division], *, today: date, period: str) -> "Wanted":
        period = first_known(query.get("period"), Tally.Period.values, period)
        code = first_known(query.get("division"), divisions, min(divisions, key=len))
        return cls(
            kind=first_known(query.get("kind"), Tally.Subject.values, Tally.Subject.VOLUNTEER),
            period=period,
            starts_on=period_start(period, min(day_of(query.get("day"), today), today)),
            division=divisions[code],
        )

    def address(self, **other: str) -> str:
        query = QueryDict(mutable=True)
        query.update(
            {
                "kind": self.kind,
                "period": self.period,
                "division": self.division.code,
                "day": self.starts_on.isoformat(),
            }
            | other
        )
        return f"?{query.urlencode()}"


def divisions_to_rank(near: str = "") -> dict[str, Division]:
    """The district and its subdistricts; near a subdistrict or one of its neighbourhoods, those neighbourhoods too."""
    wanted = ~Q(level=Division.Level.NEIGHBOURHOOD)
    if subdistrict := SUBDISTRICT_OR_BELOW.fullmatch(near):
        wanted |= Q(parent=subdistrict[1])
    rows = Division.objects.filter(wanted).select_related("parent").order_by("code")
    return {row.code: row for row in rows}


def is_too_small(kind: str, page: Page[RankingLine], rules: RuleSet) -> bool:
    """Whether so few people are ranked that hours alone would tell who they are."""
    return kind == Tally.Subject.VOLUNTEER and 0 < page.paginator.count < rules.ranking_minimum_people


def ranking(request: HttpRequest) -> HttpResponse:
    """The ranking of a period and an area; asked by htmx, only the part that changes."""
    today, divisions = timezone.localdate(), divisions_to_rank(request.GET.get("division", ""))
    wanted = Wanted.of(request.GET, divisions, today=today, period=Tally.Period.MONTH)
    rules = RuleSet.objects.in_force(today, wanted.division.code)
    page = ranking_page(
        subject_kind=wanted.kind,
        period=wanted.period,
        day=wanted.starts_on,
        division_code=wanted.division.code,
        page=request.GET.get("page", 1),
    )
    shown = {
        "wanted": wanted,
        "page": page,
        "own": _own(request, wanted),
        "most": most_minutes(wanted, page),
        "rules": rules,
        "is_too_small": is_too_small(wanted.kind, page, rules),
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "activities/ranking_now.html", shown)
    following = next_period(wanted.period, wanted.starts_on)
    shown |= {
        "divisions": [row for row in divisions.values() if not row.is_neighbourhood],
        "neighbourhoods": [row for row in divisions.values() if row.is_neighbourhood],
        "kinds": [(kind, label, wanted.address(kind=kind)) for kind, label in Tally.Subject.choices],
        "periods": [
            (period, label, wanted.address(period=period, day=today.isoformat()))
            for period, label in Tally.Period.choices
        ],
        "earlier": wanted.address(day=previous_period(wanted.period, wanted.starts_on).isoformat()),
        "later": wanted.address(day=following.isoformat()) if following <= today else "",
        "may_publish": not wanted.division.is_neighbourhood
        and publishes_rankings(request.user, wanted.division),
        "published": RankingSnapshot.objects.visible_to(request.user)
        .filter(division=wanted.division, subject_kind=wanted.kind)
        .select_related("division")[:5],
    }
    return render(request, "activities/ranking.html", shown)


def _own(request: HttpRequest, wanted: Wanted) -> object:
    volunteer = volunteer_of(request) if wanted.kind == Tally.Subject.VOLUNTEER else None
    if volunteer is None:
        return None
    return own_place(
        volunteer=volunteer, period=wanted.period, day=wanted.starts_on, division_code=wanted.division.code
    )


def most_minutes(wanted: Wanted, page: Page[RankingLine]) -> int:
    """Minutes of the first place, against which every bar is drawn."""
    if page.number == 1:
        return page[0].minutes if len(page) else 0
    if wanted.kind == Tally.Subject.SUBDISTRICT:
        return 0  # all of them fit on the first page
    first = ranked(
        subject_kind=wanted.kind,
        period=wanted.period,
        day=wanted.starts_on,
        division_code=wanted.division.code,
    ).first()
    return first.minutes if first else 0
