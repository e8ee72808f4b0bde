"""Households: sealed at rest, opened on purpose, every reading written down."""

import base64
import os

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.forms.households import ChangedContact, Contact, initial_of
from accounts.models import Household
from accounts.services import MemberGiven, change_household, open_household, readings_of, register_household
from core.audit import context_of
from core.crypto import CannotOpen, unseal
from core.errors import DomainError
from core.geo import Point, cell_of
from core.models import Purpose, SensitiveReading

pytestmark = pytest.mark.django_db
DOOR = Point(121.4171234, 31.2112345)
ADDRESS, HEALTH, NUMBER = "秘密路 9 弄 8 号 701 室", "糖尿病", "+8610900000077"


@pytest.fixture
def register(worker, division):
    def act(**given):
        by = given.pop("by", worker)
        given = {
            "alias": "陈阿婆",
            "contact": None,
            "contact_name": "家属辰",
            "phone": "109 0000 0077",
            "division": division,
            "address": ADDRESS,
            "point": DOOR,
            "health": HEALTH,
            "people_served": ["03"],
            "members": [MemberGiven("head", 1940)],
            "consent_by": "family",
            "consent_on": timezone.localdate(),
            "submission_key": None,
            **given,
        }
        return register_household(by=by, **given)

    return act


def test_nothing_sensitive_stands_in_plain_text_in_the_database(register):
    household = register()
    with connection.cursor() as cursor:
        cursor.execute("SELECT h.* FROM accounts_household h WHERE id = %s", [household.pk])
        raw = b"".join(
            bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
            for value in cursor.fetchone()
        )
    for secret in (ADDRESS, HEALTH, NUMBER, "0900000077", str(DOOR.lon), str(DOOR.lat)):
        assert secret.encode() not in raw


def test_what_stays_open_is_the_cell_of_500_metres(register):
    household = register()
    assert household.cell == cell_of(DOOR)


def test_without_a_point_the_cell_is_that_of_the_neighbourhood_and_no_point_is_kept(register, division):
    household = register(point=None)
    assert household.cell == cell_of(division.point)
    assert bytes(household.point) == b""


def test_opening_gives_the_plain_text_and_writes_down_who_what_and_why(register, worker):
    household = register()
    opened = open_household(
        household=household, fields=["phone", "address", "point"], by=worker, purpose=Purpose.SUPERVISE
    )
    assert opened == {"address": ADDRESS, "phone": NUMBER, "point": f"{DOOR.lon},{DOOR.lat}"}
    reading = readings_of(household).get()
    assert (reading.reader, reading.fields, reading.purpose) == (
        worker,
        ["address", "phone", "point"],
        Purpose.SUPERVISE,
    )


def test_only_sealed_fields_can_be_opened(register, worker):
    with pytest.raises(ValueError):
        open_household(household=register(), fields=["alias"], by=worker, purpose=Purpose.SERVE)


def test_a_sealed_value_that_is_moved_to_another_household_does_not_open(register, worker):
    one, other = register(), register(alias="别家")
    Household.objects.filter(pk=other.pk).update(address=one.address)
    other.refresh_from_db()
    with pytest.raises(CannotOpen):
        open_household(household=other, fields=["address"], by=worker, purpose=Purpose.SERVE)


def test_a_new_key_seals_and_the_old_one_still_opens_until_it_is_taken_away(register, worker, settings):
    household, (old, *_) = register(), settings.FIELD_KEYS
    new = base64.urlsafe_b64encode(os.urandom(32)).decode()
    settings.FIELD_KEYS = [new, old]
    later = register(alias="新钥匙")
    for row in (household, later):
        assert open_household(household=row, fields=["address"], by=worker, purpose=Purpose.SERVE)
    settings.FIELD_KEYS = [new]
    assert unseal(later.address, context=context_of(later, "address")) == ADDRESS
    with pytest.raises(CannotOpen):
        unseal(household.address, context=context_of(household, "address"))


