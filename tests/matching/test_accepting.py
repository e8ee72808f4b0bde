"""Yes: the first who accept fill the need, the others are told; a studio's lead names who goes."""

from datetime import timedelta

import pytest

from accounts.models import Commitment, SourceKind, Studio, StudioMember
from accounts.services import commit_time
from matching.events import OfferAccepted, OfferTaken, RequestStaffed
from matching.models import Assignment, Offer
from matching.services import accept_offer, cancel_request, decline_offer, offer_myself
from matching.tasks import plan_requests
from tests.matching.refusing import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch):
    """Facts published in this test."""
    from core import events

    facts = []
    for kind in (OfferAccepted, OfferTaken, RequestStaffed):
        monkeypatch.setitem(events._subscribers, kind, [*events._subscribers[kind], facts.append])
    return facts


@pytest.fixture
def asked(post, make_volunteer):
    """A need about which several people were asked."""

    def ask(people=3, **fields):
        volunteers = [make_volunteer(f"志愿{number}") for number in range(people)]
        need = post(urgency="urgent", **fields)
        plan_requests([need.pk])
        offers = list(Offer.objects.filter(request=need).select_related("volunteer__user"))
        assert len(offers) == len(volunteers)
        return need, offers

    return ask


def test_the_first_yes_takes_the_place_and_the_others_are_told(asked, told):
    need, offers = asked()
    [assignment] = accept_offer(offer=offers[1], by=offers[1].volunteer.user)
    assert assignment.volunteer == offers[1].volunteer
    assert sorted(Offer.objects.values_list("status", flat=True)) == ["accepted", "taken", "taken"]
    assert {fact.offer_id for fact in told if isinstance(fact, OfferTaken)} == {offers[0].pk, offers[2].pk}
    assert [fact for fact in told if isinstance(fact, RequestStaffed)] == [RequestStaffed(need.pk)]
    commitment = Commitment.objects.get()
    assert (commitment.volunteer, commitment.source_id) == (assignment.volunteer, assignment.pk)
    assert (commitment.period.lower, commitment.period.upper) == (need.starts_at, need.ends_at)


def test_a_late_yes_gets_a_friendly_answer(asked):
    _need, offers = asked()
    accept_offer(offer=offers[0], by=offers[0].volunteer.user)
    with refused("taken"):
        accept_offer(offer=offers[1], by=offers[1].volunteer.user)


def test_saying_yes_twice_gives_the_same_assignment(asked, told):
    _need, offers = asked()
    first = accept_offer(offer=offers[0], by=offers[0].volunteer.user)
    assert accept_offer(offer=offers[0], by=offers[0].volunteer.user) == first
    assert Assignment.objects.count() == 1
    assert len([fact for fact in told if isinstance(fact, OfferAccepted)]) == 1


def test_a_need_for_two_is_staffed_with_the_second_yes(asked):
    need, offers = asked(people=4, headcount=2)
    accept_offer(offer=offers[0], by=offers[0].volunteer.user)
    need.refresh_from_db()
    assert (need.status, need.filled) == ("asking", 1)
    accept_offer(offer=offers[1], by=offers[1].volunteer.user)
    need.refresh_from_db()
    assert (need.status, need.filled) == ("staffed", 2)


def test_a_clash_is_refused_and_leaves_everything_as_it_was(asked):
    need, offers = asked()
    commit_time(
        volunteer=offers[0].volunteer,
        starts_at=need.starts_at,
        ends_at=need.ends_at,
        source_kind=SourceKind.SIGN_UP,
        source_id=7,
    )
    with refused("clash"):
        accept_offer(offer=offers[0], by=offers[0].volunteer.user)
    need.refresh_from_db()
    assert need.filled == 0
    assert Assignment.objects.count() == 0


def test_nobody_answers_for_somebody_else(asked, worker):
    _need, offers = asked()
    for person in (worker, offers[1].volunteer.user):
        with refused("not_yours"):
            accept_offer(offer=offers[0], by=person)
        with refused("not_yours"):
            decline_offer(offer=offers[0], by=person)


def test_a_change_of_mind_is_welcome_while_a_place_is_free(asked):
    _need, offers = asked()
    decline_offer(offer=offers[0], by=offers[0].volunteer.user, reason="太远")
    [assignment] = accept_offer(offer=offers[0], by=offers[0].volunteer.user)
    assert assignment.status == "accepted"


def test_declining_twice_changes_nothing(asked):
    _need, offers = asked()
    decline_offer(offer=offers[0], by=offers[0].volunteer.user, reason="太远")
    assert decline_offer(offer=offers[0], by=offers[0].volunteer.user).decline_reason == "太远"


