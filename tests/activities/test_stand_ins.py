"""“I can't come”: consequences first, somebody who comes instead, a swap between two people."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AskLedger, Commitment, RuleSet, SourceKind
from accounts.services import record_ask
from activities import services
from activities.models import SignUp, StandInAsk, StandInCall
from activities.services import stand_ins
from core.errors import DomainError
from notifications.models import Notification

pytestmark = pytest.mark.django_db


def refused(act):
    with pytest.raises(DomainError) as refusal:
        act()
    assert refusal.value.reason
    return refusal.value.code


def take(shift, person):
    return services.sign_up(shift=shift, volunteer=person, by=person.user)


@pytest.fixture
def sign_up(shift, volunteer):
    return take(shift, volunteer)


@pytest.fixture
def people(make_volunteer):
    return [make_volunteer(f"可替{number}", skills=()) for number in range(4)]


def asked_before(person, days):
    record_ask(
        volunteer=person,
        source_kind=SourceKind.OFFER,
        source_id=person.pk,
        asked_at=timezone.now() - timedelta(days=days),
    )


def look(sign_up):
    return stand_ins.look_for_stand_in(sign_up=sign_up, by=sign_up.volunteer.user)


def test_the_least_recently_asked_are_asked_first(sign_up, people):
    RuleSet.objects.update(stand_ins_asked=2)
    for person, days in zip(people, (20, 30, 10, 40), strict=True):
        asked_before(person, days)
    call = look(sign_up)
    assert [ask.volunteer for ask in call.asks.all()] == [people[3], people[1]]
    assert AskLedger.objects.filter(source_kind=SourceKind.STAND_IN).count() == 2
    assert look(sign_up) == call
    assert [ask.volunteer for ask in call.asks.all()][2:] == [people[0], people[2]]
    assert refused(lambda: look(sign_up)) == "nobody_to_ask"


def test_nobody_is_asked_beyond_the_budget_or_with_another_promise(sign_up, people, make_shift):
    RuleSet.objects.update(weekly_asks=1)
    asked_before(people[0], 1)
    take(make_shift(starts_at=sign_up.shift.starts_at, ends_at=sign_up.shift.ends_at), people[1])
    people[2].accepts_pushes = False
    people[2].save()
    assert [ask.volunteer for ask in look(sign_up).asks.all()] == [people[3]]


def test_the_first_yes_takes_the_place_and_nobody_is_late(people, make_shift, volunteer):
    soon = timezone.now() + timedelta(hours=2)
    sign_up = take(make_shift(starts_at=soon, ends_at=soon + timedelta(hours=1), places=1), volunteer)
    first, second = look(sign_up).asks.all()[:2]
    taken = stand_ins.agree_to_stand_in(ask=first, by=first.volunteer.user)
    assert stand_ins.agree_to_stand_in(ask=first, by=first.volunteer.user) == taken
    sign_up.refresh_from_db()
    taken.shift.refresh_from_db()
    assert (sign_up.status, sign_up.is_late_cancel, taken.shift.taken) == ("cancelled", False, 1)
    assert Commitment.objects.get().volunteer == first.volunteer
    assert (
        refused(lambda: stand_ins.agree_to_stand_in(ask=second, by=second.volunteer.user))
        == "no_longer_needed"
    )
    kinds = Notification.objects.filter(user=volunteer.user).values_list("kind", flat=True)
    assert set(kinds) == {"signed-up", "stand-in-found"}


def test_a_no_asks_the_next(sign_up, people):
    RuleSet.objects.update(stand_ins_asked=1)
    ask = look(sign_up).asks.get()
    for _ in range(2):
        stand_ins.decline_stand_in(ask=ask, by=ask.volunteer.user)
    assert [row.status for row in ask.call.asks.all()] == ["declined", "asked"]
    assert refused(lambda: stand_ins.agree_to_stand_in(ask=ask, by=ask.volunteer.user)) == "declined_already"


def test_where_people_wait_the_place_is_given_back_instead(make_shift, volunteer, people):
    shift = make_shift(places=1)
    sign_up = take(shift, volunteer)
    services.join_waiting_list(shift=shift, volunteer=people[0], by=people[0].user)
    assert refused(lambda: look(sign_up)) == "people_wait"


def test_coming_after_all_and_giving_back_end_the_questions(sign_up, people, shift):
    call = look(sign_up)
    stand_ins.withdraw_call(sign_up=sign_up, by=sign_up.volunteer.user)
    assert set(call.asks.values_list("status", flat=True)) == {"ended"}
    StandInAsk.objects.all().delete()
    again = look(sign_up)
    services.cancel_sign_up(sign_up=sign_up, by=sign_up.volunteer.user)
    again.refresh_from_db()
    assert again.status == StandInCall.Status.CLOSED


def test_two_people_swap_their_shifts(make_activity, make_shift, volunteer, people):
    activity = make_activity()
    one = make_shift(activity)
    other = make_shift(activity, starts_at=one.ends_at, ends_at=one.ends_at + timedelta(hours=1))
    mine, theirs = take(one, volunteer), take(other, people[0])
    call = stand_ins.propose_swap(sign_up=mine, wanted=other, by=volunteer.user)
    assert stand_ins.propose_swap(sign_up=mine, wanted=other, by=volunteer.user) == call
    ask = call.asks.get()
    assert ask.gives == theirs
    stand_ins.agree_to_stand_in(ask=ask, by=people[0].user)
    standing = SignUp.objects.standing().values_list("shift", "volunteer")
    assert set(standing) == {(one.pk, people[0].pk), (other.pk, volunteer.pk)}
    for shift in (one, other):
        shift.refresh_from_db()
        assert shift.taken == 1
    assert Commitment.objects.count() == 2
    assert not SignUp.objects.filter(is_late_cancel=True).exists()


def test_a_swap_that_one_of_both_cannot_keep_is_refused(make_activity, make_shift, volunteer, people):
    activity = make_activity()
    one = make_shift(activity)
    other = make_shift(activity, starts_at=one.ends_at, ends_at=one.ends_at + timedelta(hours=1))
    mine, theirs = take(one, volunteer), take(other, people[0])
    ask = stand_ins.propose_swap(sign_up=mine, wanted=other, by=volunteer.user).asks.get()
    take(make_shift(starts_at=other.starts_at, ends_at=other.ends_at), volunteer)
    assert refused(lambda: stand_ins.agree_to_stand_in(ask=ask, by=people[0].user)) == "clash"
    assert {sign_up.status for sign_up in (mine, theirs)} == {"signed-up"}


def test_only_the_person_asks_and_answers(sign_up, people, worker, make_shift, other_volunteer):
    assert refused(lambda: stand_ins.look_for_stand_in(sign_up=sign_up, by=worker)) == "not_oneself"
    ask = look(sign_up).asks.first()
    assert refused(lambda: stand_ins.agree_to_stand_in(ask=ask, by=worker)) == "not_oneself"
    elsewhere = make_shift()
    act = {"sign_up": sign_up, "wanted": elsewhere, "by": sign_up.volunteer.user}
    assert refused(lambda: stand_ins.propose_swap(**act)) == "not_a_shift_to_swap"


def test_the_page_says_what_follows_before_anything_is_pressed(make_shift, volunteer, client, people):
    soon = timezone.now() + timedelta(hours=2)
    late = take(make_shift(starts_at=soon, ends_at=soon + timedelta(hours=1)), volunteer)
    client.force_login(volunteer.user)
    page = client.get(f"/activities/sign-ups/{late.pk}/cannot-come/").content.decode()
    assert "counts as a late cancellation" in page
    assert "Nobody waits for it" in page
    client.post(f"/activities/sign-ups/{late.pk}/stand-in/")
    page = client.get(f"/activities/sign-ups/{late.pk}/cannot-come/").content.decode()
    assert f"{StandInAsk.objects.count()} people were asked" in page
    ask = StandInAsk.objects.get(volunteer=people[0])
    assert client.get(f"/activities/stand-ins/{ask.pk}/").status_code == 404
    client.force_login(people[0].user)
    assert client.get(f"/activities/sign-ups/{late.pk}/cannot-come/").status_code == 404
    assert "Can you stand in?" in client.get("/activities/mine/").content.decode()
    assert "Yes, I come" in client.get(f"/activities/stand-ins/{ask.pk}/").content.decode()
    client.post(f"/activities/stand-ins/{ask.pk}/", {"act": "yes"})
    assert people[0].sign_ups.standing().count() == 1
