"""Each page for each kind of person: 200, or it does not exist for them (404), or they must sign in first (302)."""

import pytest
from django.urls import reverse

from accounts.models import Correction, Credential, Membership, Studio, StudioMember, Volunteer

pytestmark = pytest.mark.django_db

PEOPLE = ["nobody", "stranger", "volunteer", "other", "lead", "contact", "worker", "other_worker", "centre"]
EVERYBODY = dict.fromkeys(PEOPLE, 200)
SIGNED_IN = EVERYBODY | {"nobody": 302}


def only(*names):
    return {name: 200 if name in names else 404 for name in PEOPLE} | {"nobody": 302}


PAGES = {
    "studios": EVERYBODY,
    "studio": EVERYBODY,
    "studio_waiting": only("lead", "worker", "centre") | {"nobody": 404},
    "studio_edit": only("lead", "centre"),
    "studio_register": SIGNED_IN,
    "organisations": EVERYBODY,
    "organisation": EVERYBODY,
    "neighbourhoods": EVERYBODY,
    "settings": SIGNED_IN,
    "volunteers": only("worker", "other_worker", "centre"),
    "volunteer": only("volunteer", "worker", "centre"),
    "volunteer_edit_other": only("volunteer", "centre"),
    "corrections": only("worker", "other_worker", "centre"),
    "households": only("worker", "other_worker", "centre"),
    "household": only("contact", "worker", "centre"),
    "household_edit": only("worker", "centre"),
    "household_register": only("worker", "other_worker", "centre"),
}


@pytest.fixture
def addresses(volunteer, studio, make_studio, household, organisation):
    waiting = make_studio(lead=studio.lead, status=Studio.Status.APPLIED)
    return {
        "studio": reverse("accounts:studio", args=[studio.pk]),
        "studio_waiting": reverse("accounts:studio", args=[waiting.pk]),
        "studio_edit": reverse("accounts:studio_edit", args=[studio.pk]),
        "organisation": reverse("accounts:organisation", args=[organisation.pk]),
        "volunteer": reverse("accounts:volunteer", args=[volunteer.pk]),
        "volunteer_edit_other": reverse("accounts:volunteer_edit", args=[volunteer.pk]),
        "household": reverse("accounts:household", args=[household.pk]),
        "household_edit": reverse("accounts:household_edit", args=[household.pk]),
    }


@pytest.fixture
def people(
    volunteer, other_volunteer, stranger, studio_lead, household_contact, worker, other_worker, centre_user
):
    return {
        "nobody": None,
        "stranger": stranger,
        "volunteer": volunteer.user,
        "other": other_volunteer.user,
        "lead": studio_lead,
        "contact": household_contact,
        "worker": worker,
        "other_worker": other_worker,
        "centre": centre_user,
    }


@pytest.mark.parametrize("page", PAGES)
def test_a_page_exists_only_for_those_whom_it_concerns(client, page, addresses, people):
    address = addresses.get(page) or reverse(f"accounts:{page}")
    seen = {}
    for name, person in people.items():
        client.logout()
        if person:
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        seen[name] = client.get(address).status_code
    assert seen == PAGES[page]


def test_acts_of_the_centre_do_not_exist_for_the_others(client, people, volunteer, studio):
    licence = volunteer.skills.get()
    credential = Credential.objects.get(studio=studio)
    correction = Correction.objects.create(volunteer=volunteer, text="Falsch")
    acts = [
        reverse("accounts:volunteer_verify", args=[volunteer.pk]),
        reverse("accounts:volunteer_suspend", args=[volunteer.pk]),
        reverse("accounts:volunteer_restore", args=[volunteer.pk]),
        reverse("accounts:licence_check", args=[licence.pk]),
        reverse("accounts:correction_answer", args=[correction.pk]),
        reverse("accounts:studio_verify", args=[studio.pk]),
        reverse("accounts:studio_suspend", args=[studio.pk]),
        reverse("accounts:studio_restore", args=[studio.pk]),
        reverse("accounts:credential_check", args=[credential.pk]),
    ]
    for name, person in people.items():
        if name in {"nobody", "centre"}:
            continue
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        answers = {act: client.post(act, {"reason": "x", "answer": "x"}).status_code for act in acts}
        assert set(answers.values()) == {404}, name
    volunteer.refresh_from_db()
    assert volunteer.status == Volunteer.Status.VERIFIED


def test_the_sealed_part_of_a_household_does_not_exist_for_the_others(client, people, household):
    address = reverse("accounts:household_open", args=[household.pk])
    for name in ("stranger", "volunteer", "lead", "other_worker"):
        client.force_login(people[name], backend="django.contrib.auth.backends.ModelBackend")
        assert client.post(address, {"purpose": "serve"}).status_code == 404


def test_acts_do_not_happen_by_a_link(signed_in, centre_user, volunteer, household):
    client = signed_in(centre_user)
    assert client.get(reverse("accounts:volunteer_suspend", args=[volunteer.pk])).status_code == 405
    assert client.get(reverse("accounts:household_open", args=[household.pk])).status_code == 405


def test_only_the_lead_and_the_member_can_end_a_membership(client, people, studio):
    member = StudioMember.objects.get(studio=studio)
    address = reverse("accounts:studio_leave", args=[member.pk])
    for name in ("stranger", "volunteer", "worker", "centre"):
        client.force_login(people[name], backend="django.contrib.auth.backends.ModelBackend")
        assert client.post(address).status_code == 404
    client.force_login(people["lead"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(address).status_code == 302
    assert not StudioMember.objects.filter(pk=member.pk).exists()


def test_only_a_manager_or_the_centre_admits_members(client, people, organisation, make_user):
    applied = Membership.objects.create(
        user=make_user(), organisation=organisation, status=Membership.Status.APPLIED
    )
    address = reverse("accounts:member_admit", args=[applied.pk])
    client.force_login(people["volunteer"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(address).status_code == 404
    Membership.objects.create(user=people["volunteer"], organisation=organisation, is_manager=True)
    assert client.post(address).status_code == 302
    applied.refresh_from_db()
    assert applied.status == Membership.Status.MEMBER
