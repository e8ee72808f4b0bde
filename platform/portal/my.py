"""One person's first page: what to do next, what is promised, what was given. The number of queries is fixed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from accounts.checks import licence_gap
from accounts.models import Household, RuleSet, Studio, User, Volunteer
from activities.models import SignUp, Tally
from activities.rules import period_start
from matching.models import Assignment, Offer, ServiceRequest

Word = str | Lazy
SHOWN_AHEAD = 8
UNDER_WAY = (
    Assignment.Status.ACCEPTED,
    Assignment.Status.ON_MY_WAY,
    Assignment.Status.CHECKED_IN,
    Assignment.Status.CHECKED_OUT,
)


@dataclass(frozen=True)
class Promised:
    """A shift or a service that lies ahead or is under way, in one list."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    url: str
    icon: str
    status: str
    status_label: Word

    @property
    def is_today(self) -> bool:
        today = timezone.localdate()
        return timezone.localdate(self.starts_at) <= today <= timezone.localdate(self.ends_at)


@dataclass(frozen=True)
class Gap:
    """Something that is missing in a registration, and why it matters."""

    title: Word
    text: Word


@dataclass(frozen=True)
class Hours:
    """Minutes by period; never rounded here."""

    month: int = 0
    year: int = 0
    all: int = 0


@dataclass(frozen=True)
class Stars:
    """How far it is to the next star. A star is applied for; hours alone do not give it."""

    reached: int
    of: int
    next_hours: int | None  # None when all are reached
    minutes: int

    @property
    def minutes_left(self) -> int:
        return max((self.next_hours or 0) * 60 - self.minutes, 0)

    @property
    def next_minutes(self) -> int:
        return (self.next_hours or 0) * 60


def open_offers(user: User) -> list[Offer]:
    """Offers that wait for this person's answer, the own ones and the led studios'; the earliest deadline first."""
    found = Offer.objects.put_to(user).open().select_related("request__division__parent", "studio")
    return list(found.order_by("answer_by", "pk"))


def promises(volunteer: Volunteer) -> list[Promised]:
    """What this person promised and is not over, soonest first."""
    now = timezone.now()
    services = (
        Assignment.objects.filter(volunteer=volunteer, status__in=UNDER_WAY)
        .select_related("request__division__parent")
        .order_by("request__starts_at")
    )
    shifts = (
        SignUp.objects.filter(
            volunteer=volunteer, status__in=(SignUp.Status.SIGNED_UP, SignUp.Status.CHECKED_IN)
        )
        .filter(shift__ends_at__gte=now - timedelta(hours=2))
        .select_related("shift__activity")
        .order_by("shift__starts_at")
    )
    rows = [_service(row) for row in services[:SHOWN_AHEAD]] + [_shift(row) for row in shifts[:SHOWN_AHEAD]]
    return sorted(rows, key=lambda row: row.starts_at)[:SHOWN_AHEAD]


def _service(row: Assignment) -> Promised:
    need = row.request
    parent = need.division.parent
    return Promised(
        title=need.title,
        starts_at=need.starts_at,
        ends_at=need.ends_at,
        place="" if need.is_remote else (parent or need.division).name,
        url=reverse("matching:assignment", args=[row.pk]),
        icon="hand",
        status=row.status,
        status_label=row.get_status_display(),
    )


def _shift(row: SignUp) -> Promised:
    return Promised(
        title=row.shift.activity.title,
        starts_at=row.shift.starts_at,
        ends_at=row.shift.ends_at,
        place=row.shift.activity.place,
        url=reverse("activities:activity", args=[row.shift.activity_id]),
        icon="calendar",
        status=row.status,
        status_label=row.get_status_display(),
    )


