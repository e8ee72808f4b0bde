"""The ranking of a neighbourhood, and hours in the steps of the rules that are in force there."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Division, RuleSet
from notifications.topics import ranking as topics_of_ranking

pytestmark = pytest.mark.django_db
RANKING = "activities:ranking"


@pytest.fixture(autouse=True)
def _rules_for_few_people(db):
    RuleSet.objects.update(ranking_minimum_people=1)


def seen(client, division=""):
    return client.get(reverse(RANKING), {"division": division}).content.decode()


@pytest.fixture
def ten_minute_steps(district):
    return RuleSet.objects.create(
        division=district, effective_on=timezone.localdate(), rounding_minutes=10, ranking_minimum_people=1
    )


def test_a_neighbourhood_has_its_own_ranking(client, make_volunteer, give_hours, division, other_division):
    give_hours(make_volunteer("王愿意", publishes_name=True), 90)
    far = make_volunteer("李远方", publishes_name=True, home=division.point, home_division=other_division)
    give_hours(far, 60)
    page = seen(client, division.code)
    assert "王愿意" in page
    assert "李远方" not in page
    assert f'<option value="{division.code}" selected>' in page


def test_the_list_of_areas_opens_the_neighbourhoods_of_the_chosen_subdistrict_only(
    client, division, other_division, subdistrict, district
):
    for chosen in (subdistrict.code, division.code):
        page = seen(client, chosen)
        assert f'<optgroup label="{subdistrict.name}">' in page
        assert f'value="{division.code}"' in page
        assert f'value="{other_division.code}"' not in page
        for other in Division.objects.subdistricts():
            assert f'value="{other.code}"' in page
    for chosen in ("", district.code):
        assert "<optgroup" not in seen(client, chosen)


@pytest.mark.parametrize("nonsense", ["310105001999", "999999999999", "3101050010", "x" * 12, "٣" * 12])
def test_an_area_that_is_none_is_the_district(client, district, nonsense):
    assert f'data-topic="ranking:{district.code}"' in seen(client, nonsense)


def test_the_page_listens_where_hours_of_the_neighbourhood_are_told(client, division):
    topic = f"ranking:{division.code}"
    assert f'data-topic="{topic}"' in seen(client, division.code)
    assert topic in topics_of_ranking(division.code)


def test_the_ranking_of_a_neighbourhood_is_looked_at_and_not_published(
    signed_in, centre_user, volunteer, give_hours, division, subdistrict
):
    give_hours(volunteer, 60)
    client, publish = signed_in(centre_user), reverse("activities:ranking_publish")
    assert publish not in seen(client, division.code)
    assert publish in seen(client, subdistrict.code)


def test_hours_are_shown_in_the_steps_of_the_rules_in_force(
    client, make_volunteer, give_hours, ten_minute_steps, signed_in, centre_user
):
    give_hours(make_volunteer("王愿意", publishes_name=True), 70)
    for page in (seen(client), client.get("/").content.decode()):
        assert "1.17" in page
    look = signed_in(centre_user).get(
        reverse("activities:ranking_publish"), {"day": timezone.localdate().isoformat()}
    )
    assert "1.17" in look.content.decode()


def test_the_own_line_is_rounded_like_the_others(signed_in, volunteer, give_hours, ten_minute_steps):
    give_hours(volunteer, 70)
    assert seen(signed_in(volunteer.user)).count("1.17") == 2  # the panel and the line


def test_the_ranking_of_a_neighbourhood_asks_as_many_questions_for_many_as_for_one(
    client, make_volunteer, give_hours, division
):
    def questions():
        with CaptureQueriesContext(connection) as asked:
            seen(client, division.code)
        return len(asked)

    give_hours(make_volunteer(), 60)
    seen(client, division.code)
    few = questions()
    for _number in range(6):
        give_hours(make_volunteer(), 60)
    assert questions() == few
