"""Studios: registering, verifying, credentials, members who are invited."""

from datetime import timedelta

import pytest
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from accounts.checks import studio_licence_gap
from accounts.models import RuleSet, Studio, StudioMember
from accounts.services import (
    CredentialGiven,
    ServiceGiven,
    change_studio,
    check_credential,
    invitation_to,
    join_studio,
    leave_studio,
    register_studio,
    restore_studio,
    suspend_studio,
    verify_studio,
)
from accounts.services.studios import INVITATION_SALT
from core.errors import DomainError

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
LATER = TODAY + timedelta(days=200)


@pytest.fixture
def register(division, volunteer):
    def act(**given):
        given = {
            "name": "明理法律工作室",
            "lead": volunteer.user,
            "division": division,
            "point": None,
            "services": [ServiceGiven("咨询", "0005", "04")],
            "slots": 7,
            "weekly_capacity": 5,
            "credentials": [CredentialGiven("04", "执业许可", LATER)],
            "member_volunteers": (),
            "submission_key": None,
            **given,
        }
        return register_studio(by=given["lead"], **given)

    return act


def test_a_new_studio_has_applied_and_its_lead_is_a_member(register, volunteer):
    studio = register()
    assert studio.status == Studio.Status.APPLIED
    assert studio.members.get().volunteer == volunteer
    assert not Studio.objects.verified().exists()


def test_the_same_form_sent_twice_is_one_studio(register):
    key = "6a6f0f0e-93a4-4a51-a0b7-0d5f3c1b2a3d"
    assert register(submission_key=key) == register(submission_key=key)


@pytest.mark.parametrize(
    ("given", "code"), [({}, "name_taken"), ({"name": "另一个", "services": []}, "no_service")]
)
def test_what_cannot_be_is_refused_with_a_reason(register, given, code):
    register()
    with pytest.raises(DomainError) as refusal:
        register(**given)
    assert refusal.value.code == code


def test_the_centre_verifies_suspends_and_restores(register, centre_user):
    studio = register()
    assert verify_studio(studio=studio, by=centre_user).verified_at is not None
    suspend_studio(studio=studio, reason="证照过期", by=centre_user)
    with pytest.raises(DomainError):
        verify_studio(studio=studio, by=centre_user)
    assert restore_studio(studio=studio, by=centre_user).status == Studio.Status.VERIFIED


def test_a_credential_counts_once_it_was_checked_and_again_after_a_change(register, centre_user):
    studio, rules = register(), RuleSet.objects.in_force(TODAY)
    assert studio_licence_gap(studio, ["04"], TODAY, rules) == ["04"]
    check_credential(credential=studio.credentials.get(), by=centre_user)
    assert studio_licence_gap(studio, ["04"], TODAY, rules) == []
    renewed = [CredentialGiven("04", "执业许可", LATER + timedelta(days=1))]
    change_studio(studio=studio, by=studio.lead, credentials=renewed)
    assert studio_licence_gap(studio, ["04"], TODAY, rules) == ["04"]


def test_changing_one_thing_keeps_the_others(register):
    studio = register()
    changed = change_studio(studio=studio, by=studio.lead, weekly_capacity=9)
    assert (changed.weekly_capacity, changed.services.count(), changed.credentials.count()) == (9, 1, 1)
    change_studio(studio=studio, by=studio.lead, services=[ServiceGiven("上门", "0005", "04")])
    assert [service.name for service in studio.services.all()] == ["上门"]


def test_joining_and_leaving_twice_is_once(studio, volunteer):
    assert join_studio(studio=studio, volunteer=volunteer, by=volunteer.user) == join_studio(
        studio=studio, volunteer=volunteer, by=volunteer.user
    )
    member = StudioMember.objects.get(studio=studio, volunteer=volunteer)
    leave_studio(member=member, by=volunteer.user)
    leave_studio(member=member, by=volunteer.user)


def test_a_volunteer_joins_by_the_leads_invitation(signed_in, studio, volunteer):
    address = reverse("accounts:studio_join", args=[invitation_to(studio)])
    client = signed_in(volunteer.user)
    assert studio.name in client.get(address).content.decode()
    client.post(address)
    assert studio.members.filter(volunteer=volunteer).exists()


def test_whoever_was_let_go_does_not_come_back_by_an_old_invitation(signed_in, studio, volunteer):
    old = reverse("accounts:studio_join", args=[invitation_to(studio)])
    member = join_studio(studio=studio, volunteer=volunteer, by=volunteer.user)
    leave_studio(member=member, by=studio.lead)
    client = signed_in(volunteer.user)
    assert client.get(old).status_code == 404
    assert client.post(old).status_code == 404
    assert not studio.members.filter(volunteer=volunteer).exists()
    studio.refresh_from_db()
    assert client.get(reverse("accounts:studio_join", args=[invitation_to(studio)])).status_code == 200


def test_an_invitation_of_before_there_were_rounds_has_ended(signed_in, studio, volunteer):
    old = signing.dumps(studio.pk, salt=INVITATION_SALT)
    assert signed_in(volunteer.user).get(reverse("accounts:studio_join", args=[old])).status_code == 404


def test_a_forged_invitation_leads_nowhere(signed_in, studio, volunteer):
    forged = signing.dumps(studio.pk, salt="another")
    assert signed_in(volunteer.user).get(reverse("accounts:studio_join", args=[forged])).status_code == 404


def test_somebody_who_is_no_volunteer_is_sent_to_register_first(signed_in, studio, stranger):
    address = reverse("accounts:studio_join", args=[invitation_to(studio)])
    assert reverse("accounts:volunteer_register") in signed_in(stranger).get(address).content.decode()


def test_the_public_list_is_searched_by_skill_place_and_name(client, make_studio, other_division):
    law, repairs = make_studio(name="明理"), make_studio(name="巧手", skill="09", division=other_division)

    def names(query):
        return {row.name for row in client.get(reverse("accounts:studios") + query).context["page"]}

    assert names("") == {law.name, repairs.name}
    assert names("?skill=09") == {repairs.name}
    assert names(f"?place={other_division.code[:9]}") == {repairs.name}
    assert names("?q=明") == {law.name}
    assert names("?skill=09&q=明") == set()
    assert names("?skill=%27&place=x%27&page=zz") == {law.name, repairs.name}
