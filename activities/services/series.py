"""Shifts that come again: made ahead of time, left out, changed one by one or from a day on, and who always comes.

Lock order: activity, series, shifts by id, then as in services.sign_up.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import RuleSet, User, Volunteer
from activities.checks.posting import (
    ShiftGiven,
    check_can_change,
    check_keeps_promises,
    check_runs,
)
from activities.checks.series import check_is_a_day_of, check_rule_is_sound, days_of
from activities.checks.sign_up import check_acts_for_oneself
from activities.events import SeriesRunsShort, StandingPlaceMissed
from activities.models import Activity, Series, Shift, StandingSignUp
from activities.services.line import offer_free_places
from activities.services.sign_up import rules_of, sign_up
from core.errors import DomainError
from core.events import publish


@transaction.atomic
def start_series(
    *,
    activity: Activity,
    rule: str,
    first_on: date,
    last_on: date | None,
    starts: time,
    ends: time,
    places: int,
    by: User,
) -> Series:
    """Shifts by a rule of RFC 5545, the first ones at once. The same series again is the same one.

    Raises DomainError `not_the_organiser`, `not_in_this_state`, `no_rule`, `period_is_empty`.
    """
    locked = Activity.objects.select_for_update().get(pk=activity.pk)
    check_runs(locked, by)
    check_can_change(locked)
    given = {"rule": rule, "first_on": first_on, "last_on": last_on, "starts": starts, "ends": ends}
    same = Series.objects.filter(activity=locked, places=places, **given).first()
    if same is not None:
        return same
    series = Series(activity=locked, places=places, **given)
    check_rule_is_sound(series)
    series.save()
    _make(series)
    return series


@transaction.atomic
def make_ahead(*, series: Series) -> int:
    """Make the shifts up to the horizon of the rules; how many are new. Safe to run twice: a day is made once."""
    Activity.objects.select_for_update().get(pk=series.activity_id)
    locked = Series.objects.select_for_update(of=("self",)).select_related("activity").get(pk=series.pk)
    if locked.activity.status in {Activity.Status.FINISHED, Activity.Status.CANCELLED}:
        return 0
    return _make(locked)


def _make(series: Series) -> int:
    activity = series.activity
    today = timezone.localdate()
    horizon = today + timedelta(days=_days_ahead(series))
    first = (
        max(series.first_on, today) if series.made_until is None else series.made_until + timedelta(days=1)
    )
    known = set(series.shifts.values_list("occurs_on", flat=True))
    made = [_shift_of(series, day) for day in days_of(series, first, horizon) if day not in known]
    if made:
        activity.ends_at = max(activity.ends_at, *(shift.ends_at for shift in made))
        activity.starts_at = min(activity.starts_at, *(shift.starts_at for shift in made))
        activity.save(update_fields=["starts_at", "ends_at"])
    series.made_until, series.is_short_since = horizon, None
    series.save(update_fields=["made_until", "is_short_since"])
    for shift in made:
        _place_those_who_always_come(series, shift)
    return len(made)


def _shift_of(series: Series, day: date) -> Shift:
    return Shift.objects.create(
        activity=series.activity,
        series=series,
        occurs_on=day,
        starts_at=_moment(day, series.starts),
        ends_at=_moment(day, series.ends),
        places=series.places,
    )


def _moment(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=timezone.get_current_timezone())


def _days_ahead(series: Series) -> int:
    return RuleSet.objects.in_force(timezone.localdate(), series.activity.division_id).series_days_ahead


def _place_those_who_always_come(series: Series, shift: Shift) -> None:
    """A place each, in the order in which they joined; who cannot have one is told why."""
    for standing in series.standing.select_related("volunteer__user").order_by("id"):
        try:
            with transaction.atomic():
                sign_up(shift=shift, volunteer=standing.volunteer, by=standing.volunteer.user)
        except DomainError as refusal:
            publish(
                StandingPlaceMissed(
                    standing_id=standing.pk, shift_id=shift.pk, reason=str(refusal.reason), code=refusal.code
                )
            )


def active_series() -> Iterator[Series]:
    """Those that go on: of an open activity, not yet at their last day."""
    rows = Series.objects.filter(activity__status=Activity.Status.RECRUITING).select_related("activity")
    today = timezone.localdate()
    return (series for series in rows.order_by("id") if not series.is_over(today))


def make_all_ahead() -> int:
    """Every series that goes on; how many shifts are new."""
    return sum(make_ahead(series=series) for series in active_series())


@transaction.atomic
def watch_horizons() -> int:
    """Sound the alarm, once, for each series whose shifts are made for less than half of the horizon: whatever makes
    them has stopped. How many are short."""
    today, short = timezone.localdate(), 0
    for series in active_series():
        nearest = today + timedelta(days=_days_ahead(series) // 2)
        if series.made_until is not None and series.made_until >= nearest:
            continue
        short += 1
        if Series.objects.filter(pk=series.pk, is_short_since__isnull=True).update(is_short_since=today):
            publish(SeriesRunsShort(series_id=series.pk))
    return short


@transaction.atomic
def leave_out(*, series: Series, day: date, by: User) -> Series:
    """An exception: no shift on this day. Raises DomainError `not_the_organiser`, `not_a_day`, `has_sign_ups`."""
    locked = _locked(series, by)
    if day in locked.exceptions:
        return locked
    shift = check_is_a_day_of(locked, day)
    check_keeps_promises(shift, None)
    if shift.sign_ups.exists() or shift.waiting.exists():  # history keeps the shift, outside the series
        shift.series, shift.is_changed = None, True
        shift.save(update_fields=["series", "is_changed"])
    else:
        shift.delete()
    locked.exceptions = sorted({*locked.exceptions, day})
    locked.save(update_fields=["exceptions"])
    return locked


@transaction.atomic
def change_one(*, series: Series, day: date, starts: time, ends: time, places: int, by: User) -> Shift:
    """One shift alone; the series leaves it as it is from then on. Raises DomainError `not_the_organiser`,
    `not_a_day`, `has_sign_ups`, `too_few_places`."""
    locked = _locked(series, by)
    shift = check_is_a_day_of(locked, day)
    _change(shift, starts, ends, places, by_itself=True)
    return shift


@transaction.atomic
def change_from(
    *, series: Series, day: date | None, starts: time, ends: time, places: int, by: User
) -> Series:
    """This one and the following: the series ends the day before, and a new one begins. Without a day all shifts that
    lie ahead. A shift with people keeps its time, for they have promised it, and stands by itself; how many may come
    changes there too.

    Raises DomainError `not_the_organiser`, `not_a_day`, `period_is_empty`, `too_few_places`.
    """
    locked = _locked(series, by)
    first = timezone.localdate() if day is None else day
    changed = locked
    if day is not None and day > locked.first_on:
        check_is_a_day_of(locked, day)
        standing = list(locked.standing.order_by("id"))
        changed = Series(
            activity=locked.activity,
            rule=locked.rule,
            first_on=day,
            last_on=locked.last_on,
            exceptions=[one for one in locked.exceptions if one >= day],
            made_until=locked.made_until,
        )
        locked.last_on = day - timedelta(days=1)
        locked.save(update_fields=["last_on"])
    changed.starts, changed.ends, changed.places = starts, ends, places
    check_rule_is_sound(changed)
    changed.save()
    if changed.pk != locked.pk:
        StandingSignUp.objects.bulk_create(
            StandingSignUp(series=changed, volunteer_id=row.volunteer_id) for row in standing
        )
    ahead = Shift.objects.select_for_update(of=("self",)).filter(series=locked, occurs_on__gte=first)
    for shift in ahead.select_related("activity").order_by("id"):
        shift.series = changed
        shift.save(update_fields=["series"])
        if not shift.is_changed and shift.starts_at > timezone.now():
            _change(shift, starts, ends, places, by_itself=False)
    return changed


def _change(shift: Shift, starts: time, ends: time, places: int, *, by_itself: bool) -> None:
    assert shift.occurs_on is not None, "a shift of a series has its day"  # noqa: S101
    period = (_moment(shift.occurs_on, starts), _moment(shift.occurs_on, ends))
    if period != shift.period and shift.taken + shift.held and not by_itself:
        period, by_itself = shift.period, True
    check_keeps_promises(shift, ShiftGiven(*period, places))
    if period != shift.period:
        shift.sequence += 1
    shift.starts_at, shift.ends_at, shift.places = *period, places
    shift.is_changed = shift.is_changed or by_itself
    shift.save(update_fields=["starts_at", "ends_at", "places", "sequence", "is_changed"])
    offer_free_places(shift=shift, rules=rules_of(shift), now=timezone.now())


@transaction.atomic
def always_come(*, series: Series, volunteer: Volunteer, by: User) -> StandingSignUp:
    """ "Every Wednesday is mine": a place in each shift that is made, and now in those that lie ahead. Twice is once.
    Raises DomainError `not_oneself`; a single shift that cannot be taken is told and no refusal of the whole."""
    check_acts_for_oneself(volunteer, by)
    locked = Series.objects.select_for_update(of=("self",)).select_related("activity").get(pk=series.pk)
    standing, is_new = StandingSignUp.objects.get_or_create(series=locked, volunteer=volunteer)
    if is_new:
        ahead = locked.shifts.filter(starts_at__gt=timezone.now()).order_by("id")
        for shift in ahead:
            try:
                with transaction.atomic():
                    sign_up(shift=shift, volunteer=volunteer, by=by)
            except DomainError as refusal:
                publish(
                    StandingPlaceMissed(
                        standing_id=standing.pk,
                        shift_id=shift.pk,
                        reason=str(refusal.reason),
                        code=refusal.code,
                    )
                )
    return standing


@transaction.atomic
def come_no_longer(*, series: Series, volunteer: Volunteer, by: User) -> None:
    """No more places by themselves. Those that the person has stay until they are given back one by one."""
    check_acts_for_oneself(volunteer, by)
    StandingSignUp.objects.filter(series=series, volunteer=volunteer).delete()


def _locked(series: Series, by: User) -> Series:
    activity = Activity.objects.select_for_update().get(pk=series.activity_id)
    check_runs(activity, by)
    check_can_change(activity)
    return Series.objects.select_for_update(of=("self",)).select_related("activity").get(pk=series.pk)
