"""People and things that many tests need; each made directly, obeying the database's constraints.

`make_*` fixtures are factories with sensible values; the named ones (worker, volunteer, household…) are one of each.
Names are plainly invented; phone numbers are of a form that no operator gives out (+861000…).
"""

import itertools
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from accounts.models import (
    Credential,
    Division,
    Household,
    Organisation,
    StaffRole,
    Studio,
    StudioMember,
    StudioService,
    User,
    Volunteer,
    VolunteerSkill,
)
from activities.models import Activity, Shift
from core.audit import put_sealed
from core.geo import Point, cell_of, snapped
from core.slots import ALL_SLOTS
from matching.models import ServiceRequest

PASSWORD = "Correct-horse-7"
DISTRICT = "310105"
SUBDISTRICT = "310105001"
NEIGHBOURHOOD = "310105001001"
OTHER_NEIGHBOURHOOD = "310105004001"
numbers = itertools.count(1)


def at(days=1, hour=14, minute=0):
    """A moment in `days` days at a local time."""
    day = timezone.localdate() + timedelta(days=days)
    return datetime.combine(day, time(hour, minute), tzinfo=timezone.get_current_timezone())


@pytest.fixture
def district(db):
    return Division.objects.get(code=DISTRICT)


@pytest.fixture
def subdistrict(db):
    return Division.objects.get(code=SUBDISTRICT)


@pytest.fixture
def division(db):
    """A neighbourhood."""
    return Division.objects.get(code=NEIGHBOURHOOD)


@pytest.fixture
def other_division(db):
    """A neighbourhood of another subdistrict."""
    return Division.objects.get(code=OTHER_NEIGHBOURHOOD)


@pytest.fixture
def make_user(db):
    def make(name="钱小样", **fields):
        number = next(numbers)
        fields.setdefault("email", f"person{number}@example.test")
        fields.setdefault("phone", f"+8610{number:09d}")
        fields.setdefault("password", PASSWORD)
        return User.objects.create_user(name=name, **fields)

    return make


@pytest.fixture
def centre_user(make_user, district):
    user = make_user("中心甲")
    StaffRole.objects.create(user=user, kind=StaffRole.Kind.CENTRE_STAFF, division=district)
    return user


@pytest.fixture
def worker(make_user, division):
    user = make_user("社工乙")
    StaffRole.objects.create(user=user, kind=StaffRole.Kind.COMMUNITY_WORKER, division=division)
    return user


@pytest.fixture
def other_worker(make_user, other_division):
    user = make_user("社工丙")
    StaffRole.objects.create(user=user, kind=StaffRole.Kind.COMMUNITY_WORKER, division=other_division)
    return user


@pytest.fixture
def stranger(make_user):
    """Signed in, with no role at all."""
    return make_user("路人丁")


@pytest.fixture
def make_volunteer(make_user, division):
    def make(name="测试志愿", skills=("09",), licensed=True, home=None, **fields):
        user = fields.pop("user", None) or make_user(name)
        home = snapped(home or division.point)
        fields.setdefault("status", Volunteer.Status.VERIFIED)
        fields.setdefault("home_division", division)
        fields.setdefault("slots", ALL_SLOTS)
        fields.setdefault("radius_m", 3000)
        fields.setdefault("born_on", timezone.localdate() - timedelta(days=365 * 40))
        volunteer = Volunteer.objects.create(user=user, lon=home.lon, lat=home.lat, **fields)
        for skill in skills:
            VolunteerSkill.objects.create(
                volunteer=volunteer,
                skill=skill,
                licence_name="资格证" if licensed else "",
                licence_valid_until=timezone.localdate() + timedelta(days=365) if licensed else None,
                is_licence_checked=licensed,
            )
        return volunteer

    return make


@pytest.fixture
def volunteer(make_volunteer):
    return make_volunteer("志愿子")


@pytest.fixture
def other_volunteer(make_volunteer):
    return make_volunteer("志愿丑")


