"""Posting by the form: nothing typed is lost, nothing is posted twice, the centre has the last word."""

import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from activities.models import Activity, RefusedPosting
from tests.personas import at

pytestmark = pytest.mark.django_db


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def typed(division, worker):
    """What a worker types into the form."""
    day = at(days=5).date().isoformat()

    def make(**changed):
        values = {
            "organiser": "area:",
            "title": "河岸清洁",
            "about": "沿河捡拾垃圾",
            "categories": ["0006"],
            "people_served": ["11"],
            "division": division.code,
            "place": "测试河岸",
            "risks": "靠近水边",
            "safeguards": ["01"],
            "risk_level": "1",
            "is_declared": "on",
            "submission_key": str(uuid.uuid4()),
            "shift-TOTAL_FORMS": "1",
            "shift-INITIAL_FORMS": "0",
            "shift-0-day": day,
            "shift-0-starts": "09:00",
            "shift-0-ends": "11:00",
            "shift-0-places": "8",
            "act": "save",
        }
        return values | changed

    return make


def test_a_worker_posts_and_the_centre_publishes(signed_in, worker, centre_user, typed):
    client = signed_in(worker)
    client.post(reverse("activities:post"), typed())
    activity = Activity.objects.get()
    assert (activity.status, activity.shifts.get().places) == ("draft", 8)
    assert timezone.localtime(activity.starts_at).hour == 9
    move = reverse("activities:activity_move", args=[activity.pk])
    client.post(move, {"act": "send"})
    assert client.post(move, {"act": "publish"}).status_code == 404
    client = signed_in(centre_user)
    assert activity.title in text(client.get(reverse("activities:organised") + "?show=review"))
    client.post(move, {"act": "publish"})
    activity.refresh_from_db()
    assert activity.status == "recruiting"


def test_the_same_form_sent_twice_posts_once(signed_in, worker, typed):
    values = typed()
    client = signed_in(worker)
    first = client.post(reverse("activities:post"), values)
    again = client.post(reverse("activities:post"), values)
    assert first.url == again.url
    assert Activity.objects.count() == 1


def test_a_form_with_an_error_keeps_what_was_typed(signed_in, worker, typed):
    page = text(
        signed_in(worker).post(reverse("activities:post"), typed(risks="", **{"shift-0-ends": "08:00"}))
    )
    for kept in ("河岸清洁", "沿河捡拾垃圾", "测试河岸", 'value="09:00"', 'value="08:00"', 'value="8"'):
        assert kept in page
    assert "The end lies before the start" in page
    assert not Activity.objects.exists()


def test_another_shift_is_added_without_a_script_and_without_complaints(signed_in, worker, typed):
    page = text(signed_in(worker).post(reverse("activities:post"), typed(title="", act="more")))
    assert 'name="shift-1-day"' in page
    assert 'value="09:00"' in page
    assert "沿河捡拾垃圾" in page
    assert "errorlist" not in page
    assert not Activity.objects.exists()


def test_one_of_the_six_kinds_is_refused_with_its_sentence(signed_in, worker, typed):
    page = text(signed_in(worker).post(reverse("activities:post"), typed(forbidden_kinds=["traded"])))
    assert "cannot be published as volunteering" in page
    assert "Hours are promised for donations" in page
    assert "河岸清洁" in page
    assert not Activity.objects.exists()
    assert RefusedPosting.objects.get().posted_by == worker


def test_nobody_posts_in_the_name_of_somebody_elses_unit(signed_in, worker, typed, organisation):
    signed_in(worker).post(reverse("activities:post"), typed(organiser=f"unit:{organisation.pk}"))
    assert not Activity.objects.exists()


def test_an_organiser_changes_title_and_shifts(signed_in, worker, typed):
    client = signed_in(worker)
    client.post(reverse("activities:post"), typed())
    activity = Activity.objects.get()
    url = reverse("activities:edit", args=[activity.pk])
    assert "河岸清洁" in text(client.get(url))
    second = {
        "shift-TOTAL_FORMS": "2",
        "shift-INITIAL_FORMS": "1",
        "shift-0-id": str(activity.shifts.get().pk),
        "shift-0-places": "12",
        "shift-1-day": at(days=6).date().isoformat(),
        "shift-1-starts": "14:00",
        "shift-1-ends": "16:00",
        "shift-1-places": "3",
    }
    client.post(url, typed(title="河岸清洁日", **second))
    activity.refresh_from_db()
    assert activity.title == "河岸清洁日"
    assert [shift.places for shift in activity.shifts.all()] == [12, 3]
    assert timezone.localdate(activity.ends_at) == at(days=6).date()


def test_a_refused_draft_shows_the_reason_to_its_organiser(signed_in, worker, centre_user, make_activity):
    activity = make_activity(status="review")
    move = reverse("activities:activity_move", args=[activity.pk])
    signed_in(centre_user).post(move, {"act": "refuse", "reason": "请写明保险"})
    page = text(signed_in(worker).get(reverse("activities:activity", args=[activity.pk])))
    assert "请写明保险" in page
    assert "Send to the centre" in page


def test_a_cancelled_activity_says_why_to_everybody(client, signed_in, worker, shift):
    move = reverse("activities:activity_move", args=[shift.activity_id])
    signed_in(worker).post(move, {"act": "cancel", "reason": "台风预警"})
    client.logout()
    assert "台风预警" in text(client.get(reverse("activities:activity", args=[shift.activity_id])))


def test_the_organiser_of_a_published_activity_is_shown_what_stays_and_changes_the_rest(
    signed_in, studio, make_activity, make_shift, typed
):
    activity = make_activity(studio=studio, organisation=None, posted_by=studio.lead)
    shift = make_shift(activity)
    url = reverse("activities:edit", args=[activity.pk])
    client = signed_in(studio.lead)
    page = text(client.get(url))
    assert "What the centre has checked stays as it is" in page
    assert re.search(r'<input[^>]*name="title"[^>]*disabled', page)
    kept = {"shift-INITIAL_FORMS": "1", "shift-0-id": str(shift.pk), "shift-0-places": "12"}
    assert client.post(url, typed(title="卖保健品", **kept)).status_code == 302
    activity.refresh_from_db()
    assert activity.title == "清洁家园"
    assert activity.shifts.get().places == 12


def test_a_day_outside_the_calendar_is_a_mistake_in_the_form(signed_in, worker, typed):
    for day in ("0001-01-01", "9999-12-31"):
        answer = signed_in(worker).post(reverse("activities:post"), typed(**{"shift-0-day": day}))
        assert answer.status_code in (200, 302)
