"""The plan changed by hand: kept, left out, swapped, always within the hard limits, at a price that is told."""

import pytest

from accounts.models import BlockedPair, SourceKind
from accounts.services import commit_time
from core.geo import Point
from matching.models import PlanDraft
from matching.plans.reading import page_of
from matching.plans.solving import Changes, solve
from matching.services.plans import current_plan, keep_for, leave_out, release, start_over, swap
from tests.matching.refusing import refused

pytestmark = pytest.mark.django_db


def away(division, metres):
    """A point so many metres north of the middle of the neighbourhood."""
    return Point(division.point.lon, division.point.lat + metres / 111_195)


def who_goes(current, need):
    return {volunteer for request, volunteer in current.chosen.pairs() if request == need.pk}


def row_of(current, need):
    [row] = [row for row in page_of(current)["rows"] if row.need.pk == need.pk]
    return row


@pytest.fixture
def two_needs(make_request):
    """At the same hour, so that nobody could go to both."""
    return make_request(title="修电灯"), make_request(title="修插座")


@pytest.fixture
def near_and_far(make_volunteer, division):
    return make_volunteer("近处"), make_volunteer("远处", home=away(division, 2500))


def test_a_person_chosen_by_hand_is_kept_and_the_price_is_told(make_request, near_and_far, worker):
    need, (near, far) = make_request(), near_and_far
    assert who_goes(current_plan(by=worker), need) == {near.pk}
    keep_for(request_id=need.pk, volunteer_id=far.pk, by=worker)
    current = current_plan(by=worker)
    assert who_goes(current, need) == {far.pk}
    assert current.price > 0
    assert page_of(current)["difference"]
    release(request_id=need.pk, volunteer_id=far.pk, by=worker)
    current = current_plan(by=worker)
    assert (current.price, who_goes(current, need)) == (0, {near.pk})


def test_whatever_is_changed_the_price_is_never_negative(make_request, make_volunteer, division, worker):
    needs = [
        make_request(title=f"需求{number}", urgency=("urgent", "normal")[number % 2]) for number in range(4)
    ]
    people = [make_volunteer(f"志愿{number}", home=away(division, 400 * number)) for number in range(5)]
    board = current_plan(by=worker).chosen.board
    best = solve(board).plan.objective
    for need in needs:
        for person in people:
            pair = frozenset({(need.pk, person.pk)})
            assert solve(board, Changes(pinned=pair)).plan.objective >= best
            assert solve(board, Changes(forbidden=pair)).plan.objective >= best


def test_a_person_left_out_is_replaced_or_the_place_stays_empty(make_request, volunteer, worker):
    need = make_request()
    current_plan(by=worker)
    leave_out(request_id=need.pk, volunteer_id=volunteer.pk, by=worker)
    current = current_plan(by=worker)
    assert who_goes(current, need) == set()
    row = row_of(current, need)
    assert (row.empty, [who for _key, who in row.left_out]) == (1, [volunteer])
    assert current.price > 0


def test_two_people_change_places(two_needs, near_and_far, worker):
    one, other = two_needs
    current = current_plan(by=worker)
    [here], [there] = who_goes(current, one), who_goes(current, other)
    swap(one=(one.pk, here), other=(other.pk, there), by=worker)
    current = current_plan(by=worker)
    assert (who_goes(current, one), who_goes(current, other)) == ({there}, {here})
    start_over(by=worker)
    assert not PlanDraft.objects.get().pinned


def test_keeping_somebody_for_another_need_moves_the_person(two_needs, near_and_far, worker):
    one, other = two_needs
    near, _far = near_and_far
    keep_for(request_id=one.pk, volunteer_id=near.pk, by=worker)
    keep_for(request_id=other.pk, volunteer_id=near.pk, by=worker)
    assert PlanDraft.objects.get().pinned == [[other.pk, near.pk]]


def test_no_more_people_are_kept_than_are_wanted(make_request, near_and_far, worker):
    need, (near, far) = make_request(), near_and_far
    keep_for(request_id=need.pk, volunteer_id=near.pk, by=worker)
    with refused("no_seat"):
        keep_for(request_id=need.pk, volunteer_id=far.pk, by=worker)


LIMITS = {
    "licence": {"licensed": False},
    "skill": {"skills": ("22",)},
    "free": {"slots": 0},
    "near": {"radius_m": 500},
    "pushes": {"accepts_pushes": False},
    "verified": {"status": "applied"},
    "gone": {"status": "suspended"},
}


@pytest.mark.parametrize("code", LIMITS)
def test_a_decision_by_hand_never_beats_a_hard_limit(code, make_request, make_volunteer, division, worker):
    need = make_request()
    person = make_volunteer("不行", home=away(division, 2500), **LIMITS[code])
    with refused(code):
        keep_for(request_id=need.pk, volunteer_id=person.pk, by=worker)
    assert who_goes(current_plan(by=worker), need) == set()


def test_nor_a_promise_made_already_nor_a_blocked_pair_nor_the_budget(make_request, make_volunteer, worker):
    need = make_request()
    busy, blocked, tired = (
        make_volunteer("忙"),
        make_volunteer("不去"),
        make_volunteer("问够了", weekly_asks=0),
    )
    commit_time(
        volunteer=busy,
        starts_at=need.starts_at,
        ends_at=need.ends_at,
        source_kind=SourceKind.SIGN_UP,
        source_id=1,
    )
    BlockedPair.objects.create(household=need.household, volunteer=blocked)
    for person, code in ((busy, "clash"), (blocked, "blocked"), (tired, "budget")):
        with refused(code):
            keep_for(request_id=need.pk, volunteer_id=person.pk, by=worker)


def test_swapping_obeys_the_limits_too(make_request, make_volunteer, division, worker):
    near_need, far_need = make_request(title="近"), make_request(title="要会上网", skills=["22"])
    electrician = make_volunteer("电工")
    networker = make_volunteer("网管", skills=("22",), licensed=False)
    with refused("skill"):
        swap(one=(near_need.pk, electrician.pk), other=(far_need.pk, networker.pk), by=worker)


def test_a_need_of_somebody_elses_cannot_be_changed(make_request, volunteer, other_worker):
    need = make_request()
    with refused("no_longer_open"):
        keep_for(request_id=need.pk, volunteer_id=volunteer.pk, by=other_worker)
