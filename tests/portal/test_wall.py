from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from activities.models import ServiceRecord
from activities.services import record_hours
from core.release import release

pytestmark = pytest.mark.django_db
WALL = reverse("portal:wall")


def again(client, **query):
    return client.get(WALL, query, headers={"HX-Request": "true"})


@pytest.fixture
def record(division, worker):
    """Hours of today: `record(volunteer, minutes=90)`."""

    def give(volunteer, *, minutes):
        begins = timezone.now()
        return record_hours(
            volunteer=volunteer,
            division=division,
            category="0001",
            name="陪诊",
            place="测试医院",
            content="陪同就诊",
            in_charge="社工乙",
            starts_at=begins,
            ends_at=begins + timedelta(minutes=minutes),
            minutes=minutes,
            source_kind=ServiceRecord.Source.ASSIGNMENT,
            source_id=volunteer.pk,
            by=worker,
        )

    return give


def test_everybody_may_see_the_wall_and_it_watches_the_district(client, district):
    page = client.get(WALL)
    assert page.status_code == 200
    assert f"ranking:{district.code} near:{district.code} board" in page.content.decode()


def test_a_name_is_shown_only_with_consent(client, make_volunteer, record):
    record(make_volunteer("欧阳试", publishes_name=True), minutes=90)
    record(make_volunteer("司徒验", publishes_name=False), minutes=60)
    page = client.get(WALL).content.decode()
    assert "欧阳试" in page
    assert "司徒验" not in page
    assert "2.5" in page  # hours of both
    assert ServiceRecord.objects.count() == 2


def test_a_screen_of_an_older_release_or_of_yesterday_loads_itself_anew(client):
    page = client.get(WALL)
    loaded = page.context["loaded"]
    assert "HX-Refresh" not in again(client, release=release(), loaded=loaded)
    assert again(client, release="other", loaded=loaded)["HX-Refresh"] == "true"
    assert again(client, release=release(), loaded=str(int(loaded) - 90_000))["HX-Refresh"] == "true"
    assert again(client, release=release(), loaded="x")["HX-Refresh"] == "true"
    assert f"loaded={loaded}" in again(client, release=release(), loaded=loaded).content.decode()


def test_the_wall_takes_as_many_queries_for_many_as_for_one(
    client, make_volunteer, record, django_assert_max_num_queries
):
    client.get(WALL)
    for _ in range(6):
        record(make_volunteer(), minutes=30)
    with django_assert_max_num_queries(11):
        client.get(WALL)
