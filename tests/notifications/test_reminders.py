from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AskLedger, RuleSet
from accounts.services import commit_time
from activities.models import Activity, SignUp
from activities.services import sign_up
from matching.models import Assignment, Offer
from notifications import actions
from notifications.calling import call_the_silent, call_watchers, watch_places
from notifications.choices import set_preferences
from notifications.models import Notification
from notifications.reminders import remind

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def tomorrow(hour):
    day = timezone.localdate() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, time(hour)))


def told(kind):
    return list(Notification.objects.filter(kind=kind).order_by("id"))


@pytest.fixture
def place(make_shift, make_activity, volunteer):
    """Taken some days ago; the shift is tomorrow from 14:00 to 16:00."""
    shift = make_shift(
        make_activity(status=Activity.Status.RECRUITING), starts_at=tomorrow(14), ends_at=tomorrow(16)
    )
    taken = sign_up(shift=shift, volunteer=volunteer, by=volunteer.user)
    SignUp.objects.update(signed_up_at=timezone.now() - timedelta(days=3))
    return taken


def test_a_reminder_comes_at_each_persons_lead_time_and_once(place, volunteer):
    start = place.shift.starts_at
    assert remind(start - 3 * HOUR) == 0
    assert remind(start - HOUR) == 1
    assert remind(start - HOUR / 2) == 0
    Notification.objects.all().delete()
    set_preferences(user=volunteer.user, by=volunteer.user, lead_minutes=240)
    remind(start - 3 * HOUR)
    [message] = told("reminder")
    assert (message.user, message.params["sign_up"]) == (volunteer.user, place.pk)


def test_after_an_outage_nothing_is_told_of_what_has_begun(place):
    assert remind(place.shift.starts_at + timedelta(minutes=1)) == 0


def test_who_signed_up_a_moment_ago_knows_it(place):
    SignUp.objects.update(signed_up_at=place.shift.starts_at - HOUR)
    assert remind(place.shift.starts_at - HOUR / 2) == 0


def test_on_the_evening_before_everybody_is_asked_once_and_never_at_night(place):
    evening = tomorrow(18) - timedelta(days=1)
    assert remind(evening - 2 * HOUR) == 0
    assert remind(evening + 4 * HOUR) == 0
    assert remind(evening) == 1
    assert remind(evening + HOUR) == 0
    assert [message.kind for message in told("still-coming")] == ["still-coming"]


@pytest.fixture
def question(place):
    remind(tomorrow(18) - timedelta(days=1))
    return told("still-coming")[0]


def test_one_tap_without_signing_in_says_yes_and_twice_is_once(question, place, client):
    page = client.get(actions.question_path(question))
    place.refresh_from_db()
    assert page.status_code == 200
    assert place.confirmed_at is None  # looking answers nothing
    yes = actions.quick_answers(question)[0].path
    assert client.get(yes).status_code == 405
    assert client.post(yes).status_code == 200
    place.refresh_from_db()
    confirmed_at = place.confirmed_at
    assert confirmed_at
    assert client.post(yes, headers={"accept": "application/json"}).json()["said"]
    place.refresh_from_db()
    assert place.confirmed_at == confirmed_at
    assert "button-danger" not in client.get(actions.question_path(question)).content.decode()


def test_one_tap_says_no_and_the_place_is_free(question, place, client):
    yes, no = (answer.path for answer in actions.quick_answers(question))
    assert client.post(no).status_code == 200
    place.refresh_from_db()
    assert place.status == SignUp.Status.CANCELLED
    assert client.post(no).status_code == 200
    assert client.post(yes).status_code == 409


def test_a_token_of_somebody_else_answers_nothing(question, worker, client):
    path = actions.question_path(question)
    Notification.objects.update(user=worker)
    assert client.get(path).status_code == 404
    assert client.get(reverse("notifications:question", args=["forged"])).status_code == 404


def test_a_visit_is_asked_about_and_answered_the_same_way(make_request, volunteer, client):
    request = make_request(starts_at=tomorrow(9), ends_at=tomorrow(10))
    now = timezone.now()
    offer = Offer.objects.create(
        request=request,
        volunteer=volunteer,
        score=1,
        probability=0.5,
        model_version="test",
        status=Offer.Status.ACCEPTED,
        sent_at=now,
        answer_by=now + HOUR,
    )
    visit = Assignment.objects.create(request=request, offer=offer, volunteer=volunteer)
    Assignment.objects.update(accepted_at=now - timedelta(days=2))
    remind(tomorrow(18) - timedelta(days=1))
    [message] = told("still-going")
    assert client.post(actions.quick_answers(message)[0].path).status_code == 200
    visit.refresh_from_db()
    assert visit.confirmed_at
    remind(request.starts_at - HOUR)
    assert len(told("reminder-visit")) == 1


