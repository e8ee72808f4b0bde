"""What the centre's screen shows: figures of the district and names of those who agreed. All of it is public."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, Q, Sum
from django.utils import timezone

from accounts.models import RuleSet
from activities.models import ServiceRecord, Tally
from activities.rankings import RankingLine, tally_minutes
from matching.models import ServiceRequest
from portal.home import first_of_the_month, public_needs


@dataclass(frozen=True)
class Wall:
    minutes_today: int
    helpers_today: int
    minutes_month: int
    met_today: int
    met_month: int
    waiting: int
    ranking: list[RankingLine]
    rounding: int

    @property
    def most(self) -> int:
        """Minutes of the first place: the longest bar."""
        return self.ranking[0].minutes if self.ranking else 0


def wall_of(code: str, today: date) -> Wall:
    """Seven queries, whatever the district holds."""
    begins = _midnight(today)
    month = _midnight(today.replace(day=1))
    given = ServiceRecord.objects.filter(division__code__startswith=code, starts_at__gte=begins).aggregate(
        total=Sum("minutes"), helpers=Count("volunteer", distinct=True, filter=Q(minutes__gt=0))
    )
    met = ServiceRequest.objects.filter(division__code__startswith=code, staffed_at__gte=month).aggregate(
        today=Count("pk", filter=Q(staffed_at__gte=begins)), month=Count("pk")
    )
    return Wall(
        minutes_today=given["total"] or 0,
        helpers_today=given["helpers"],
        minutes_month=tally_minutes(
            subject_kind=Tally.Subject.DIVISION, subject_id=int(code), period=Tally.Period.MONTH, day=today
        ),
        met_today=met["today"],
        met_month=met["month"],
        waiting=public_needs(code).count(),
        ranking=first_of_the_month(code, today),
        rounding=RuleSet.objects.in_force(today, code).rounding_minutes,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
