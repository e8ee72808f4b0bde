"""Volunteers register, change, are verified and suspended."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.checks import check_is_licensed, licence_gap
from accounts.events import VolunteerChanged, VolunteerRegistered, VolunteerSuspended, VolunteerVerified
from accounts.models import RuleSet, Volunteer
from accounts.services import (
    SkillGiven,
    change_volunteer,
    check_licence,
    register_volunteer,
    restore_volunteer,
    suspend_volunteer,
    verify_volunteer,
)
from core import events
from core.errors import DomainError
from core.geo import Point, distance_m
from core.models import StateChange
from core.states import history

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
ADULT = date(1980, 5, 6)
NEXT_YEAR = TODAY + timedelta(days=300)


@pytest.fixture
def facts():
    """The facts about volunteers published in this test, heard as any app hears them."""
    kinds = (VolunteerRegistered, VolunteerChanged, VolunteerVerified, VolunteerSuspended)
    heard = []
    for kind in kinds:
        events._subscribers[kind].append(heard.append)
    yield heard
    for kind in kinds:
        events._subscribers[kind].pop()


@pytest.fixture
def register(make_user, division):
    def act(**given):
        user = given.pop("user", None) or make_user()
        given = {
            "home_division": division,
            "home": None,
            "skills": [SkillGiven("09", 3, "电工证", NEXT_YEAR)],
            "categories": ["0001"],
            "slots": 7,
            "radius_m": 3000,
            "born_on": ADULT,
            **given,
        }
        return register_volunteer(user=user, by=user, **given)

    return act


def refused(act, **given):
    with pytest.raises(DomainError) as refusal:
        act(**given)
    return refusal.value.code


def test_a_new_volunteer_has_applied_and_is_told_as_a_fact(register, facts):
    volunteer = register()
    assert volunteer.status == Volunteer.Status.APPLIED
    assert facts == [VolunteerRegistered(volunteer.pk, volunteer.user_id)]
    licence = volunteer.skills.get()
    assert (licence.licence_name, licence.is_licence_checked) == ("电工证", False)


def test_a_neighbourhood_without_a_place_of_its_own_lends_its_parents(register, division):
    assert division.lon is None
    volunteer = register()
    assert distance_m(volunteer.home, division.parent.point) < 100


def test_a_home_is_kept_as_the_middle_of_a_square_of_100_metres(register):
    door = Point(121.4171234, 31.2112345)
    volunteer = register(home=door)
    neighbour = register(home=Point(door.lon + 0.00002, door.lat))
    assert volunteer.home != door
    assert distance_m(volunteer.home, door) <= 71
    assert neighbour.home == volunteer.home


def test_a_person_registers_once(register):
    volunteer = register()
    assert refused(register, user=volunteer.user) == "already_registered"


def test_the_same_form_sent_twice_is_one_volunteer(register, make_user):
    user, key = make_user(), "6a6f0f0e-93a4-4a51-a0b7-0d5f3c1b2a3d"
    assert register(user=user, submission_key=key) == register(user=user, submission_key=key)
    assert Volunteer.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_eight_sendings_of_one_form_at_once_are_one_volunteer(register, make_user):
    user, key, got, gate = make_user(), "6a6f0f0e-93a4-4a51-a0b7-0d5f3c1b2a3d", [], threading.Barrier(8)

    def send():
        gate.wait()
        try:
            got.append(register(user=user, submission_key=key).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _sending in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert set(got) == {Volunteer.objects.get().pk}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"categories": ["0001", "0002", "0003", "0004", "0005"]}, "too_many_categories"),
        ({"skills": [SkillGiven("09"), SkillGiven("09")]}, "skill_twice"),
        ({"born_on": TODAY + timedelta(days=1)}, "birth_date_impossible"),
        ({"born_on": TODAY - timedelta(days=365 * 17)}, "guardian_consent_missing"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(register, given, code):
    assert refused(register, **given) == code


def test_a_whole_district_is_too_wide_for_a_home(register, district):
    assert refused(register, home_division=district) == "home_too_wide"


def test_a_minor_registers_with_the_guardians_consent(register):
    assert register(born_on=TODAY - timedelta(days=365 * 16), has_guardian_consent=True).pk


def test_verifying_is_kept_as_history_and_told(register, centre_user, facts):
    volunteer = verify_volunteer(volunteer=register(), by=centre_user)
    assert volunteer.status == Volunteer.Status.VERIFIED
    assert volunteer.verified_at is not None
    change = history(volunteer).get()
    assert (change.before, change.after, change.by) == ("applied", "verified", centre_user)
    assert facts[-1] == VolunteerVerified(volunteer.pk, centre_user.pk)


def test_verifying_twice_is_refused_with_a_friendly_word(register, centre_user):
    volunteer = verify_volunteer(volunteer=register(), by=centre_user)
    assert refused(verify_volunteer, volunteer=volunteer, by=centre_user) == "not_in_this_state"


def test_a_suspension_needs_a_reason_and_can_be_lifted(volunteer, centre_user, facts):
    assert refused(suspend_volunteer, volunteer=volunteer, reason=" ", by=centre_user) == "reason_missing"
    assert refused(restore_volunteer, volunteer=volunteer, by=centre_user) == "not_in_this_state"
    suspend_volunteer(volunteer=volunteer, reason="多次爽约", by=centre_user)
    assert facts[-1] == VolunteerSuspended(volunteer.pk, "多次爽约", centre_user.pk)
    assert refused(verify_volunteer, volunteer=volunteer, by=centre_user) == "not_in_this_state"
    assert restore_volunteer(volunteer=volunteer, by=centre_user).status == Volunteer.Status.VERIFIED


def test_a_changed_licence_is_looked_at_again_and_an_unchanged_one_stays_checked(
    register, centre_user, facts
):
    volunteer = register(
        skills=[SkillGiven("09", 3, "电工证", NEXT_YEAR), SkillGiven("01", 2, "急救证", NEXT_YEAR)]
    )
    for skill in volunteer.skills.all():
        check_licence(volunteer_skill=skill, by=centre_user)
    assert StateChange.objects.filter(subject_kind="accounts.volunteerskill", by=centre_user).count() == 2
    skills = [
        SkillGiven("09", 1, "电工证", NEXT_YEAR),
        SkillGiven("01", 2, "新急救证", NEXT_YEAR),
        SkillGiven("16"),
    ]
    change_volunteer(volunteer=volunteer, skills=skills, by=volunteer.user)
    kept = {row.skill: row.is_licence_checked for row in volunteer.skills.all()}
    assert kept == {"09": True, "01": False, "16": False}
    assert facts[-1] == VolunteerChanged(volunteer.pk, volunteer.user_id)


def test_changing_one_thing_keeps_the_others(register, other_division):
    volunteer = register(home=Point(121.41, 31.21))
    changed = change_volunteer(volunteer=volunteer, slots=1, by=volunteer.user)
    assert (changed.slots, changed.home, changed.radius_m) == (1, volunteer.home, 3000)
    assert changed.skills.count() == 1
    moved = change_volunteer(volunteer=volunteer, home_division=other_division, by=volunteer.user)
    assert distance_m(moved.home, other_division.point) < 100


@pytest.mark.parametrize(
    ("until", "is_checked", "missing"),
    [(NEXT_YEAR, True, []), (NEXT_YEAR, False, ["09"]), (TODAY, True, ["09"]), (None, True, ["09"])],
)
def test_a_licence_counts_when_checked_and_valid_on_the_day_of_service(volunteer, until, is_checked, missing):
    volunteer.skills.update(licence_valid_until=until, is_licence_checked=is_checked)
    rules, tomorrow = RuleSet.objects.in_force(TODAY), TODAY + timedelta(days=1)
    assert licence_gap(volunteer, ["09", "16"], tomorrow, rules) == missing
    if missing:
        with pytest.raises(DomainError):
            check_is_licensed(volunteer, ["09"], tomorrow, rules)


def test_a_licence_that_was_never_entered_or_has_ended_cannot_be_checked(register, centre_user):
    volunteer = register(skills=[SkillGiven("16"), SkillGiven("09", 2, "旧证", TODAY - timedelta(days=1))])
    plain, ended = volunteer.skills.get(skill="16"), volunteer.skills.get(skill="09")
    assert refused(check_licence, volunteer_skill=plain, by=centre_user) == "licence_not_entered"
    assert refused(check_licence, volunteer_skill=ended, by=centre_user) == "licence_ended"


def test_the_centre_verifies_on_the_page_and_a_second_click_is_told_kindly(
    signed_in, make_volunteer, centre_user
):
    volunteer = make_volunteer(status=Volunteer.Status.APPLIED)
    client, address = signed_in(centre_user), reverse("accounts:volunteer_verify", args=[volunteer.pk])
    client.post(address)
    answer = client.post(address, follow=True)
    assert answer.status_code == 200
    assert "error" in [message.level_tag for message in answer.context["messages"]]
    assert history(volunteer).count() == 1