def test_an_offer_is_recalled_in_its_last_quarter_if_it_was_long(make_request, volunteer, other_volunteer):
    now = timezone.now()
    long, short = (
        Offer.objects.create(
            request=make_request(),
            volunteer=person,
            score=1,
            probability=0.5,
            model_version="test",
            status=Offer.Status.SENT,
            sent_at=now,
            answer_by=now + timedelta(minutes=minutes),
        )
        for person, minutes in ((volunteer, 120), (other_volunteer, 15))
    )
    assert remind(now + HOUR) == 0
    assert remind(now + 1.6 * HOUR) == 1
    assert told("offer-ends")[0].params["offer"] == long.pk != short.pk


def test_who_forgot_to_sign_out_hears_of_it_after_a_while(place):
    SignUp.objects.update(status=SignUp.Status.CHECKED_IN)
    end = place.shift.ends_at
    assert remind(end + timedelta(minutes=10)) == 0
    assert remind(end + timedelta(minutes=30)) == 1
    assert remind(end + 20 * HOUR) == 0
    assert len(told("not-signed-out")) == 1


def test_the_organiser_hears_of_an_open_record_before_the_ten_working_days_are_over(place):
    SignUp.objects.update(status=SignUp.Status.CHECKED_IN)
    end = place.shift.ends_at
    assert told("record-due") == []
    for days in range(1, 15):
        remind(end + timedelta(days=days))
    [message] = told("record-due")
    assert (message.user, message.params["count"]) == (place.shift.activity.posted_by, 1)


# --- calls


@pytest.fixture
def free(make_shift, make_activity):
    return make_shift(
        make_activity(status=Activity.Status.RECRUITING), starts_at=tomorrow(14), ends_at=tomorrow(16)
    )


def test_who_watches_such_places_is_called_once_and_it_is_spent_from_the_week(free, volunteer):
    watch_places(volunteer=volunteer, activity=free.activity)
    watch_places(volunteer=volunteer, activity=free.activity)
    now = timezone.now()
    assert call_watchers(now) == 1
    assert call_watchers(now) == 0
    spent = AskLedger.objects.get()
    assert (spent.volunteer, spent.source_kind, spent.exceeds_budget) == (volunteer, "call", False)
    assert told("place-free")[0].user == volunteer.user


def asked_enough(volunteer, division):
    rules = RuleSet.objects.in_force(timezone.localdate())
    for number in range(rules.weekly_asks):
        AskLedger.objects.create(
            volunteer=volunteer, asked_at=timezone.now(), source_kind="offer", source_id=number
        )


def on_holiday(volunteer, division):
    today = timezone.localdate()
    volunteer.user.away_from, volunteer.user.away_until = today, today
    volunteer.user.save()


def promised(volunteer, division):
    commit_time(
        volunteer=volunteer,
        starts_at=tomorrow(13),
        ends_at=tomorrow(15),
        source_kind="assignment",
        source_id=1,
    )


def wants_no_pushes(volunteer, division):
    volunteer.accepts_pushes = False
    volunteer.save()


def wants_no_asks(volunteer, division):
    volunteer.weekly_asks = 0
    volunteer.save()


@pytest.mark.parametrize("reason", [asked_enough, on_holiday, promised, wants_no_pushes, wants_no_asks])
def test_nobody_is_called_who(reason, free, volunteer, division):
    watch_places(volunteer=volunteer, activity=free.activity)
    reason(volunteer, division)
    assert call_watchers(timezone.now()) == 0


def test_a_person_may_allow_more_than_the_rules_usual(free, volunteer, division):
    watch_places(volunteer=volunteer, activity=free.activity)
    asked_enough(volunteer, division)
    volunteer.weekly_asks = 7
    volunteer.save()
    assert call_watchers(timezone.now()) == 1


def test_willing_people_whom_nobody_asked_for_long_hear_of_a_place(free, volunteer, other_volunteer):
    now = timezone.now()
    for person, days in ((volunteer, 60), (other_volunteer, 10)):
        person.verified_at = now - timedelta(days=300)
        person.save()
        AskLedger.objects.create(
            volunteer=person,
            asked_at=now - timedelta(days=days),
            source_kind="offer",
            source_id=person.pk,
        )
    assert call_the_silent(now) == 1
    assert told("long-silence")[0].user == volunteer.user
    assert call_the_silent(now) == 0


def test_a_page_of_an_activity_offers_to_tell_and_the_settings_to_stop(free, volunteer, signed_in, stranger):
    client = signed_in(volunteer.user)
    page = client.get(reverse("activities:activity", args=[free.activity_id])).content.decode()
    watch = reverse("notifications:watch", args=[free.activity_id])
    assert watch in page
    assert client.post(watch).status_code == 302
    kept = volunteer.place_watches.first()
    stop = reverse("notifications:unwatch", args=[kept.pk])
    assert stop in client.get(reverse("notifications:preferences")).content.decode()
    assert signed_in(stranger).post(stop).status_code == 404
    assert signed_in(volunteer.user).post(stop).status_code == 302
    assert not volunteer.place_watches.filter(pk=kept.pk).exists()
