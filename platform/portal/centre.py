"""The centre's desk: who and what waits to be verified, what can be published, what is overdue, who read what."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Credential, Household, RuleSet, Studio, Volunteer, VolunteerSkill, in_subtrees
from accounts.working_days import working_days_before
from activities.models import Activity, Attendance, RankingSnapshot, SignUp, Tally
from activities.rules import period_start, previous_period
from core.models import Purpose, SensitiveReading
from matching.models import Assignment


@dataclass(frozen=True)
class ToVerify:
    """Everything that waits for a yes of the centre, the longest wait first."""

    volunteers: QuerySet[Volunteer]
    studios: QuerySet[Studio]
    licences: QuerySet[VolunteerSkill]
    credentials: QuerySet[Credential]
    activities: QuerySet[Activity]

    def counts(self) -> dict[str, int]:
        """Five queries."""
        return {name: getattr(self, name).count() for name in self.__dataclass_fields__}


def to_verify(codes: list[str], today: date) -> ToVerify:
    """Lists, read only when they are shown. Licences that have ended are not asked about: they need a new one."""
    licences = VolunteerSkill.objects.filter(
        in_subtrees(codes, "volunteer__home_division__code"),
        is_licence_checked=False,
        licence_valid_until__gte=today,
    ).exclude(volunteer__status=Volunteer.Status.SUSPENDED)
    credentials = Credential.objects.filter(
        in_subtrees(codes, "studio__division__code"), is_checked=False, valid_until__gte=today
    ).exclude(studio__status=Studio.Status.SUSPENDED)
    return ToVerify(
        volunteers=Volunteer.objects.applied()
        .filter(in_subtrees(codes, "home_division__code"))
        .select_related("user", "home_division")
        .prefetch_related("skills")
        .order_by("registered_at", "pk"),
        studios=Studio.objects.filter(in_subtrees(codes), status=Studio.Status.APPLIED)
        .select_related("division", "lead")
        .prefetch_related("services", "credentials")
        .order_by("registered_at", "pk"),
        licences=licences.select_related("volunteer__user", "volunteer__home_division").order_by("pk"),
        credentials=credentials.select_related("studio__division").order_by("pk"),
        activities=Activity.objects.filter(in_subtrees(codes), status=Activity.Status.REVIEW)
        .select_related("division", "organisation", "studio", "posted_by")
        .order_by("starts_at", "pk"),
    )


@dataclass(frozen=True)
class Publishing:
    """Last month's ranking: the snapshot when it is prepared, and whether there is anything to publish."""

    month: date
    snapshot: RankingSnapshot | None
    has_hours: bool

    @property
    def tone(self) -> str:
        is_out = self.snapshot is not None and self.snapshot.published_at is not None
        return "good" if is_out else "warn"


def ranking_to_publish(code: str, today: date) -> Publishing:
    month = previous_period(Tally.Period.MONTH, period_start(Tally.Period.MONTH, today))
    about = {"subject_kind": Tally.Subject.VOLUNTEER, "period": Tally.Period.MONTH, "period_starts_on": month}
    snapshot = (
        RankingSnapshot.objects.filter(**about, division_id=code)
        .exclude(status=RankingSnapshot.Status.WITHDRAWN)
        .order_by("-edition")
        .first()
    )
    has_hours = Tally.objects.filter(**about, division_code__startswith=code, minutes__gt=0).exists()
    return Publishing(month, snapshot, has_hours)


@dataclass(frozen=True)
class Overdue:
    """Services and shifts without a complete record after the working days of Order 67, Art 11."""

    last_day: date
    assignments: QuerySet[Assignment]
    sign_ups: QuerySet[SignUp]


def overdue_records(codes: list[str], today: date, rules: RuleSet) -> Overdue:
    """What began by check-in or acceptance, ended on or before `last_day` and never came to its end."""
    last_day = working_days_before(today, rules.record_working_days)
    ends = datetime.combine(last_day, time.min, tzinfo=timezone.get_current_timezone())
    unfinished = (Assignment.Status.ACCEPTED, Assignment.Status.ON_MY_WAY, Assignment.Status.CHECKED_IN)
    open_pair = Attendance.objects.filter(sign_up=OuterRef("pk"), checked_out_at__isnull=True)
    return Overdue(
        last_day=last_day,
        assignments=Assignment.objects.filter(
            in_subtrees(codes, "request__division__code"), status__in=unfinished, request__ends_at__lt=ends
        )
        .select_related("request__division", "volunteer__user")
        .order_by("request__ends_at", "pk"),
        sign_ups=SignUp.objects.filter(
            Exists(open_pair), in_subtrees(codes, "shift__activity__division__code"), shift__ends_at__lt=ends
        )
        .select_related("shift__activity__division", "volunteer__user")
        .order_by("shift__ends_at", "pk"),
    )


def readings(codes: list[str], purpose: str = "") -> QuerySet[SensitiveReading]:
    """Who opened which sealed fields of a household in scope; the matching task among them when it is asked for."""
    households = Household.objects.filter(in_subtrees(codes)).values("pk")
    found = SensitiveReading.objects.filter(
        subject_kind=Household._meta.label_lower, subject_id__in=households
    ).select_related("reader")
    if purpose in Purpose.values:
        found = found.filter(purpose=purpose)
    return found.order_by("-pk")


FIELD_WORDS = {
    "address": _("address"),
    "phone": _("telephone number"),
    "point": _("exact place"),
    "health": _("health"),
    "note": _("note"),
}


def shown_readings(rows: list[SensitiveReading]) -> list[dict[str, Any]]:
    """The page's lines with the alias of each household. One query."""
    names = dict(Household.objects.filter(pk__in={row.subject_id for row in rows}).values_list("pk", "alias"))
    return [
        {
            "row": row,
            "alias": names.get(row.subject_id, ""),
            "words": str(_(", ")).join(str(FIELD_WORDS.get(name, name)) for name in row.fields),
        }
        for row in rows
    ]
