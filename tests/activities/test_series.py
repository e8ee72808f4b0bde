"""Shifts that come again: local time, exceptions, one or all, made ahead, watched, "every Wednesday is mine"."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from accounts.models import RuleSet
from activities import services, tasks
from activities.checks.series import days_of
from activities.models import Series
from activities.services import series as acts
from core.errors import DomainError
from notifications.models import Notification

pytestmark = pytest.mark.django_db


def refused(act):
    with pytest.raises(DomainError) as refusal:
        act()
    assert refusal.value.reason
    return refusal.value.code


@pytest.fixture
def weekly(make_activity):
    activity = make_activity()
    tomorrow = timezone.localdate() + timedelta(days=1)
    return acts.start_series(
        activity=activity,
        rule="FREQ=WEEKLY;INTERVAL=1;BYDAY=" + ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[tomorrow.weekday()],
        first_on=tomorrow,
        last_on=None,
        starts=time(9),
        ends=time(11),
        places=3,
        by=activity.posted_by,
    )


def days(series):
    return list(series.shifts.order_by("occurs_on").values_list("occurs_on", flat=True))


def test_a_rule_names_its_days_without_the_exceptions():
    series = Series(
        rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", first_on=date(2026, 1, 7), starts=time(9), ends=time(10)
    )
    with override("zh-hans"):
        assert str(series.day_words) == "周三"
    assert days_of(series, date(2026, 1, 1), date(2026, 2, 10)) == [
        date(2026, 1, 7),
        date(2026, 1, 21),
        date(2026, 2, 4),
    ]
    series.exceptions, series.last_on = [date(2026, 1, 21)], date(2026, 2, 3)
    assert days_of(series, date(2026, 1, 1), date(2026, 2, 10)) == [date(2026, 1, 7)]


def test_the_shifts_of_the_horizon_are_made_once_in_local_time(weekly):
    assert len(days(weekly)) == 8
    assert {timezone.localtime(shift.starts_at).hour for shift in weekly.shifts.all()} == {9}
    assert acts.make_all_ahead() == 0
    Series.objects.update(made_until=timezone.localdate() + timedelta(days=20))
    assert tasks.make_series_ahead() == 0
    weekly.activity.refresh_from_db()
    assert weekly.activity.ends_at == weekly.shifts.last().ends_at
    last = weekly.shifts.last()
    last.delete()
    Series.objects.update(made_until=timezone.localdate() + timedelta(days=20))
    assert tasks.make_series_ahead() == 1


def test_an_alarm_sounds_once_when_the_horizon_shrinks(weekly):
    assert tasks.watch_series() == 0
    Series.objects.update(made_until=timezone.localdate() + timedelta(days=5))
    assert [tasks.watch_series() for _ in range(2)] == [1, 1]
    assert Notification.objects.filter(kind="series-short").count() == 1
    tasks.make_series_ahead()
    weekly.refresh_from_db()
    assert weekly.is_short_since is None


@pytest.mark.parametrize(
    "rule", ["FREQ=HOURLY", "FREQ=WEEKLY;BYDAY=XX", "nonsense", "FREQ=DAILY;BYHOUR=9,10"]
)
def test_what_is_no_rule_is_refused(weekly, rule):
    given = {"first_on": weekly.first_on, "last_on": None, "starts": time(9), "ends": time(10), "places": 1}
    by = weekly.activity.posted_by
    assert (
        refused(lambda: acts.start_series(activity=weekly.activity, rule=rule, by=by, **given)) == "no_rule"
    )


def test_one_day_is_changed_alone_and_one_left_out(weekly, volunteer):
    first, second, third, *_rest = days(weekly)
    by = weekly.activity.posted_by
    changed = acts.change_one(series=weekly, day=first, starts=time(10), ends=time(12), places=5, by=by)
    assert (changed.is_changed, changed.sequence, changed.places) == (True, 1, 5)
    acts.leave_out(series=weekly, day=second, by=by)
    acts.leave_out(series=weekly, day=second, by=by)
    assert second not in days(weekly)
    shift = weekly.shifts.get(occurs_on=third)
    services.sign_up(shift=shift, volunteer=volunteer, by=volunteer.user)
    assert refused(lambda: acts.leave_out(series=weekly, day=third, by=by)) == "has_sign_ups"
    acts.change_from(series=weekly, day=None, starts=time(14), ends=time(16), places=4, by=by)
    hours = [timezone.localtime(one.starts_at).hour for one in weekly.shifts.order_by("occurs_on")]
    assert hours == [10, 9, 14, 14, 14, 14, 14]  # changed before, promised, and the others


def test_this_and_the_following_begin_a_new_series(weekly, volunteer):
    acts.always_come(series=weekly, volunteer=volunteer, by=volunteer.user)
    acts.come_no_longer(series=weekly, volunteer=volunteer, by=volunteer.user)
    day = days(weekly)[3]
    by = weekly.activity.posted_by
    later = acts.change_from(series=weekly, day=day, starts=time(9), ends=time(11), places=6, by=by)
    weekly.refresh_from_db()
    assert (weekly.last_on, later.first_on) == (day - timedelta(days=1), day)
    assert (len(days(weekly)), len(days(later))) == (3, 5)
    assert set(later.shifts.values_list("places", flat=True)) == {6}


def test_every_week_is_mine(weekly, volunteer, other_volunteer, worker):
    by = volunteer.user
    acts.always_come(series=weekly, volunteer=volunteer, by=by)
    acts.always_come(series=weekly, volunteer=volunteer, by=by)
    assert volunteer.sign_ups.standing().count() == 8
    services.cancel_sign_up(sign_up=volunteer.sign_ups.last(), by=by)
    RuleSet.objects.update(series_days_ahead=70)
    assert tasks.make_series_ahead() == 2
    assert volunteer.sign_ups.standing().count() == 9  # what was given back stays given back
    assert (
        refused(lambda: acts.always_come(series=weekly, volunteer=other_volunteer, by=worker))
        == "not_oneself"
    )


def test_a_place_that_cannot_be_given_is_told(weekly, volunteer, make_shift):
    first = weekly.shifts.order_by("occurs_on").first()
    elsewhere = make_shift(starts_at=first.starts_at, ends_at=first.ends_at)
    services.sign_up(shift=elsewhere, volunteer=volunteer, by=volunteer.user)
    acts.always_come(series=weekly, volunteer=volunteer, by=volunteer.user)
    assert volunteer.sign_ups.standing().count() == 8
    assert Notification.objects.get(kind="standing-missed").user == volunteer.user


def test_the_pages_make_change_and_join_a_series(client, make_activity, volunteer, worker):
    activity = make_activity()
    client.force_login(activity.posted_by)
    tomorrow = timezone.localdate() + timedelta(days=1)
    form = {
        "weekdays": ["MO", "TU", "WE", "TH", "FR", "SA", "SU"],
        "interval": 1,
        "first_on": tomorrow.isoformat(),
        "last_on": (tomorrow + timedelta(days=2)).isoformat(),
        "starts": "09:00",
        "ends": "10:00",
        "places": 2,
    }
    url = f"/activities/{activity.pk}/series/"
    assert client.post(url, form).status_code == 302
    assert client.post(url, form).status_code == 302
    series = activity.series.get()
    assert series.shifts.count() == 3
    day = f"/activities/series/{series.pk}/{tomorrow.isoformat()}/"
    assert client.get(day).status_code == 200
    client.post(
        day,
        {"scope": "one", "starts": "09:30", "ends": "10:00", "places": 2, "day": tomorrow, "act": "change"},
    )
    client.post(f"/activities/series/{series.pk}/{tomorrow + timedelta(days=1)}/", {"act": "leave-out"})
    assert series.shifts.count() == 2
    assert client.get("/activities/series/1/never/").status_code == 404
    client.force_login(volunteer.user)
    assert client.get(url).status_code == 404
    assert client.get(day).status_code == 404
    assert "I always come" in client.get(f"/activities/{activity.pk}/").content.decode()
    client.post(f"/activities/series/{series.pk}/standing/")
    assert volunteer.sign_ups.standing().count() == 2