def registration_gaps(volunteer: Volunteer, rules: RuleSet) -> list[Gap]:
    """What keeps this person from being asked. `volunteer` comes with prefetched skills."""
    skills = [row.skill for row in volunteer.skills.all()]
    gaps = []
    if not volunteer.slots:
        gaps.append(Gap(_("Your free times"), _("Nobody is asked at a time that is not marked as free.")))
    if not skills:
        gaps.append(Gap(_("Your skills"), _("Tick what you can do; company and errands need no skill.")))
    unlicensed = licence_gap(volunteer, skills, timezone.localdate(), rules)
    if unlicensed:
        words = [str(row.get_skill_display()) for row in volunteer.skills.all() if row.skill in unlicensed]
        text = _("Not valid or not yet checked by the centre: %(skills)s.") % {
            "skills": str(_(", ")).join(words)
        }
        gaps.append(Gap(_("Your licence"), text))
    if volunteer.born_on is None:
        gaps.append(Gap(_("Your date of birth"), _("Some services ask for a minimum age.")))
    return gaps


def hours_of(volunteer: Volunteer, today: date) -> Hours:
    """Minutes of this month, this year and all time in one query."""
    wanted = Q()
    for period in (Tally.Period.MONTH, Tally.Period.YEAR, Tally.Period.ALL):
        wanted |= Q(period=period, period_starts_on=period_start(period, today))
    rows = Tally.objects.filter(wanted, subject_kind=Tally.Subject.VOLUNTEER, subject_id=volunteer.pk)
    return Hours(**dict(rows.values_list("period", "minutes")))


def stars_of(minutes: int, star_hours: Sequence[int]) -> Stars:
    """Stars that these minutes are enough for (RuleSet.star_hours, whole hours)."""
    reached = sum(minutes >= hours * 60 for hours in star_hours)
    ahead = [hours for hours in star_hours if minutes < hours * 60]
    return Stars(reached, len(star_hours), min(ahead, default=None), minutes)


@dataclass(frozen=True)
class StudioLoad:
    studio: Studio
    this_week: int
    capacity: int
    minutes_this_month: int


def studio_loads(user: User, today: date) -> list[StudioLoad]:
    """Each studio that this person leads: needs promised this week against its capacity, hours this month."""
    monday = period_start(Tally.Period.WEEK, today)
    starts = datetime.combine(monday, datetime.min.time(), tzinfo=timezone.get_current_timezone())
    this_week = Q(
        assignments__request__starts_at__gte=starts,
        assignments__request__starts_at__lt=starts + timedelta(days=7),
    ) & ~Q(assignments__status=Assignment.Status.CANCELLED)
    studios = list(
        Studio.objects.managed_by(user)
        .select_related("division")
        .annotate(this_week=Count("assignments__request", filter=this_week, distinct=True))
    )
    month = Tally.objects.filter(
        subject_kind=Tally.Subject.STUDIO,
        subject_id__in=[studio.pk for studio in studios],
        period=Tally.Period.MONTH,
        period_starts_on=period_start(Tally.Period.MONTH, today),
    )
    minutes = dict(month.values_list("subject_id", "minutes"))
    loads = [(studio, studio.this_week) for studio in studios]  # type: ignore[attr-defined]
    return [
        StudioLoad(studio, count, studio.weekly_capacity, minutes.get(studio.pk, 0))
        for studio, count in loads
    ]


@dataclass(frozen=True)
class HouseholdView:
    household: Household
    live_needs: int
    reviews_missing: int


def own_households(user: User) -> list[HouseholdView]:
    """Households whose contact this person is."""
    served = (Assignment.Status.CHECKED_OUT, Assignment.Status.DONE)
    over = (ServiceRequest.Status.CLOSED, ServiceRequest.Status.CANCELLED)
    found = (
        Household.objects.active()
        .filter(contact=user)
        .select_related("division")
        .annotate(
            live_needs=Count("requests", filter=~Q(requests__status__in=over), distinct=True),
            unreviewed=Count(
                "requests__assignments",
                filter=Q(
                    requests__assignments__status__in=served, requests__assignments__review__isnull=True
                ),
                distinct=True,
            ),
        )
    )
    return [HouseholdView(row, row.live_needs, row.unreviewed) for row in found]  # type: ignore[attr-defined]
