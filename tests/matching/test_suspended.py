"""Who is suspended goes nowhere: what was promised is cancelled, what was asked is withdrawn, no door opens."""

import pytest

from accounts.models import Commitment
from accounts.services import restore_volunteer, suspend_volunteer
from matching import tasks
from matching.models import Assignment, Offer
from matching.services import accept_offer, check_in, check_out, contact_of, set_off
from matching.tasks import plan_requests, stand_down, sweep
from tests.matching.refusing import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def promised(post, volunteer):
    need = post()
    plan_requests([need.pk])
    [assignment] = accept_offer(offer=Offer.objects.get(request=need), by=volunteer.user)
    need.refresh_from_db()
    return need, assignment


@pytest.fixture
def suspend(volunteer, centre_user):
    def suspend():
        suspend_volunteer(volunteer=volunteer, reason="多次爽约", by=centre_user)

    return suspend


def test_a_suspended_volunteer_neither_sets_off_nor_checks_in_nor_reads_the_address(
    promised, volunteer, begins_now, suspend
):
    need, assignment = promised
    begins_now(need)
    suspend()
    for act in (set_off, check_in, contact_of):
        with refused("not_verified"):
            act(assignment=Assignment.objects.get(pk=assignment.pk), by=volunteer.user)


def test_who_was_at_work_may_still_check_out(promised, volunteer, begins_now, suspend):
    need, assignment = promised
    begins_now(need)
    check_in(assignment=assignment, by=volunteer.user)
    suspend()
    stand_down(volunteer.pk)
    assert check_out(assignment=assignment, by=volunteer.user).status == "checked-out"


def test_a_suspension_is_followed_up_once_it_is_committed(
    promised, volunteer, suspend, monkeypatch, django_capture_on_commit_callbacks
):
    queued = []
    monkeypatch.setattr(tasks.stand_down, "apply_async", lambda args, **_options: queued.append(args))
    with django_capture_on_commit_callbacks(execute=True):
        suspend()
    assert queued == [(volunteer.pk,)]


def test_what_a_suspended_volunteer_promised_is_cancelled_and_others_are_looked_for(
    promised, volunteer, centre_user, suspend
):
    need, assignment = promised
    suspend()
    for _twice in range(2):
        stand_down(volunteer.pk)
    assignment.refresh_from_db()
    need.refresh_from_db()
    assert (assignment.status, need.status, need.filled) == ("cancelled", "open", 0)
    assert not Commitment.objects.exists()
    assert Offer.objects.get().status == "passed"


def test_what_a_suspended_volunteer_was_asked_is_withdrawn(post, volunteer, suspend):
    need = post()
    plan_requests([need.pk])
    suspend()
    stand_down(volunteer.pk)
    assert Offer.objects.get(request=need).status == "withdrawn"


def test_the_sweep_does_it_when_the_queue_was_gone(promised, suspend):
    _need, assignment = promised
    suspend()
    sweep()
    assignment.refresh_from_db()
    assert assignment.status == "cancelled"


def test_nothing_is_cancelled_for_somebody_restored_meanwhile(promised, volunteer, centre_user, suspend):
    _need, assignment = promised
    suspend()
    restore_volunteer(volunteer=volunteer, by=centre_user)
    stand_down(volunteer.pk)
    assignment.refresh_from_db()
    assert assignment.status == "accepted"


def test_the_page_of_the_service_says_why_the_address_is_closed(promised, volunteer, suspend, signed_in):
    _need, assignment = promised
    suspend()
    body = signed_in(volunteer.user).get(f"/needs/services/{assignment.pk}/").content.decode()
    assert f"/needs/services/{assignment.pk}/contact/" not in body