def test_an_offer_of_a_cancelled_need_is_over(asked, worker):
    need, offers = asked()
    cancel_request(request=need, reason="已解决", by=worker)
    with refused("taken"):
        accept_offer(offer=offers[0], by=offers[0].volunteer.user)


def test_who_comes_unasked_takes_the_place_and_those_asked_are_told(asked, make_volunteer):
    need, _offers = asked()
    newcomer = make_volunteer("新来", accepts_pushes=False)
    offer = offer_myself(request=need, volunteer=newcomer, by=newcomer.user)
    assert offer.reasons == [{"code": "came_unasked"}]
    assert Assignment.objects.get().volunteer == newcomer
    assert Offer.objects.filter(status="taken").count() == 3
    assert offer_myself(request=need, volunteer=newcomer, by=newcomer.user) == offer
    assert Assignment.objects.count() == 1


@pytest.fixture
def studio_offer(post, make_studio):
    def ask(members=2, headcount=1, **studio_fields):
        studio = make_studio(skill="09", members=members, **studio_fields)
        need = post(headcount=headcount)
        plan_requests([need.pk])
        return need, Offer.objects.get(request=need), studio

    return ask


def members_of(studio):
    return [row.volunteer for row in StudioMember.objects.filter(studio=studio).order_by("pk")]


def test_a_studios_lead_names_who_goes(studio_offer):
    need, offer, studio = studio_offer(headcount=2)
    chosen = members_of(studio)
    assignments = accept_offer(offer=offer, by=studio.lead, members=chosen)
    assert [assignment.volunteer for assignment in assignments] == chosen
    assert {assignment.studio for assignment in assignments} == {studio}
    need.refresh_from_db()
    assert need.status == "staffed"


def test_a_studio_names_somebody_and_not_too_many_and_only_members(studio_offer, make_volunteer):
    _need, offer, studio = studio_offer()
    volunteer = make_volunteer()
    with refused("no_members"):
        accept_offer(offer=offer, by=studio.lead, members=[])
    with refused("too_many"):
        accept_offer(offer=offer, by=studio.lead, members=members_of(studio))
    with refused("not_a_member"):
        accept_offer(offer=offer, by=studio.lead, members=[volunteer])


def test_a_member_who_promised_the_time_cannot_be_sent(studio_offer):
    need, offer, studio = studio_offer()
    [first, _second] = members_of(studio)
    commit_time(
        volunteer=first,
        starts_at=need.starts_at,
        ends_at=need.ends_at,
        source_kind=SourceKind.SIGN_UP,
        source_id=3,
    )
    with refused("clash"):
        accept_offer(offer=offer, by=studio.lead, members=[first])


def test_a_studios_weekly_capacity_is_counted_by_the_people_it_sends(studio_offer, post):
    need, offer, studio = studio_offer(weekly_capacity=1)
    accept_offer(offer=offer, by=studio.lead, members=members_of(studio)[:1])
    other = post(
        starts_at=need.starts_at + timedelta(minutes=150), ends_at=need.ends_at + timedelta(minutes=150)
    )
    plan_requests([other.pk])
    other.refresh_from_db()
    assert other.status == "returned"
    assert other.returned_because["studios"] == {"capacity": 1}


def test_capacity_is_looked_at_again_when_the_lead_says_yes(studio_offer, post):
    _need, offer, studio = studio_offer(weekly_capacity=2, members=3, headcount=2)
    Studio.objects.update(weekly_capacity=1)
    with refused("capacity"):
        accept_offer(offer=offer, by=studio.lead, members=members_of(studio)[:2])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"slots": 0}, "open"),
        ({"radius_m": 500}, "radius"),
    ],
)
def test_a_studio_that_is_closed_or_far_is_not_asked(post, make_studio, change, code):
    from core.geo import Point

    make_studio(skill="09", point=Point(121.45, 31.25), **change)
    need = post()
    plan_requests([need.pk])
    need.refresh_from_db()
    assert need.returned_because["studios"] == {code: 1}


def test_a_studio_without_a_licence_for_the_day_is_not_asked(post, make_studio):
    studio = make_studio(skill="09")
    studio.credentials.update(is_checked=False)
    need = post()
    plan_requests([need.pk])
    need.refresh_from_db()
    assert need.returned_because["studios"] == {"credential": 1}


def test_a_studio_that_is_not_verified_is_not_asked(post, make_studio):
    make_studio(skill="09", status="applied")
    need = post()
    plan_requests([need.pk])
    need.refresh_from_db()
    assert need.status == "returned"
