"""The ranking as it stands, and what the centre has published."""

import re
import uuid
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Division, RuleSet, User
from activities import services
from activities.asking import permitted, publishes_rankings, volunteer_of
from activities.forms.inputs import day_of, first_known
from activities.models import RankingSnapshot, Tally
from activities.rankings import PER_PAGE, RankingLine, own_place, ranked, ranking_page
from activities.rules import next_period, period_start, previous_period
from core.errors import DomainError

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


def rounding_of(day: date, division: Division) -> int:
    """Minutes in whose steps hours are shown there."""
    return RuleSet.objects.in_force(day, division.code).rounding_minutes


def ranking(request: HttpRequest) -> HttpResponse:
    """The ranking of a period and an area; asked by htmx, only the part that changes."""
    today, divisions = timezone.localdate(), divisions_to_rank(request.GET.get("division", ""))
    wanted = Wanted.of(request.GET, divisions, today=today, period=Tally.Period.MONTH)
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
        "most": _most(wanted, page),
        "rounding": rounding_of(today, wanted.division),
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
        "published": RankingSnapshot.objects.filter(
            division=wanted.division, subject_kind=wanted.kind
        ).select_related("division")[:5],
    }
    return render(request, "activities/ranking.html", shown)


def _own(request: HttpRequest, wanted: Wanted) -> object:
    volunteer = volunteer_of(request) if wanted.kind == Tally.Subject.VOLUNTEER else None
    if volunteer is None:
        return None
    return own_place(
        volunteer=volunteer, period=wanted.period, day=wanted.starts_on, division_code=wanted.division.code
    )


def _most(wanted: Wanted, page: Page[RankingLine]) -> int:
    """Minutes of the first place, against which every bar is drawn."""
    if page.number == 1:
        return page[0].minutes if len(page) else 0
    first = ranked(
        subject_kind=wanted.kind,
        period=wanted.period,
        day=wanted.starts_on,
        division_code=wanted.division.code,
    ).first()
    return first.minutes if first else 0


@login_required
def ranking_publish(request: HttpRequest) -> HttpResponse:
    """Look once more, then publish: a published ranking stays. Without a choice it is last month's."""
    user = permitted(request, "publish_ranking")
    if not user.is_centre_staff:
        raise Http404  # a superuser may everything, but publishes in the name of no centre
    today, divisions = timezone.localdate(), divisions_to_rank()
    query = (request.POST or request.GET).copy()
    query.setdefault("day", previous_period("month", period_start("month", today)).isoformat())
    query.setdefault("division", min(user.centre_codes))
    wanted = Wanted.of(query, divisions, today=today, period=Tally.Period.MONTH)
    permitted(request, "publish_ranking", wanted.division)
    if request.method != "POST":
        return _look_once_more(request, wanted, divisions, user)
    try:
        snapshot = services.publish_ranking(
            subject_kind=wanted.kind,
            period=wanted.period,
            period_starts_on=wanted.starts_on,
            division=wanted.division,
            by=user,
            submission_key=_key(query),
        )
    except DomainError as refusal:
        return _look_once_more(request, wanted, divisions, user, refusal)
    messages.success(request, _("Published. This page stays as it is; names follow the consent of today."))
    return redirect("activities:snapshot", snapshot.pk)


def _look_once_more(
    request: HttpRequest,
    wanted: Wanted,
    divisions: dict[str, Division],
    user: User,
    refusal: DomainError | None = None,
) -> HttpResponse:
    page = ranking_page(
        subject_kind=wanted.kind,
        period=wanted.period,
        day=wanted.starts_on,
        division_code=wanted.division.code,
    )
    shown = {
        "wanted": wanted,
        "page": page,
        "most": _most(wanted, page),
        "rounding": rounding_of(timezone.localdate(), wanted.division),
        "refusal": refusal,
        "earlier": RankingSnapshot.objects.filter(
            subject_kind=wanted.kind,
            period=wanted.period,
            period_starts_on=wanted.starts_on,
            division=wanted.division,
        ).first(),
        "divisions": [
            row for code, row in divisions.items() if any(code.startswith(c) for c in user.centre_codes)
        ],
        "kinds": Tally.Subject.choices,
        "periods": Tally.Period.choices,
        "submission_key": uuid.uuid4(),
    }
    return render(request, "activities/ranking_publish.html", shown)


def _key(query: QueryDict) -> uuid.UUID:
    try:
        return uuid.UUID(query.get("submission_key", ""))
    except ValueError:
        raise Http404 from None


def snapshot(request: HttpRequest, pk: int) -> HttpResponse:
    """A published ranking, as it was on the day; public."""
    row = get_object_or_404(RankingSnapshot.objects.select_related("division"), pk=pk)
    first = row.rows.first()
    shown = {
        "snapshot": row,
        "page": Paginator(row.rows.all(), PER_PAGE).get_page(request.GET.get("page")),
        "most": first.minutes if first else 0,
        "rounding": rounding_of(timezone.localdate(row.published_at), row.division),
        "later": RankingSnapshot.objects.filter(
            subject_kind=row.subject_kind,
            period=row.period,
            period_starts_on=row.period_starts_on,
            division=row.division,
            edition__gt=row.edition,
        ).first(),
    }
    return render(request, "activities/snapshot.html", shown)
