"""What the centre has verified stays as it was, or is verified again; nobody verifies the own record."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import StaffRole, Studio, Volunteer
from accounts.services import (
    change_account,
    change_volunteer,
    check_credential,
    check_licence,
    restore_studio,
    restore_volunteer,
    suspend_studio,
    suspend_volunteer,
    verify_studio,
    verify_volunteer,
)
from core.errors import DomainError
from core.states import history

pytestmark = pytest.mark.django_db
OTHER_DAY = date(1990, 1, 2)


def code_of(act, **given):
    with pytest.raises(DomainError) as refusal:
        act(**given)
    return refusal.value.code


@pytest.fixture
def at_the_centre(district):
    def give(user):
        StaffRole.objects.create(user=user, kind=StaffRole.Kind.CENTRE_STAFF, division=district)
        return user

    return give


@pytest.mark.parametrize(
    "changes",
    [
        {"born_on": OTHER_DAY},
        {"has_guardian_consent": True},
        {"id_type": "01"},
        {"born_on": timezone.localdate() - timedelta(days=365 * 15), "has_guardian_consent": True},
    ],
)
def test_what_was_verified_is_changed_only_by_who_agrees_to_be_verified_again(volunteer, changes):
    own = volunteer.user
    assert code_of(change_volunteer, volunteer=volunteer, by=own, **changes) == "verification_would_end"
    volunteer.refresh_from_db()
    assert volunteer.status == Volunteer.Status.VERIFIED
    changed = change_volunteer(volunteer=volunteer, by=own, agrees_to_verification=True, **changes)
    assert (changed.status, changed.verified_at) == (Volunteer.Status.APPLIED, None)
    last = history(volunteer).last()
    assert (last.before, last.after, last.by) == ("verified", "applied", own)


def test_what_was_not_verified_is_changed_as_ever(volunteer):
    changed = change_volunteer(
        volunteer=volunteer,
        by=volunteer.user,
        slots=1,
        born_on=volunteer.born_on,
        agrees_to_verification=True,
    )
    assert changed.status == Volunteer.Status.VERIFIED


def test_what_the_centre_mends_it_has_looked_at(volunteer, centre_user):
    changed = change_volunteer(volunteer=volunteer, by=centre_user, born_on=OTHER_DAY)
    assert changed.status == Volunteer.Status.VERIFIED


def test_who_is_not_verified_yet_changes_everything(make_volunteer):
    volunteer = make_volunteer(status=Volunteer.Status.APPLIED)
    assert change_volunteer(volunteer=volunteer, by=volunteer.user, born_on=OTHER_DAY).born_on == OTHER_DAY


def test_a_new_name_is_verified_again_and_another_language_is_not(volunteer):
    own = volunteer.user
    change_account(user=own, name=own.name, language="en", by=own)
    volunteer.refresh_from_db()
    assert volunteer.status == Volunteer.Status.VERIFIED
    assert code_of(change_account, user=own, name="新名字", language="en", by=own) == "verification_would_end"
    change_account(user=own, name="新名字", language="en", agrees_to_verification=True, by=own)
    volunteer.refresh_from_db()
    own.refresh_from_db()
    assert (own.name, volunteer.status) == ("新名字", Volunteer.Status.APPLIED)


def test_the_settings_page_warns_before_a_verified_name_changes(signed_in, volunteer):
    client, address, name = signed_in(volunteer.user), reverse("accounts:settings"), volunteer.user.name
    answer = client.post(address, {"name": "新名字", "language": "zh-hans"})
    assert answer.context["refusal"].code == "verification_would_end"
    assert 'name="agrees_to_verification"' in answer.content.decode()
    assert 'value="新名字"' in answer.content.decode()
    volunteer.user.refresh_from_db()
    assert volunteer.user.name == name
    client.post(address, {"name": "新名字", "language": "zh-hans", "agrees_to_verification": "on"})
    volunteer.refresh_from_db()
    assert volunteer.status == Volunteer.Status.APPLIED


def test_the_page_of_the_record_warns_before_a_verified_birth_date_changes(signed_in, volunteer):
    client, address = signed_in(volunteer.user), reverse("accounts:volunteer_edit")
    typed = {
        "born_on": OTHER_DAY.isoformat(),
        "subdistrict": volunteer.home_division_id[:9],
        "place": volunteer.home_division_id,
        "skills-TOTAL_FORMS": "0",
        "skills-INITIAL_FORMS": "0",
        "slots": ["1"],
        "radius_m": "3000",
        "act": "save",
    }
    assert client.post(address, typed).context["refusal"].code == "verification_would_end"
    assert client.post(address, typed | {"agrees_to_verification": "on"}).status_code == 302
    volunteer.refresh_from_db()
    assert (volunteer.born_on, volunteer.status) == (OTHER_DAY, Volunteer.Status.APPLIED)


def test_staff_do_not_verify_restore_or_check_themselves(make_volunteer, at_the_centre, centre_user):
    volunteer = make_volunteer(status=Volunteer.Status.APPLIED, licensed=False)
    own = at_the_centre(volunteer.user)
    skill = volunteer.skills.get()
    skill.licence_name, skill.licence_valid_until = "电工证", timezone.localdate()
    skill.save()
    assert code_of(verify_volunteer, volunteer=volunteer, by=own) == "own_record"
    assert code_of(check_licence, volunteer_skill=skill, by=own) == "own_record"
    verify_volunteer(volunteer=volunteer, by=centre_user)
    suspend_volunteer(volunteer=volunteer, reason="多次爽约", by=centre_user)
    assert code_of(restore_volunteer, volunteer=volunteer, by=own) == "own_record"


def test_staff_do_not_verify_or_check_the_studio_they_lead(make_studio, at_the_centre, centre_user):
    studio = make_studio(status=Studio.Status.APPLIED)
    studio.credentials.update(is_checked=False)
    lead = at_the_centre(studio.lead)
    assert code_of(verify_studio, studio=studio, by=lead) == "own_record"
    assert code_of(check_credential, credential=studio.credentials.get(), by=lead) == "own_record"
    verify_studio(studio=studio, by=centre_user)
    suspend_studio(studio=studio, reason="证照过期", by=centre_user)
    assert code_of(restore_studio, studio=studio, by=lead) == "own_record"


def test_the_pages_of_their_own_records_have_no_such_button_for_staff(
    signed_in, make_volunteer, make_studio, at_the_centre
):
    own = at_the_centre(make_volunteer(status=Volunteer.Status.APPLIED).user)
    studio, client = make_studio(lead=own, status=Studio.Status.APPLIED), signed_in(own)
    for page, act, pk in (
        ("volunteer", "volunteer_verify", own.volunteer.pk),
        ("studio", "studio_verify", studio.pk),
    ):
        address = reverse(f"accounts:{act}", args=[pk])
        assert address not in client.get(reverse(f"accounts:{page}", args=[pk])).content.decode()
        assert client.post(address).status_code == 404