def test_changing_keeps_what_is_sealed_and_reads_nothing(register, worker):
    household = register()
    change_household(household=household, by=worker, alias="改名", members=[])
    household.refresh_from_db()
    assert household.alias == "改名"
    assert household.members.count() == 0
    assert SensitiveReading.objects.count() == 0
    assert unseal(household.health, context=context_of(household, "health")) == HEALTH


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"phone": "12"}, "phone_unreadable"),
        ({"consent_on": timezone.localdate().replace(year=2999)}, "consent_in_the_future"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(register, given, code):
    with pytest.raises(DomainError) as refusal:
        register(**given)
    assert refusal.value.code == code


def test_a_worker_registers_only_in_the_own_area(register, other_worker, centre_user):
    with pytest.raises(DomainError) as refusal:
        register(by=other_worker)
    assert refusal.value.code == "outside_your_area"
    assert register(by=centre_user).pk


def test_the_page_shows_nothing_sealed_until_it_is_opened_for_a_purpose_and_then_who_read_it(
    signed_in, register, worker
):
    household, client = register(), signed_in(worker)
    address = reverse("accounts:household", args=[household.pk])
    assert ADDRESS not in client.get(address).content.decode()
    refused = client.post(reverse("accounts:household_open", args=[household.pk]))
    assert ADDRESS not in refused.content.decode()
    assert SensitiveReading.objects.count() == 0
    opened = client.post(reverse("accounts:household_open", args=[household.pk]), {"purpose": "supervise"})
    assert ADDRESS in opened.content.decode()
    assert HEALTH in opened.content.decode()
    assert "no-store" in opened.headers["Cache-Control"]
    again = client.get(address).content.decode()
    assert ADDRESS not in again
    assert "社工乙" in again


def test_the_households_own_contact_reads_it_as_the_persons_own_record(
    signed_in, register, household_contact
):
    household = register(contact=household_contact)
    answer = signed_in(household_contact).post(reverse("accounts:household_open", args=[household.pk]))
    assert ADDRESS in answer.content.decode()
    assert readings_of(household).get().purpose == Purpose.OWN


def test_the_change_page_keeps_the_address_that_was_left_empty(signed_in, register, worker, division):
    household = register()
    typed = {
        "alias": "陈阿婆二",
        "place": division.code,
        "members-TOTAL_FORMS": "0",
        "members-INITIAL_FORMS": "0",
        "contact_name": "家属辰",
        "phone": "",
        "address": "",
        "consent_by": "self",
        "consent_on": timezone.localdate().isoformat(),
        "forgets_health": "on",
        "act": "save",
    }
    answer = signed_in(worker).post(reverse("accounts:household_edit", args=[household.pk]), typed)
    assert answer.status_code == 302
    household.refresh_from_db()
    assert household.alias == "陈阿婆二"
    assert unseal(household.address, context=context_of(household, "address")) == ADDRESS
    assert bytes(household.health) == b""


def contact_form(account):
    return Contact(
        {"contact_name": "家属辰", "phone": "109 0000 0077", "address": ADDRESS, "account": account}
    )


def test_a_contact_is_not_found_by_an_address_that_a_stranger_typed_and_never_confirmed(make_user):
    make_user(phone="+8610000000011", is_phone_verified=True, email="victim@example.test")
    form = contact_form("victim@example.test")
    assert form.errors.keys() == {"account"}


def test_a_contact_is_found_by_what_was_confirmed_and_on_a_roster_without_a_password(
    make_reachable, make_user
):
    person, listed = make_reachable(), make_user(password=None)
    for typed, owner in (
        (person.email.upper(), person),
        (person.phone, person),
        (listed.email, listed),
        (listed.phone, listed),
    ):
        form = contact_form(typed)
        assert form.is_valid(), typed
        assert form.cleaned_data["account"] == owner


def test_a_closed_account_is_nobodys_contact(make_reachable):
    assert contact_form(make_reachable(is_active=False).email).errors.keys() == {"account"}


def test_the_change_page_names_the_contact_by_what_was_confirmed(make_household, make_user):
    contact = make_user(is_phone_verified=True)
    known = initial_of(make_household(contact=contact))
    assert known["account"] == contact.phone
    form = ChangedContact({"contact_name": "家属辰", "account": known["account"]})
    assert form.is_valid()
