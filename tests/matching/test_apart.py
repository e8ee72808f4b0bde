"""Two people who are kept apart: who may say so, what is undone, and how it ends."""

import pytest

from accounts.models import BlockedPair
from accounts.services import end_keeping_apart, keep_apart
from matching.models import Offer
from matching.services import accept_offer
from matching.tasks import plan_requests, sweep, undo_what_was_promised
from tests.matching.refusing import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def apart(household, volunteer, worker):
    def keep(by=worker):
        return keep_apart(household=household, volunteer=volunteer, reason="家属要求", by=by)

    return keep


@pytest.fixture
def asked(post, volunteer):
    need = post()
    plan_requests([need.pk])
    return need, Offer.objects.get(request=need, volunteer=volunteer)


def test_who_is_kept_apart_is_not_asked_and_may_be_again(post, volunteer, apart, worker):
    pair = apart()
    assert apart() == pair  # twice is once
    need = post()
    plan_requests([need.pk])
    assert not Offer.objects.exists()
    end_keeping_apart(pair=pair, reason="家属改变了主意", by=worker)
    later = post()
    plan_requests([later.pk])
    assert Offer.objects.get(request=later).volunteer == volunteer
    assert apart() != pair  # again, with the first record kept
    assert BlockedPair.objects.count() == 2


def test_what_was_asked_is_withdrawn(asked, apart):
    _need, offer = asked
    pair = apart()
    for _twice in range(2):
        undo_what_was_promised(pair.pk)
    offer.refresh_from_db()
    assert offer.status == "withdrawn"


def test_what_was_promised_is_cancelled_without_the_reason_even_when_the_queue_was_gone(
    asked, apart, volunteer
):
    need, offer = asked
    [assignment] = accept_offer(offer=offer, by=volunteer.user)
    apart()
    sweep()
    assignment.refresh_from_db()
    need.refresh_from_db()
    assert (assignment.status, need.filled) == ("cancelled", 0)
    told = "".join(str(row.params) for row in volunteer.user.notifications.all())
    assert "家属要求" not in told


def test_a_reason_is_needed_and_the_place_must_be_ones_own(household, volunteer, worker, other_worker, apart):
    with refused("reason_missing"):
        keep_apart(household=household, volunteer=volunteer, reason=" ", by=worker)
    with refused("outside_your_area"):
        apart(by=other_worker)


def test_the_page_is_for_staff_of_the_place(client, household, volunteer, other_worker):
    page = f"/needs/households/{household.pk}/not-sent/"
    for user in (volunteer.user, other_worker, household.contact):
        if user is not None:
            client.force_login(user)
            assert client.get(page).status_code == 404
            assert client.post(page, {"volunteer": volunteer.pk, "reason": "x"}).status_code == 404


def test_the_worker_looks_somebody_up_keeps_them_away_and_ends_it(
    client, household, volunteer, worker, django_assert_max_num_queries
):
    page = f"/needs/households/{household.pk}/not-sent/"
    client.force_login(worker)
    with django_assert_max_num_queries(12):
        found = client.get(page, {"who": volunteer.user.name}).content.decode()
    assert f"?volunteer={volunteer.pk}" in found
    assert client.post(page, {"volunteer": volunteer.pk, "reason": ""}).status_code == 422
    assert client.post(page, {"volunteer": 10**17, "reason": "x"}).status_code == 404
    shown = client.post(page, {"volunteer": volunteer.pk, "reason": "家属要求"}, follow=True).content.decode()
    pair = BlockedPair.objects.standing().get()
    assert "家属要求" in shown
    assert (pair.made_by, pair.volunteer) == (worker, volunteer)
    client.post(f"/needs/not-sent/{pair.pk}/end/", {"reason": ""})
    assert BlockedPair.objects.standing().exists()
    client.post(f"/needs/not-sent/{pair.pk}/end/", {"reason": "和好了"})
    pair.refresh_from_db()
    assert (pair.ended_by, pair.ended_because) == (worker, "和好了")
