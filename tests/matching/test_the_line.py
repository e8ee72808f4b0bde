"""The main line: a need is posted, somebody is asked, goes there, and it counts as hours."""

import pytest

from activities.models import ServiceRecord
from core.models import SensitiveReading
from core.states import history
from matching.models import Offer
from matching.services import (
    accept_offer,
    check_in,
    check_out,
    close_request,
    contact_of,
    finish,
    review_service,
    set_off,
)
from matching.tasks import plan_requests

pytestmark = pytest.mark.django_db


def test_from_a_posted_need_to_recorded_hours_and_a_review(
    post, volunteer, worker, household_contact, begins_now, came_ago
):
    need = post()
    plan_requests([need.pk])
    offer = Offer.objects.get(request=need)
    assert (offer.volunteer, offer.status) == (volunteer, "sent")
    assert {"near", "has_skills", "free_in_slot"} >= {reason["code"] for reason in offer.reasons}
    need.refresh_from_db()
    assert need.status == "asking"

    [assignment] = accept_offer(offer=offer, by=volunteer.user)
    need.refresh_from_db()
    assert (need.status, need.filled) == ("staffed", 1)
    contact = contact_of(assignment=assignment, by=volunteer.user)
    assert contact["address"].startswith("测试路")
    assert contact["note"] == "敲门要大声"
    assert SensitiveReading.objects.filter(reader=volunteer.user, purpose="serve").count() == 2

    begins_now(need)
    set_off(assignment=assignment, by=volunteer.user)
    assignment = check_in(assignment=assignment, by=volunteer.user)
    came_ago(assignment, minutes=95)
    assignment = check_out(assignment=assignment, by=volunteer.user)
    finish(assignment=assignment, report="灯亮了", by=volunteer.user)
    record = ServiceRecord.objects.get()
    assert (record.minutes, record.source_kind, record.source_id) == (95, "assignment", assignment.pk)
    assert record.division == need.division
    need.refresh_from_db()
    assert need.status == "served"

    review = review_service(assignment=assignment, stars=5, words="很好", by=household_contact)
    assert not review.is_by_phone
    assert close_request(request=need, by=worker).status == "closed"
    assert [change.after for change in history(need)] == ["asking", "staffed", "served", "closed"]
    assert [change.after for change in history(assignment)] == [
        "on-my-way",
        "checked-in",
        "checked-out",
        "done",
    ]
