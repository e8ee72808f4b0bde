"""Hours in one line, and shifts that are on right now."""

import itertools
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from activities import services
from activities.models import Attendance, ServiceRecord
from activities.rules import code_at

sources = itertools.count(1)


@pytest.fixture
def client(client):
    """Reads English."""
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def give_hours(division, worker):
    """Append a record: `give_hours(volunteer, 90)`; the service began `days_ago` days ago."""

    def give(volunteer, minutes=60, *, starts_at=None, days_ago=0, **values):
        starts_at = starts_at or timezone.now() - timedelta(days=days_ago)
        values.setdefault("division", division)
        values.setdefault("source_kind", ServiceRecord.Source.ASSIGNMENT)
        values.setdefault("source_id", next(sources))
        return services.record_hours(
            volunteer=volunteer,
            category="0001",
            name="陪诊",
            place="测试医院",
            content="陪同就诊",
            in_charge="社工乙",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            minutes=minutes,
            by=worker,
            **values,
        )

    return give


@pytest.fixture
def shift_now(make_activity, make_shift):
    """A shift that began half an hour ago and ends in an hour and a half."""

    def make(activity=None, **fields):
        fields.setdefault("starts_at", timezone.now() - timedelta(minutes=30))
        fields.setdefault("ends_at", timezone.now() + timedelta(minutes=90))
        activity = activity or make_activity(starts_at=fields["starts_at"], ends_at=fields["ends_at"])
        return make_shift(activity, **fields)

    return make


@pytest.fixture
def sign_up_now(shift_now):
    """A sign-up for a shift that has begun: made while it had not."""

    def make(volunteer, shift=None):
        shift = shift or shift_now()
        start = shift.starts_at
        shift.starts_at = timezone.now() + timedelta(minutes=1)
        shift.save()
        taken = services.sign_up(shift=shift, volunteer=volunteer, by=volunteer.user)
        shift.starts_at = start
        shift.save(update_fields=["starts_at"])
        return taken

    return make


@pytest.fixture
def later():
    """Let time pass for a sign-up: its pairs move into the past by so many minutes."""

    def pass_by(sign_up, minutes):
        away = timedelta(minutes=minutes)
        Attendance.objects.filter(sign_up=sign_up).update(
            checked_in_at=F("checked_in_at") - away, checked_out_at=F("checked_out_at") - away
        )

    return pass_by


@pytest.fixture
def code():
    """The code that the organiser's phone shows now."""
    return lambda shift: code_at(shift.code_secret, timezone.now())
