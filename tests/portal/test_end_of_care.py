"""Help for a household ends when nothing is under way any more, and can be taken up again."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import Household
from accounts.services import reopen_household
from core.errors import DomainError
from core.states import history
from matching.models import ServiceRequest
from matching.services import open_request
from portal.caring import end_care
from tests.personas import at

pytestmark = pytest.mark.django_db


def end_address(household):
    return reverse("portal:household_end", args=[household.pk])


def reopen_address(household):
    return reverse("portal:household_reopen", args=[household.pk])


def post_need(household, by):
    return open_request(
        household=household,
        category="0001",
        skills=["09"],
        title="修电灯",
        note="",
        starts_at=at(days=2, hour=14),
        ends_at=at(days=2, hour=16),
        headcount=1,
        urgency="normal",
        is_remote=False,
        submission_key=None,
        by=by,
    )


def test_the_worker_ends_the_help_with_a_reason_and_takes_it_up_again(signed_in, household, worker):
    client, record = signed_in(worker), reverse("accounts:household", args=[household.pk])
    assert end_address(household) in client.get(record).content.decode()
    assert client.post(end_address(household), {"reason": "已搬走"}).url == record
    page = client.get(record).content.decode()
    assert "已搬走" in page
    assert reopen_address(household) in page
    assert reverse("matching:request_post") + f"?household={household.pk}" not in page
    household.refresh_from_db()
    assert household.status == Household.Status.ENDED
    assert client.post(reopen_address(household)).url == record
    household.refresh_from_db()
    assert household.status == Household.Status.ACTIVE
    assert [change.by for change in history(household)] == [worker, worker]


@pytest.mark.parametrize("status", ["open", "asking", "staffed", "returned", "served"])
def test_a_need_that_is_under_way_stands_in_the_way_with_a_link_to_it(
    signed_in, household, make_request, worker, status
):
    need = make_request(status=status)
    client = signed_in(worker)
    for answer in (client.get(end_address(household)), client.post(end_address(household), {"reason": "x"})):
        assert reverse("matching:request", args=[need.pk]) in answer.content.decode()
    assert answer.status_code == 409
    household.refresh_from_db()
    assert household.status == Household.Status.ACTIVE


@pytest.mark.parametrize("status", ["closed", "cancelled"])
def test_what_is_over_does_not_stand_in_the_way(household, make_request, worker, status):
    make_request(status=status)
    assert end_care(household=household, reason="已康复", by=worker).status == Household.Status.ENDED


def test_the_help_ends_only_with_a_reason_and_once(signed_in, household, worker):
    client = signed_in(worker)
    assert client.post(end_address(household), {"reason": " "}).status_code == 422
    end_care(household=household, reason="已搬走", by=worker)
    assert client.post(end_address(household), {"reason": "又一次"}).status_code == 409
    assert history(household).count() == 1
    reopen_household(household=household, by=worker)
    assert client.post(reopen_address(household), follow=True).status_code == 200
    assert history(household).count() == 2


def test_no_need_is_posted_for_a_household_whose_help_has_ended(household, worker):
    end_care(household=household, reason="已搬走", by=worker)
    with pytest.raises(DomainError) as refusal:
        post_need(household, worker)  # the form was opened before: the row in hand still says active
    assert refusal.value.code == "household_ended"


def test_for_the_others_there_is_no_such_page(
    signed_in, household, household_contact, other_worker, stranger, volunteer
):
    for person in (household_contact, other_worker, stranger, volunteer.user):
        client = signed_in(person)
        assert client.get(end_address(household)).status_code == 404
        assert client.post(end_address(household), {"reason": "x"}).status_code == 404
        assert client.post(reopen_address(household)).status_code == 404
    record = reverse("accounts:household", args=[household.pk])
    assert end_address(household) not in signed_in(household_contact).get(record).content.decode()


@pytest.mark.race
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_end_and_a_new_need_at_once_never_both_happen(make_household, worker):
    households = [make_household(f"测试户{number}") for number in range(6)]
    barrier = threading.Barrier(2)

    def run(act):
        try:
            barrier.wait(timeout=20)
            return act()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    for household in households:
        with ThreadPoolExecutor(2) as pool:
            list(
                pool.map(
                    run,
                    [
                        lambda home=household: end_care(household=home, reason="已搬走", by=worker),
                        lambda home=household: post_need(home, worker),
                    ],
                )
            )
        household.refresh_from_db()
        posted = ServiceRequest.objects.filter(household=household).exists()
        assert posted != (household.status == Household.Status.ENDED)
