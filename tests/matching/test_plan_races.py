"""Real threads: two people send the same plan, and two windows change one draft."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import AskLedger, StaffRole
from core.errors import DomainError
from matching.models import Offer, PlanDraft
from matching.services.plan_sending import Sent, accept_plan
from matching.services.plans import current_plan, keep_for

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def at_once(acts):
    barrier = threading.Barrier(len(acts))

    def run(act):
        try:
            barrier.wait(timeout=20)
            return act()
        except DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def workers(make_user, division):
    """Four workers of one neighbourhood."""
    users = [make_user(f"社工{number}") for number in range(4)]
    for user in users:
        StaffRole.objects.create(user=user, kind=StaffRole.Kind.COMMUNITY_WORKER, division=division)
    return users


def test_of_several_workers_who_send_the_same_plan_each_offer_is_made_once(
    workers, make_request, make_volunteer
):
    for number in range(3):
        make_request(title=f"需求{number}")
        make_volunteer(f"志愿{number}")
    tokens = [current_plan(by=user).token for user in workers]
    answers = at_once(
        [
            lambda user=user, token=token: accept_plan(by=user, token=token)
            for user, token in zip(workers, tokens, strict=True)
        ]
    )
    assert Offer.objects.count() == 3
    assert AskLedger.objects.count() == 3
    assert sum(answer.asked for answer in answers if isinstance(answer, Sent)) == 3
    assert {answer.code for answer in answers if isinstance(answer, DomainError)} <= {"stale"}


def test_a_double_click_on_send_asks_once(workers, make_request, volunteer):
    make_request()
    token = current_plan(by=workers[0]).token
    at_once([lambda: accept_plan(by=workers[0], token=token)] * 4)
    assert Offer.objects.count() == 1


def test_two_windows_of_one_person_keep_both_changes(workers, make_request, make_volunteer):
    needs = [make_request(title=f"需求{number}") for number in range(2)]
    people = [make_volunteer(f"志愿{number}") for number in range(2)]
    user = workers[0]
    current_plan(by=user)
    at_once(
        [
            lambda need=need, person=person: keep_for(request_id=need.pk, volunteer_id=person.pk, by=user)
            for need, person in zip(needs, people, strict=True)
        ]
    )
    assert len(PlanDraft.objects.get(user=user).pinned) == 2
