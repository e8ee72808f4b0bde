"""Volunteers as columns: all that the hard limits and the score may know of a person, in a fixed number of queries.

What is not here cannot be used: health, income, sex and origin have no column (features of the engine are a closed
list). A date of birth is read for the minimum age only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.db.models import Aggregate, Count, DurationField, Exists, F, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from numpy.typing import NDArray

from accounts.models import Volunteer, VolunteerSkill
from accounts.services import asks_since
from core.codes import Skill
from core.geo import Point, to_metres
from core.models import StateChange
from matching.models import Assignment, Offer

Mask = NDArray[np.bool_]
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

SKILLS = len(Skill.values)
NEVER = 365.0
HISTORY_DAYS = 180
UNKNOWN_DELAY_H = 24.0  # as the engine's "response_delay_h" has it


class Median(Aggregate):
    """Of moments and durations too, which PostgreSQL's percentile_cont interpolates."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class People:
    """V volunteers, ascending by id; every array has V rows."""

    ids: Integers
    users: Integers
    xy: Floats  # (V, 2) metres, core.geo.to_metres of the coarse home
    skills: Integers  # bits in the order of the code table
    levels: NDArray[np.uint8]  # (V, 24) 0 not held, 1 to 3
    licences: Integers  # (V, 24) ordinal of the last valid day of a checked licence, 0 for none
    slots: Integers
    radius_m: Floats
    is_verified: Mask
    born_on: Integers  # ordinal, 0 unknown
    has_guardian: Mask
    accepts_pushes: Mask
    own_limit: Integers  # offers a week at most that the person chose, -1 for none
    asks_7d: Integers
    asks_30d: Integers
    answers: Integers  # of the last 180 days
    yeses: Integers
    days_since_accept: Floats
    response_delay_h: Floats  # median hours until an answer, UNKNOWN_DELAY_H for nobody who answered yet
    load_7d: Floats  # hours promised in the next seven days
    kept: Integers  # services carried out
    dropped: Integers  # accepted and then cancelled by the person
    cancelled_7d: Integers  # cancelled by the person in the last seven days

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, volunteer_ids: Iterable[int]) -> Integers:
        """Rows of these volunteers; those who are not here are left out."""
        wanted = np.unique(np.fromiter(volunteer_ids, np.int64))
        at = np.searchsorted(self.ids, wanted)
        inside = at < len(self.ids)
        found: Integers = at[inside][self.ids[at[inside]] == wanted[inside]]
        return found

    def among(self, volunteer_ids: Iterable[int]) -> Mask:
        """(V,) whether the volunteer is one of these."""
        mask = np.zeros(len(self), np.bool_)
        mask[self.rows(volunteer_ids)] = True
        return mask


def load_people(volunteers: QuerySet[Volunteer], *, now: datetime) -> People:
    """The columns of these volunteers at this moment; the number of queries does not depend on how many there are."""
    rows = list(
        volunteers.order_by("id").values_list(
            "id", "user_id", "lon", "lat", "slots", "radius_m", "status", "born_on",
            "has_guardian_consent", "accepts_pushes", "weekly_asks",
            "user__away_from", "user__away_until",
        )
    )  # fmt: skip
    ids = np.array([row[0] for row in rows], np.int64)
    today = timezone.localdate(now)
    place = {int(volunteer): at for at, volunteer in enumerate(ids)}
    levels, licences = _skills(volunteers, place)
    answers, yeses, since, delay = _answers(volunteers, place, now)
    kept, dropped = _services(volunteers, place, now)
    return People(
        ids=ids,
        users=np.array([row[1] for row in rows], np.int64),
        xy=np.array([to_metres(Point(row[2], row[3])) for row in rows], np.float64).reshape(-1, 2),
        skills=(levels > 0) @ (1 << np.arange(SKILLS, dtype=np.int64)),
        levels=levels,
        licences=licences,
        slots=np.array([row[4] for row in rows], np.int64),
        radius_m=np.array([row[5] for row in rows], np.float64),
        is_verified=np.array([row[6] == Volunteer.Status.VERIFIED for row in rows], np.bool_),
        born_on=np.array([row[7].toordinal() if row[7] else 0 for row in rows], np.int64),
        has_guardian=np.array([row[8] for row in rows], np.bool_),
        accepts_pushes=np.array([row[9] and not _is_away(row[11], row[12], today) for row in rows], np.bool_),
        own_limit=np.array([-1 if row[10] is None else row[10] for row in rows], np.int64),
        asks_7d=_counted(asks_since(ids.tolist(), now - timedelta(days=7)), place),
        asks_30d=_counted(asks_since(ids.tolist(), now - timedelta(days=30)), place),
        answers=answers,
        yeses=yeses,
        days_since_accept=since,
        response_delay_h=delay,
        load_7d=_load(volunteers, place, now),
        kept=kept,
        dropped=dropped,
        cancelled_7d=_cancelled(volunteers, place, now),
    )


def _is_away(since: date | None, until: date | None, today: date) -> bool:
    """On holiday: nobody asks."""
    return since is not None and until is not None and since <= today <= until