@pytest.fixture
def make_studio(make_user, make_volunteer, division):
    def make(name=None, skill="04", members=1, **fields):
        fields.setdefault("lead", make_user("室长寅"))
        fields.setdefault("status", Studio.Status.VERIFIED)
        fields.setdefault("slots", ALL_SLOTS)
        fields.setdefault("division", division)
        point = fields.pop("point", None) or division.point
        studio = Studio.objects.create(
            name=name or f"试验工作室{next(numbers)}", lon=point.lon, lat=point.lat, **fields
        )
        StudioService.objects.create(studio=studio, name="咨询", category="0005", skill=skill)
        Credential.objects.create(
            studio=studio,
            skill=skill,
            name="执业许可",
            valid_until=timezone.localdate() + timedelta(days=365),
            is_checked=True,
        )
        for _ in range(members):
            # members of a studio are not asked one by one in these tests
            StudioMember.objects.create(studio=studio, volunteer=make_volunteer("室员卯", skills=(), slots=0))
        return studio

    return make


@pytest.fixture
def studio(make_studio):
    return make_studio()


@pytest.fixture
def studio_lead(studio):
    return studio.lead


@pytest.fixture
def household_contact(make_user):
    return make_user("家属辰")


@pytest.fixture
def make_household(division, worker, household_contact):
    def make(
        alias="测试户",
        point=None,
        address="测试路 1 弄 2 号 301 室",
        phone="+8610900000001",
        health="",
        **fields,
    ):
        point = point or Point(division.point.lon + 0.003, division.point.lat + 0.002)
        cell = cell_of(point)
        fields.setdefault("contact", household_contact)
        fields.setdefault("contact_name", "家属辰")
        fields.setdefault("division", division)
        fields.setdefault("consent_by", Household.ConsentBy.FAMILY)
        fields.setdefault("consent_on", timezone.localdate())
        fields.setdefault("registered_by", worker)
        household = Household(alias=alias, cell_column=cell.column, cell_row=cell.row, **fields)
        put_sealed(household, address=address, phone=phone, health=health, point=f"{point.lon},{point.lat}")
        household.save()
        return household

    return make


@pytest.fixture
def household(make_household):
    return make_household()


@pytest.fixture
def make_request(household, worker):
    """A need as a row, without telling anybody; `matching.services.open_request` is the real act."""

    def make(**fields):
        place = fields.setdefault("household", household)
        fields.setdefault("division", place.division)
        fields.setdefault("category", "0001")
        fields.setdefault("skills", ["09"])
        fields.setdefault("title", "修电灯")
        fields.setdefault("starts_at", at(days=2, hour=14))
        fields.setdefault("ends_at", fields["starts_at"] + timedelta(hours=2))
        fields.setdefault("posted_by", worker)
        return ServiceRequest.objects.create(cell_column=place.cell_column, cell_row=place.cell_row, **fields)

    return make


@pytest.fixture
def organisation(division):
    return Organisation.objects.create(
        name="试验社会组织", kind=Organisation.Kind.PUBLIC_BENEFIT, division=division
    )


@pytest.fixture
def make_activity(division, worker, organisation):
    def make(**fields):
        fields.setdefault("title", "清洁家园")
        fields.setdefault("about", "打扫小区花园")
        fields.setdefault("organisation", organisation)
        fields.setdefault("division", division)
        fields.setdefault("categories", ["0006"])
        fields.setdefault("place", "测试花园")
        fields.setdefault("risks", "日晒")
        fields.setdefault("status", Activity.Status.RECRUITING)
        fields.setdefault("starts_at", at(days=3, hour=9))
        fields.setdefault("ends_at", at(days=3, hour=11))
        fields.setdefault("posted_by", worker)
        return Activity.objects.create(lon=division.point.lon, lat=division.point.lat, **fields)

    return make


@pytest.fixture
def activity(make_activity):
    return make_activity()


@pytest.fixture
def make_shift(make_activity):
    def make(activity=None, **fields):
        activity = activity or make_activity()
        fields.setdefault("starts_at", activity.starts_at)
        fields.setdefault("ends_at", activity.ends_at)
        fields.setdefault("places", 5)
        return Shift.objects.create(activity=activity, code_secret=f"secret-{next(numbers)}", **fields)

    return make


@pytest.fixture
def shift(make_shift):
    return make_shift()


@pytest.fixture
def signed_in(client):
    """A client signed in as this user: `signed_in(worker).get(...)`."""

    def sign_in(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
