"""One's shifts in a phone's calendar: read by `icalendar` and by a strict reading of RFC 5545."""

import re
from datetime import UTC, timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar

from activities import services
from activities.models import CalendarFeed, Shift
from activities.services.calendars import make_feed

pytestmark = pytest.mark.django_db

NAME = re.compile(r"[A-Z0-9-]+(;[A-Z0-9-]+=(\"[^\"]*\"|[^\";:,]*)(,(\"[^\"]*\"|[^\";:,]*))*)*:")
UTC_TIME = re.compile(r"\d{8}T\d{6}Z")
ONCE = {
    "UID",
    "DTSTAMP",
    "DTSTART",
    "DTEND",
    "SUMMARY",
    "SEQUENCE",
    "STATUS",
    "LOCATION",
    "DESCRIPTION",
    "URL",
}


def strictly_read(body):
    """Events as dictionaries; fails on whatever RFC 5545 forbids: line ends, line length, nesting, repeated or
    missing properties, local times without a zone, unescaped text."""
    assert body.endswith(b"\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    lines = body.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 for line in lines)
    unfolded = b"\r\n".join(lines).replace(b"\r\n ", b"").decode().split("\r\n")
    open_ones, events, event = [], [], None
    for line in unfolded:
        assert NAME.match(line), line
        name, value = re.split(r"[;:]", line, maxsplit=1)[0], line[NAME.match(line).end() :]
        if name == "BEGIN":
            open_ones.append(value)
            event = {} if value == "VEVENT" else event
        elif name == "END":
            assert open_ones.pop() == value
            if value == "VEVENT":
                assert {"UID", "DTSTAMP", "DTSTART"} <= set(event)
                events.append(event)
        elif open_ones == ["VCALENDAR", "VEVENT"]:
            assert name not in ONCE or name not in event, f"{name} twice"
            if name.startswith("DT"):
                assert UTC_TIME.fullmatch(value)
            if name in {"SUMMARY", "LOCATION", "DESCRIPTION"}:
                assert not re.search(r"(?<!\\)[,;]", value)
            event[name] = value
        elif open_ones == ["VCALENDAR", "VEVENT", "VALARM"]:
            event.setdefault("VALARM", {})[name] = value
    assert open_ones == []
    assert {"VERSION:2.0"} <= set(unfolded)
    assert any(line.startswith("PRODID:") for line in unfolded)
    assert len({one["UID"] for one in events}) == len(events)
    return events


def feed(client, user, minutes=120):
    token = make_feed(user=user, alarm_minutes=minutes)
    answer = client.get(f"/activities/calendar/{token}.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    return answer.content


@pytest.fixture
def sign_up(make_activity, make_shift, volunteer):
    activity = make_activity(title="图书, 整理; 与很长很长的名字" * 2, about="第一行\n第二行")
    shift = make_shift(activity)
    return services.sign_up(shift=shift, volunteer=volunteer, by=volunteer.user)


def test_both_readers_find_the_shift_with_its_alarm(client, sign_up, volunteer):
    body = feed(client, volunteer.user)
    (event,) = strictly_read(body)
    assert event["UID"].startswith(f"sign-up-{sign_up.pk}@")
    assert event["VALARM"]["TRIGGER"] == "-PT2H"
    (read,) = Calendar.from_ical(body).walk("VEVENT")
    assert read["SUMMARY"] == sign_up.shift.activity.title
    assert read["DTSTART"].dt == sign_up.shift.starts_at.astimezone(UTC).replace(microsecond=0)
    assert read["DESCRIPTION"] == "第一行\n第二行"
    assert "VALARM" not in strictly_read(feed(client, volunteer.user, minutes=0))[0]


def test_a_change_counts_and_the_uid_stays(client, sign_up, volunteer):
    (before,) = strictly_read(feed(client, volunteer.user))
    activity = sign_up.shift.activity
    services.change_activity(activity=activity, by=activity.posted_by, place="新的地点")
    (after,) = strictly_read(feed(client, volunteer.user))
    assert (after["UID"], int(after["SEQUENCE"])) == (before["UID"], int(before["SEQUENCE"]) + 1)
    services.cancel_sign_up(sign_up=sign_up, by=volunteer.user)
    (gone,) = strictly_read(feed(client, volunteer.user))
    assert (gone["STATUS"], int(gone["SEQUENCE"])) == ("CANCELLED", int(after["SEQUENCE"]) + 1)
    Shift.objects.update(
        starts_at=timezone.now() - timedelta(days=90), ends_at=timezone.now() - timedelta(days=89)
    )
    assert strictly_read(feed(client, volunteer.user)) == []


def test_a_link_is_a_key_that_can_be_taken_back(client, volunteer, other_volunteer, sign_up):
    client.force_login(volunteer.user)
    page = client.post("/activities/calendar/", {"alarm_minutes": 60}).content.decode()
    path = re.search(r"http://[^/]+(/activities/calendar/[\w-]+\.ics)", page)[1]
    assert CalendarFeed.objects.get().token_digest not in path
    client.logout()
    assert len(strictly_read(client.get(path).content)) == 1
    client.force_login(other_volunteer.user)
    client.post("/activities/calendar/revoke/")
    assert client.get(path).status_code == 200
    client.force_login(volunteer.user)
    assert path not in client.get("/activities/calendar/").content.decode()
    client.post("/activities/calendar/", {"alarm_minutes": 60})
    assert client.get(path).status_code == 404
    client.post("/activities/calendar/revoke/")
    assert not CalendarFeed.objects.exists()


def test_one_shift_as_a_file_is_for_the_person_alone(client, volunteer, other_volunteer, sign_up):
    client.force_login(volunteer.user)
    answer = client.get(f"/activities/sign-ups/{sign_up.pk}/shift.ics")
    assert len(strictly_read(answer.content)) == 1
    client.force_login(other_volunteer.user)
    assert client.get(f"/activities/sign-ups/{sign_up.pk}/shift.ics").status_code == 404