def _counted(counts: dict[int, int], place: dict[int, int]) -> Integers:
    column = np.zeros(len(place), np.int64)
    for volunteer, count in counts.items():
        column[place[volunteer]] = count
    return column


def _skills(volunteers: QuerySet[Volunteer], place: dict[int, int]) -> tuple[NDArray[np.uint8], Integers]:
    levels = np.zeros((len(place), SKILLS), np.uint8)
    licences = np.zeros((len(place), SKILLS), np.int64)
    bit = {code: at for at, code in enumerate(Skill.values)}
    held = VolunteerSkill.objects.filter(volunteer__in=volunteers.order_by()).order_by()
    for volunteer, skill, level, until, is_checked in held.values_list(
        "volunteer_id", "skill", "level", "licence_valid_until", "is_licence_checked"
    ):
        row = place.get(volunteer)
        if row is None:
            continue
        levels[row, bit[skill]] = level
        if is_checked and until:
            licences[row, bit[skill]] = until.toordinal()
    return levels, licences


def _answers(
    volunteers: QuerySet[Volunteer], place: dict[int, int], now: datetime
) -> tuple[Integers, Integers, Floats, Floats]:
    """Offers of the last 180 days that were answered or ran out, those accepted, days since the last yes, and the
    median hours of the answers. Who came unasked had no question to think about."""
    answers, yeses = np.zeros(len(place), np.int64), np.zeros(len(place), np.int64)
    since, delay = np.full(len(place), NEVER), np.full(len(place), UNKNOWN_DELAY_H)
    status = Offer.Status
    is_yes = Q(status=status.ACCEPTED) | Q(assignments__isnull=False)
    was_asked = Q(answered_at__isnull=False) & ~Q(reasons__contains=[{"code": "came_unasked"}])
    thought = Median(F("answered_at") - F("sent_at"), filter=was_asked, output_field=DurationField())
    counted = (
        Offer.objects.filter(
            volunteer__in=volunteers.order_by(),
            sent_at__gte=now - timedelta(days=HISTORY_DAYS),
            status__in=(status.ACCEPTED, status.DECLINED, status.EXPIRED),
        )
        .order_by()
        .values("volunteer_id")
        .annotate(
            asked=Count("pk", distinct=True),
            yes=Count("pk", filter=is_yes, distinct=True),
            last=Max("answered_at", filter=is_yes),
            thought=thought,
        )
    )
    for line in counted:
        row = place.get(line["volunteer_id"] or 0)
        if row is not None:
            answers[row], yeses[row] = line["asked"], line["yes"]
            if line["last"]:
                since[row] = max((now - line["last"]).total_seconds() / 86_400, 0.0)
            if line["thought"] is not None:
                delay[row] = line["thought"].total_seconds() / 3600
    return answers, yeses, since, delay


def _services(
    volunteers: QuerySet[Volunteer], place: dict[int, int], now: datetime
) -> tuple[Integers, Integers]:
    kept, dropped = np.zeros(len(place), np.int64), np.zeros(len(place), np.int64)
    status = Assignment.Status
    counted = (
        Assignment.objects.filter(
            volunteer__in=volunteers.order_by(), accepted_at__gte=now - timedelta(days=HISTORY_DAYS)
        )
        .order_by()
        .values("volunteer_id")
        .annotate(
            kept=Count("pk", filter=Q(status__in=(status.CHECKED_OUT, status.DONE))),
            dropped=Count("pk", filter=Q(status=status.CANCELLED, offer__status=Offer.Status.DECLINED)),
        )
    )
    for line in counted:
        row = place.get(line["volunteer_id"])
        if row is not None:
            kept[row], dropped[row] = line["kept"], line["dropped"]
    return kept, dropped


def _cancelled(volunteers: QuerySet[Volunteer], place: dict[int, int], now: datetime) -> Integers:
    """By the person; what staff or a studio's lead cancelled is left out."""
    own_word = StateChange.objects.filter(
        subject_kind="matching.assignment",
        subject_id=OuterRef("pk"),
        after=Assignment.Status.CANCELLED,
        by=OuterRef("volunteer__user"),
        changed_at__gte=now - timedelta(days=7),
    )
    cancelled = Assignment.objects.filter(
        Exists(own_word), volunteer__in=volunteers.order_by(), status=Assignment.Status.CANCELLED
    )
    counts = cancelled.order_by().values_list("volunteer_id").annotate(Count("pk"))
    return _counted(dict(counts), place)


def _load(volunteers: QuerySet[Volunteer], place: dict[int, int], now: datetime) -> Floats:
    """Hours promised to households and activities in the coming week."""
    hours: defaultdict[int, float] = defaultdict(float)
    promised = volunteers.order_by().filter(commitments__period__overlap=(now, now + timedelta(days=7)))
    for volunteer, period in promised.values_list("id", "commitments__period"):
        if period is not None and period.lower < now + timedelta(days=7) and period.upper > now:
            hours[volunteer] += (period.upper - period.lower).total_seconds() / 3600
    column = np.zeros(len(place))
    for volunteer, total in hours.items():
        if volunteer in place:
            column[place[volunteer]] = total
    return column
