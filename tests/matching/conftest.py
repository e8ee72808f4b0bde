"""What tests of matching share: posting a need, and letting time pass by moving the rows, not the clock."""

from datetime import timedelta

import pytest
from django.utils import timezone

from matching.models import Assignment, Offer, ServiceRequest
from matching.services import open_request
from tests.personas import at


@pytest.fixture
def post(household, worker):
    """Posts a need as the worker does."""

    def post(**fields):
        values = {
            "household": household,
            "category": "0001",
            "skills": ["09"],
            "title": "修电灯",
            "note": "敲门要大声",
            "starts_at": at(days=2, hour=14),
            "ends_at": at(days=2, hour=16),
            "headcount": 1,
            "urgency": "normal",
            "is_remote": False,
            "submission_key": None,
            "by": worker,
        }
        return open_request(**(values | fields))

    return post


@pytest.fixture
def begins_now():
    """The service of this need begins now and lasts two hours."""

    def begin(need, minutes_ago=5):
        starts_at = timezone.now() - timedelta(minutes=minutes_ago)
        ServiceRequest.objects.filter(pk=need.pk).update(
            starts_at=starts_at, ends_at=starts_at + timedelta(hours=2)
        )
        need.refresh_from_db()

    return begin


@pytest.fixture
def came_ago():
    def came(assignment, minutes):
        Assignment.objects.filter(pk=assignment.pk).update(
            checked_in_at=timezone.now() - timedelta(minutes=minutes)
        )
        assignment.refresh_from_db()

    return came


@pytest.fixture
def past_deadline():
    """The time to answer is over for these offers."""

    def over(need):
        Offer.objects.filter(request=need, status="sent").update(
            answer_by=timezone.now() - timedelta(seconds=1)
        )

    return over
