"""What the first page tells: real counts and public rows only, each in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, F, IntegerField, Prefetch, QuerySet, Sum, Value, When
from django.utils import timezone
from django.utils.functional import Promise

from accounts.models import Division, Studio, Volunteer
from activities.models import Activity, Shift, Tally
from activities.rankings import RankingLine, ranked, shown_lines, tally_minutes
from core.codes import ServiceCategory
from matching.browse import PublicNeed, open_to_all, public_part
from matching.models import ServiceRequest

RANKED = 10
Urgency = ServiceRequest.Urgency
MOST_URGENT_FIRST = Case(
    When(urgency=Urgency.URGENT, then=Value(0)),
    When(urgency=Urgency.SOON, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


@dataclass(frozen=True)
class NeedGroup:
    """Open needs of one kind, and how many people they still look for."""

    category: str
    label: str | Promise
    count: int
    people: int


@dataclass(frozen=True)
class Numbers:
    open_needs: int
    minutes_this_month: int
    volunteers: int
    studios: int


def district() -> Division | None:
    """The district of this site; the first one when several are loaded."""
    return Division.objects.filter(level=Division.Level.DISTRICT).first()


def public_needs(code: str) -> QuerySet[ServiceRequest]:
    """Needs of the district that everybody may read and that still want somebody."""
    return open_to_all(timezone.now()).filter(division__code__startswith=code, filled__lt=F("headcount"))


def numbers_of(code: str, today: date) -> Numbers:
    return Numbers(
        open_needs=public_needs(code).count(),
        minutes_this_month=tally_minutes(
            subject_kind=Tally.Subject.DIVISION, subject_id=int(code), period=Tally.Period.MONTH, day=today
        ),
        volunteers=Volunteer.objects.verified().within(code).count(),
        studios=Studio.objects.verified().filter(division__code__startswith=code).count(),
    )


def need_groups(code: str) -> list[NeedGroup]:
    """Kinds of service that are looked for, those short of most people first."""
    rows = (
        public_needs(code)
        .order_by()
        .values_list("category")
        .annotate(count=Count("pk"), people=Sum(F("headcount") - F("filled")))
        .order_by("-people", "category")
    )
    return [
        NeedGroup(category, ServiceCategory(category).label, count, people)
        for category, count, people in rows
    ]


def pressing_needs(code: str, count: int = 5) -> list[PublicNeed]:
    """The most urgent public needs, the soonest of them first."""
    found = public_needs(code)
    return [public_part(need) for need in found.order_by(MOST_URGENT_FIRST, "starts_at", "pk")[:count]]


@dataclass(frozen=True)
class NextActivity:
    """An activity with its next shift, and the places of all shifts ahead."""

    activity: Activity
    shift: Shift | None
    places: int
    taken: int

    @property
    def free(self) -> int:
        return self.places - self.taken


def next_activities(code: str, count: int = 6) -> list[NextActivity]:
    """The soonest activities that take people; those whose every place is taken are left out."""
    found = (
        Activity.objects.filter(
            pk__in=Shift.objects.with_room().filter(starts_at__gt=timezone.now()).values("activity"),
            status=Activity.Status.RECRUITING,
            division__code__startswith=code,
        )
        .select_related("division", "organisation", "studio")
        .prefetch_related(
            Prefetch("shifts", Shift.objects.filter(starts_at__gt=timezone.now()), "shifts_ahead")
        )
        .order_by("starts_at", "pk")
    )
    return [_next(activity, activity.shifts_ahead) for activity in found[:count]]  # type: ignore[attr-defined]


def _next(activity: Activity, shifts: Sequence[Shift]) -> NextActivity:
    with_room = next((shift for shift in shifts if shift.free), None)
    return NextActivity(
        activity=activity,
        shift=with_room,
        places=sum(shift.places for shift in shifts),
        taken=sum(shift.taken for shift in shifts),
    )


def first_of_the_month(code: str, today: date) -> list[RankingLine]:
    """The first places of this month's ranking of volunteers, as they stand now."""
    tallies = ranked(
        subject_kind=Tally.Subject.VOLUNTEER, period=Tally.Period.MONTH, day=today, division_code=code
    )
    return shown_lines(Tally.Subject.VOLUNTEER, list(tallies[:RANKED]))
