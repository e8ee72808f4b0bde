"""Check-in by position: inside is all that is kept."""

import pytest
from django.urls import reverse

from activities.models import Attendance, MeetingPoint
from core.geo import Point, to_metres, to_point

pytestmark = pytest.mark.django_db
PLACE = Point(121.41, 31.21)


def away(metres):
    east, north = to_metres(PLACE)
    point = to_point(east + metres, north)
    return {"lon": point.lon, "lat": point.lat, "accuracy": 15}


@pytest.fixture
def sign_up(sign_up_now, volunteer, shift_now):
    return sign_up_now(volunteer, shift_now())


@pytest.fixture
def here(client, sign_up, volunteer):
    client.force_login(volunteer.user)
    address = reverse("activities:check_in_here", args=[sign_up.pk])
    return lambda **given: client.post(address, {"act": "in"} | given, follow=True).content.decode()


@pytest.fixture
def meeting(client, sign_up, worker):
    client.force_login(worker)
    client.post(reverse("activities:meeting_point", args=[sign_up.shift_id]), away(0))
    return MeetingPoint.objects.get()


def test_near_the_meeting_point_one_press_checks_in(meeting, here, sign_up, later):
    assert "You are checked in" in here(**away(150))
    pair = Attendance.objects.get()
    assert (pair.way_in, pair.seen_in_by) == ("place", None)
    later(sign_up, 40)
    here(**away(100), act="out")
    assert (sign_up.timesheet.approved_minutes, sign_up.timesheet.grade) == (40, "credit")


def test_far_away_only_a_coarse_distance_is_told(meeting, here):
    assert "more than 200 m" in here(**away(260))
    assert "more than 1200 m" in here(**away(1270))
    assert not Attendance.objects.exists()


@pytest.mark.parametrize(
    "given", [{}, {"lon": "x"}, {"lon": "nan", "lat": 1, "accuracy": 1}, {"accuracy": -1}]
)
def test_no_position_is_no_check_in(meeting, here, given):
    assert "did not tell where it is" in here(**given)


def test_a_coarse_position_does_not_count(meeting, here):
    assert "not know exactly enough" in here(**(away(0) | {"accuracy": 5000}))


def test_without_a_meeting_point_nobody_checks_in_by_position(here):
    assert "no check-in by position" in here(**away(0))


def test_only_the_organiser_says_where_people_meet(client, sign_up, volunteer, other_worker, meeting, worker):
    address = reverse("activities:meeting_point", args=[sign_up.shift_id])
    for user in (volunteer.user, other_worker):
        client.force_login(user)
        assert client.post(address, away(0)).status_code == 404
    client.force_login(worker)
    client.post(address, {"act": "forget"})
    assert not MeetingPoint.objects.exists()
