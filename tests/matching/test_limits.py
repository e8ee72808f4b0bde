"""The hard limits: who is never asked, whatever the score."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AskLedger, BlockedPair, SourceKind, Volunteer, VolunteerSkill
from accounts.services import commit_time
from core.errors import DomainError
from core.geo import Point
from core.slots import to_mask
from matching.candidates import candidates
from matching.checks import TO_BE_ASKED, counts
from matching.models import Offer
from matching.needs import load_needs
from matching.people import load_people
from matching.services import offer_myself
from matching.tasks import plan_requests

pytestmark = pytest.mark.django_db


def excluded(need):
    needs = load_needs([need], now=timezone.now())
    return counts(needs[0], load_people(candidates(needs), now=timezone.now()))


def is_asked(need):
    plan_requests([need.pk])
    return Offer.objects.filter(request=need, volunteer__isnull=False).exists()


def spend_budget(volunteer, times):
    for number in range(times):
        AskLedger.objects.create(
            volunteer=volunteer,
            asked_at=timezone.now() - timedelta(days=2),
            source_kind=SourceKind.OFFER,
            source_id=90_000 + number,
        )


def test_somebody_who_passes_every_limit_is_asked(post, volunteer):
    need = post()
    assert excluded(need) == {}
    assert is_asked(need)


def test_without_the_skill_nobody_is_asked(post, make_volunteer):
    make_volunteer(skills=("04",))
    need = post()
    assert not is_asked(need)


def test_a_licence_that_runs_out_before_the_day_of_service_does_not_count(post, volunteer):
    VolunteerSkill.objects.update(licence_valid_until=timezone.localdate() + timedelta(days=1))
    need = post()
    assert excluded(need) == {"licence": 1}
    assert not is_asked(need)


def test_a_licence_that_nobody_checked_does_not_count(post, volunteer):
    VolunteerSkill.objects.update(is_licence_checked=False)
    assert excluded(post()) == {"licence": 1}


def test_a_skill_that_needs_no_licence_needs_none(post, make_volunteer):
    make_volunteer(skills=("08",), licensed=False)
    assert is_asked(post(skills=["08"]))


def test_who_is_not_verified_is_not_asked(post, make_volunteer):
    make_volunteer(status="applied")
    need = post()
    assert excluded(need) == {"verified": 1}
    assert not is_asked(need)


def test_a_minor_is_asked_only_with_the_guardians_consent(post, make_volunteer):
    minor = make_volunteer(born_on=timezone.localdate() - timedelta(days=365 * 17))
    need = post()
    assert excluded(need) == {"age": 1}
    minor.has_guardian_consent = True
    minor.save()
    assert is_asked(need)


def test_who_turns_eighteen_before_the_day_of_service_is_of_age(post, make_volunteer):
    tomorrow = timezone.localdate() + timedelta(days=1)
    make_volunteer(born_on=tomorrow.replace(year=tomorrow.year - 18))
    assert is_asked(post())


def test_the_household_itself_is_not_asked_to_help_itself(post, make_volunteer, household_contact):
    make_volunteer(user=household_contact)
    need = post()
    assert excluded(need) == {"household": 1}
    assert not is_asked(need)


def test_a_blocked_pair_never_meets(post, volunteer, household):
    BlockedPair.objects.create(volunteer=volunteer, household=household)
    need = post()
    assert excluded(need) == {"blocked": 1}
    assert not is_asked(need)


def test_outside_the_free_times_nobody_is_asked(post, make_volunteer):
    make_volunteer(slots=0)
    need = post()
    assert excluded(need) == {"free": 1}
    assert not is_asked(need)


def test_a_service_over_two_slots_needs_both(post, make_volunteer, division):
    from tests.personas import at

    starts_at = at(days=2, hour=11)
    weekday = starts_at.weekday()
    make_volunteer(slots=to_mask([weekday * 3 + 1]))
    need = post(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    assert excluded(need) == {"free": 1}


def test_beyond_the_own_radius_nobody_is_asked_unless_by_phone(post, make_volunteer):
    make_volunteer(home=Point(121.50, 31.30), radius_m=3000)
    assert excluded(post()) == {"near": 1}
    assert is_asked(post(is_remote=True))


def test_who_promised_the_time_already_is_not_asked(post, volunteer):
    need = post()
    commit_time(
        volunteer=volunteer,
        starts_at=need.starts_at + timedelta(minutes=30),
        ends_at=need.ends_at + timedelta(minutes=30),
        source_kind=SourceKind.SIGN_UP,
        source_id=1,
    )
    assert excluded(need) == {"clash": 1}
    assert not is_asked(need)


def test_back_to_back_is_no_clash(post, volunteer):
    need = post()
    commit_time(
        volunteer=volunteer,
        starts_at=need.ends_at,
        ends_at=need.ends_at + timedelta(hours=1),
        source_kind=SourceKind.SIGN_UP,
        source_id=1,
    )
    assert is_asked(need)


def test_who_refuses_pushes_is_not_asked(post, make_volunteer):
    make_volunteer(accepts_pushes=False)
    need = post()
    assert excluded(need) == {"pushes": 1}
    assert not is_asked(need)


def test_the_contact_budget_of_the_week_holds(post, volunteer):
    spend_budget(volunteer, 3)
    need = post()
    assert excluded(need) == {"budget": 1}
    assert not is_asked(need)


def test_a_person_may_want_to_be_asked_less_than_the_rule_allows(post, make_volunteer):
    volunteer = make_volunteer(weekly_asks=1)
    spend_budget(volunteer, 1)
    assert not is_asked(post())


def test_an_urgent_need_may_exceed_the_budget_by_one_and_that_is_recorded(post, volunteer):
    spend_budget(volunteer, 3)
    urgent = post(urgency="urgent")
    assert is_asked(urgent)
    offer = Offer.objects.get(request=urgent)
    assert AskLedger.objects.get(source_kind="offer", source_id=offer.pk).exceeds_budget
    assert not is_asked(post(urgency="urgent"))


def test_every_offer_to_a_volunteer_is_a_line_in_the_ledger(post, volunteer):
    need = post()
    plan_requests([need.pk])
    offer = Offer.objects.get(request=need)
    line = AskLedger.objects.get()
    assert (line.volunteer, line.source_id, line.exceeds_budget) == (volunteer, offer.pk, False)


def test_nobody_is_asked_twice_about_one_need(post, volunteer):
    need = post()
    plan_requests([need.pk])
    Offer.objects.update(status="declined")
    need.refresh_from_db()
    assert excluded(need) == {"asked": 1}


@pytest.mark.parametrize("check", TO_BE_ASKED, ids=lambda check: check.code)
def test_every_limit_has_words_for_the_person_and_for_the_worker(check):
    assert str(check.refusal)
    assert str(check.help)
    assert "7" in str(check.counted % {"count": 7})


def test_own_wishes_do_not_stop_somebody_who_comes_unasked(post, make_volunteer):
    volunteer = make_volunteer(slots=0, radius_m=500, accepts_pushes=False)
    spend_budget(volunteer, 5)
    offer = offer_myself(request=post(), volunteer=volunteer, by=volunteer.user)
    assert offer.status == "accepted"
    assert offer.assignments.count() == 1


def test_a_limit_stops_somebody_who_comes_unasked_and_says_why(post, make_volunteer):
    volunteer = make_volunteer(status="applied")
    with pytest.raises(DomainError) as refused:
        offer_myself(request=post(), volunteer=volunteer, by=volunteer.user)
    assert refused.value.code == "verified"
    assert refused.value.help


def test_a_limit_that_fell_between_the_question_and_the_yes_still_holds(post, volunteer):
    from matching.services import accept_offer

    need = post()
    plan_requests([need.pk])
    VolunteerSkill.objects.update(licence_valid_until=timezone.localdate())
    with pytest.raises(DomainError) as refused:
        accept_offer(offer=Offer.objects.get(request=need), by=volunteer.user)
    assert refused.value.code == "licence"


def test_how_fast_somebody_answers_is_the_median_of_what_they_were_asked(make_request, make_volunteer):
    """Not of what they came to unasked, nor of what ran out."""
    quick, unknown = make_volunteer("快答"), make_volunteer("未答")
    for number, hours in enumerate((1, 2, 9)):
        answer(quick, make_request(title=f"问{number}"), hours=hours)
    answer(quick, make_request(title="自荐"), hours=0, reasons=[{"code": "came_unasked"}])
    answer(quick, make_request(title="没答"), hours=None, status="expired")
    people = load_people(Volunteer.objects.filter(pk__in=[quick.pk, unknown.pk]), now=timezone.now())
    assert people.response_delay_h.tolist() == [2.0, 24.0]


def answer(volunteer, need, *, hours, status="declined", reasons=()):
    sent_at = timezone.now() - timedelta(days=3)
    Offer.objects.create(
        request=need,
        volunteer=volunteer,
        score=0.5,
        probability=0.5,
        model_version="test",
        reasons=list(reasons),
        status=status,
        sent_at=sent_at,
        answer_by=need.starts_at,
        answered_at=None if hours is None else sent_at + timedelta(hours=hours),
    )
