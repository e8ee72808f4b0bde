"""Units and dual registration."""

import pytest
from django.urls import reverse

from accounts.models import Membership, Organisation
from accounts.services import admit_member, join_organisation, leave_organisation
from core.errors import DomainError

pytestmark = pytest.mark.django_db
How = Organisation.HowToJoin


@pytest.mark.parametrize(
    ("how", "code", "answer"),
    [
        (How.OPEN, "", Membership.Status.MEMBER),
        (How.APPROVAL, "", Membership.Status.APPLIED),
        (How.CODE, "4711", Membership.Status.MEMBER),
        (How.CODE, "0000", "wrong_code"),
        (How.CODE, "", "wrong_code"),
        (How.CLOSED, "", "closed"),
    ],
)
def test_a_volunteer_joins_as_the_organisation_admits(organisation, volunteer, how, code, answer):
    organisation.how_to_join, organisation.join_code = how, "4711"
    organisation.save()
    try:
        got = join_organisation(
            organisation=organisation, user=volunteer.user, by=volunteer.user, code=code
        ).status
    except DomainError as refusal:
        got = refusal.code
    assert got == answer


def test_an_organisation_without_a_code_is_not_opened_by_an_empty_one(organisation, volunteer):
    organisation.how_to_join = How.CODE
    organisation.save()
    with pytest.raises(DomainError):
        join_organisation(organisation=organisation, user=volunteer.user, by=volunteer.user)


def test_an_open_organisation_takes_the_verified_only(organisation, stranger):
    with pytest.raises(DomainError) as refusal:
        join_organisation(organisation=organisation, user=stranger, by=stranger)
    assert refusal.value.code == "not_verified"


def test_joining_and_leaving_twice_is_once_and_one_may_come_back(organisation, volunteer):
    person = volunteer.user
    for _time in range(2):
        join_organisation(organisation=organisation, user=person, by=person)
    for _time in range(2):
        leave_organisation(organisation=organisation, user=person, by=person)
    assert Membership.objects.get().status == Membership.Status.LEFT
    join_organisation(organisation=organisation, user=person, by=person)
    assert Membership.objects.get().status == Membership.Status.MEMBER


def test_whoever_has_withdrawn_is_not_admitted(organisation, volunteer, centre_user):
    organisation.how_to_join = How.APPROVAL
    organisation.save()
    applied = join_organisation(organisation=organisation, user=volunteer.user, by=volunteer.user)
    leave_organisation(organisation=organisation, user=volunteer.user, by=volunteer.user)
    with pytest.raises(DomainError):
        admit_member(membership=applied, by=centre_user)


def test_the_page_shows_both_halves_of_a_dual_registration(signed_in, organisation, volunteer):
    client = signed_in(volunteer.user)
    client.post(reverse("accounts:organisation_join", args=[organisation.pk]))
    page = client.get(reverse("accounts:organisations")).content.decode()
    assert organisation.name in page
    assert volunteer.home_division.name in page
    client.post(reverse("accounts:organisation_leave", args=[organisation.pk]))
    assert not Membership.objects.filter(status=Membership.Status.MEMBER).exists()
