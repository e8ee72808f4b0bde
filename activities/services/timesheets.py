"""Planned, observed and approved time. Only the approved time counts: the ledger follows it and nothing else.

What the system itself observed is approved by the rule at the check-out (`approved_by` stays empty). Everything else
waits for a person: hours of an entered grade (荣誉时), and those of whoever runs the activity, because nobody approves
their own hours. The observed time is the sum of the pairs, not cut to the plan: whoever stays to tidy up gave that
time too.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import RuleSet, User, Volunteer
from activities.checks.attendance import check_has_left, check_minutes_are_possible
from activities.checks.hours import check_not_own_hours
from activities.checks.posting import check_reason_is_given, check_runs
from activities.events import TimeApproved, TimeToApprove
from activities.models import Activity, Attendance, ServiceRecord, SignUp, Timesheet, Way
from activities.rules import minutes_of
from activities.services.hours import record_hours, record_of, reverse_record
from activities.services.sign_up import rules_of
from core.codes import Grade
from core.events import publish

OWN_ACT = frozenset({Way.CODE, Way.QR, Way.PLACE, Way.KIOSK})


def locked_sign_up(sign_up: SignUp) -> SignUp:
    """Lock the person and the sign-up, in this order, and read all that the services look at."""
    Volunteer.objects.select_for_update(no_key=True).get(pk=sign_up.volunteer_id)
    return (
        SignUp.objects.select_for_update(of=("self",))
        .select_related("shift__activity__studio__lead", "shift__activity__posted_by", "volunteer__user")
        .get(pk=sign_up.pk)
    )


def grade_of(pairs: list[Attendance], rules: RuleSet) -> str:
    """Observed hours (信用时) when every end of every pair is known in a way that the rules count as observed."""
    ways = set[str]().union(*(pair.ways for pair in pairs))
    return Grade.CREDIT if ways <= set(rules.credit_ways) else Grade.HONOUR


def reckon(sign_up: SignUp, *, by: User | None, decided_by: User | None = None, reason: str = "") -> None:
    """Bring the timesheet of a locked sign-up in line with its pairs; less than a minute makes none.

    `decided_by` has just decided about the pairs, which is an approval. What a person approved otherwise is not
    overruled by the rule: it waits for a person again.
    """
    pairs = list(sign_up.attendances.order_by("checked_in_at"))
    observed = minutes_of((pair.checked_in_at, pair.checked_out_at) for pair in pairs)
    known = Timesheet.objects.select_for_update().filter(sign_up=sign_up).first()
    if known is None and not observed:
        return
    planned = (sign_up.shift.ends_at - sign_up.shift.starts_at) // timedelta(minutes=1)
    sheet = known or Timesheet(sign_up=sign_up)
    was_decided = sheet.approved_by_id is not None and sheet.approved_minutes != sheet.observed_minutes
    sheet.planned_minutes, sheet.observed_minutes = planned, observed
    sheet.grade = grade_of(pairs, rules_of(sign_up.shift))
    if decided_by is not None:
        _approve(sheet, minutes=observed, by=decided_by, reason=reason)
    elif sheet.grade == Grade.CREDIT and not was_decided and not _runs(sign_up):
        _approve(sheet, minutes=observed, by=None, reason="")
    else:
        sheet.status = Timesheet.Status.WAITING
        sheet.save()
        publish(TimeToApprove(timesheet_id=sheet.pk, sign_up_id=sign_up.pk))
        return
    _write(sign_up, sheet, pairs, by=decided_by or by, reason=reason)


def _runs(sign_up: SignUp) -> bool:
    user = sign_up.volunteer.user
    return Activity.objects.run_by(user).filter(pk=sign_up.shift.activity_id).exists()


def _approve(sheet: Timesheet, *, minutes: int, by: User | None, reason: str) -> None:
    sheet.status = Timesheet.Status.APPROVED
    sheet.approved_minutes, sheet.approved_by, sheet.reason = minutes, by, reason.strip()[:300]
    sheet.approved_at = timezone.now()
    sheet.save()


@transaction.atomic
def approve_time(*, timesheet: Timesheet, minutes: int, by: User, reason: str = "") -> Timesheet:
    """A person decides which minutes count. Approving the same again changes nothing.

    Other minutes than the observed ones need a reason; more of them are entered hours (荣誉时). Raises DomainError
    `own_hours`, `not_the_organiser`, `still_there`, `no_reason`, `impossible_time`.
    """
    locked = locked_sign_up(timesheet.sign_up)
    check_not_own_hours(locked.volunteer, by)
    check_runs(locked.shift.activity, by)
    check_has_left(locked)
    sheet = Timesheet.objects.select_for_update().get(pk=timesheet.pk)
    if sheet.status == Timesheet.Status.APPROVED and sheet.approved_minutes == minutes:
        return sheet
    pairs = list(locked.attendances.order_by("checked_in_at"))
    rules = rules_of(locked.shift)
    check_minutes_are_possible(minutes, locked.shift, rules)
    if minutes != sheet.observed_minutes or sheet.status == Timesheet.Status.APPROVED:
        check_reason_is_given(reason)
    sheet.grade = grade_of(pairs, rules)
    if minutes > sheet.observed_minutes:
        sheet.grade = Grade.HONOUR
    _approve(sheet, minutes=minutes, by=by, reason=reason)
    publish(TimeApproved(timesheet_id=sheet.pk, sign_up_id=locked.pk))
    _write(locked, sheet, pairs, by=by, reason=reason)
    return sheet


def _write(
    sign_up: SignUp, sheet: Timesheet, pairs: list[Attendance], *, by: User | None, reason: str
) -> None:
    """Bring the ledger in line with the approved minutes: the first approval appends, a later one reverses."""
    minutes = sheet.approved_minutes or 0
    ends_at = max(pair.checked_out_at for pair in pairs if pair.checked_out_at is not None)
    known = record_of(ServiceRecord.Source.SHIFT, sign_up.pk)
    if known is not None:
        if known.minutes == minutes or ServiceRecord.objects.filter(reverses=known).exists():
            return
        reverse_record(
            record=known,
            reason=reason or str(_("Checked in again and out later")),
            by=by,
            instead_minutes=minutes,
            instead_ends_at=ends_at,
            entered=sheet.grade == Grade.HONOUR,
        )
    elif minutes:
        _append(sign_up, sheet, pairs, ends_at, by=by)


def _append(
    sign_up: SignUp, sheet: Timesheet, pairs: list[Attendance], ends_at: datetime, *, by: User | None
) -> None:
    activity = sign_up.shift.activity
    lead = activity.studio.lead if activity.studio else activity.posted_by
    record_hours(
        volunteer=sign_up.volunteer,
        division=activity.division,
        category=activity.categories[0],
        name=activity.title,
        place=activity.place,
        content=activity.about,
        in_charge=lead.name,
        starts_at=pairs[0].checked_in_at,
        ends_at=ends_at,
        minutes=sheet.approved_minutes or 0,
        source_kind=ServiceRecord.Source.SHIFT,
        source_id=sign_up.pk,
        studio=activity.studio,
        organisation=activity.organisation,
        grade=sheet.grade,
        how_observed=how_observed(pairs),
        by=by,
    )


def how_observed(pairs: list[Attendance]) -> str:
    """The code of the national table for these ways (DOMAIN, "where an hour came from")."""
    ways = set[str]().union(*(pair.ways for pair in pairs))
    if Way.SLIP in ways:
        return ServiceRecord.HowObserved.CLAIMED
    return ServiceRecord.HowObserved.QUICK if ways <= OWN_ACT else ServiceRecord.HowObserved.TEAM
