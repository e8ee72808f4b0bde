"""Rankings: by period and area, ties share a place, names obey consent, publications stay."""

import re
import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import RuleSet
from activities import services
from activities.models import RankingSnapshot, Tally
from activities.rankings import own_place, ranking_page
from core.errors import DomainError

pytestmark = pytest.mark.django_db
VOLUNTEER, STUDIO, UNIT, DIVISION, SUBDISTRICT = Tally.Subject.values


@pytest.fixture(autouse=True)
def _rules_for_few_people(db):
    RuleSet.objects.update(ranking_minimum_people=1, ranking_objection_working_days=0)


@pytest.fixture
def today():
    return timezone.localdate()


def lines(kind, code, period="all", day=None):
    page = ranking_page(subject_kind=kind, period=period, day=day or timezone.localdate(), division_code=code)
    return [(line.place, line.name, line.minutes) for line in page]


def test_most_hours_come_first_and_ties_share_a_place(make_volunteer, give_hours, district):
    for name, minutes in (("甲乙", 60), ("丙丁", 90), ("戊己", 60), ("庚辛", 30), ("壬癸", 0)):
        give_hours(make_volunteer(name, publishes_name=True), minutes)
    assert lines(VOLUNTEER, district.code) == [
        (1, "丙丁", 90),
        (2, "甲乙", 60),
        (2, "戊己", 60),
        (4, "庚辛", 30),
    ]


def test_a_tie_is_a_tie_across_pages(make_volunteer, give_hours, district, monkeypatch, today):
    monkeypatch.setattr("activities.rankings.PER_PAGE", 2)
    people = [make_volunteer(publishes_name=True) for _ in range(5)]
    for person, minutes in zip(people, (90, 60, 60, 60, 30), strict=True):
        give_hours(person, minutes)
    places = [
        [
            line.place
            for line in ranking_page(
                subject_kind=VOLUNTEER, period="all", day=today, division_code=district.code, page=page
            )
        ]
        for page in (1, 2, 3)
    ]
    assert places == [[1, 2], [2, 2], [5]]


def test_a_name_is_shown_with_consent_only(make_volunteer, give_hours, district):
    give_hours(make_volunteer("李不愿"), 60)
    give_hours(make_volunteer("王愿意", publishes_name=True), 30)
    (_, masked, _), (_, full, _) = lines(VOLUNTEER, district.code)
    assert full == "王愿意"
    assert "李" in masked
    assert "不愿" not in masked


def test_an_area_ranks_who_is_at_home_there(make_volunteer, give_hours, division, other_division, district):
    give_hours(make_volunteer("本街", publishes_name=True), 60)
    give_hours(make_volunteer("外街", publishes_name=True, home_division=other_division), 90)
    assert [name for _, name, _ in lines(VOLUNTEER, division.code[:9])] == ["本街"]
    assert [name for _, name, _ in lines(VOLUNTEER, other_division.code[:9])] == ["外街"]
    assert len(lines(VOLUNTEER, district.code)) == 2


def test_studios_and_neighbourhoods_are_ranked_too(
    make_volunteer, make_studio, give_hours, division, other_division, district
):
    studio = make_studio("法律工作室甲", members=0)
    give_hours(make_volunteer(), 60, studio=studio, division=other_division)
    give_hours(make_volunteer(), 30)
    assert lines(STUDIO, district.code) == [(1, "法律工作室甲", 60)]
    assert lines(DIVISION, district.code) == [(1, other_division.name, 60), (2, division.name, 30)]


def test_a_period_holds_its_own_days(volunteer, give_hours, district, today):
    give_hours(volunteer, 60)
    give_hours(volunteer, 30, days_ago=400)
    assert [row[2] for row in lines(VOLUNTEER, district.code, "year")] == [60]
    assert [row[2] for row in lines(VOLUNTEER, district.code, "year", today - timedelta(days=400))] == [30]
    assert [row[2] for row in lines(VOLUNTEER, district.code)] == [90]


def test_my_own_place_is_under_my_own_name(
    make_volunteer, volunteer, give_hours, district, other_division, today
):
    give_hours(make_volunteer(), 90)
    give_hours(volunteer, 60)
    own = own_place(volunteer=volunteer, period="month", day=today, division_code=district.code)
    assert (own.place, own.name, own.minutes, own.services) == (2, str(volunteer), 60, 1)
    assert (
        own_place(volunteer=volunteer, period="month", day=today, division_code=other_division.code) is None
    )


@pytest.fixture
def publish(centre_user, district, today):
    def prepare_ranking(**values):
        values = {"subject_kind": VOLUNTEER, "period": "month", "period_starts_on": today} | values
        return services.prepare_ranking(division=district, by=centre_user, **values)

    return prepare_ranking


def test_a_published_ranking_is_frozen_with_the_names_of_that_day(
    publish, make_volunteer, give_hours, worker
):
    willing, unwilling = make_volunteer("王愿意", publishes_name=True), make_volunteer("李不愿")
    record = give_hours(willing, 90)
    give_hours(unwilling, 60)
    snapshot = publish()
    services.reverse_record(record=record, reason="错", by=worker)
    willing.publishes_name = False
    willing.save()
    rows = [(row.place, row.shown_name, row.minutes) for row in snapshot.rows.all()]
    assert rows[0] == (1, "王愿意", 90)
    assert rows[1][0] == 2
    assert "不愿" not in rows[1][1]
    again = publish()
    assert (snapshot.edition, again.edition) == (1, 2)
    assert "愿意" not in again.rows.get().shown_name
    assert snapshot.rows.count() == 2


def test_a_double_click_publishes_one_edition(publish, volunteer, give_hours):
    give_hours(volunteer)
    key = uuid.uuid4()
    assert publish(submission_key=key) == publish(submission_key=key)
    assert RankingSnapshot.objects.count() == 1


def test_an_empty_ranking_is_not_published(publish):
    with pytest.raises(DomainError) as refusal:
        publish()
    assert refusal.value.code == "nothing_to_publish"


def test_any_day_of_the_period_means_its_first(publish, volunteer, give_hours, today):
    give_hours(volunteer)
    assert publish(period="year").period_starts_on == date(today.year, 1, 1)


def test_the_centre_publishes_from_the_page_and_everybody_reads_it(
    client, signed_in, centre_user, make_volunteer, give_hours, today
):
    give_hours(make_volunteer("王愿意", publishes_name=True), 90)
    url = reverse("activities:ranking_publish")
    page = signed_in(centre_user).get(f"{url}?day={today}").content.decode()
    typed = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    answers = [client.post(url, typed) for _ in range(2)]
    assert RankingSnapshot.objects.count() == 1
    assert answers[0].url == answers[1].url
    client.logout()
    assert "王愿意" in client.get(answers[0].url).content.decode()


def test_the_page_is_public_and_takes_any_address(client, volunteer, give_hours, district):
    give_hours(volunteer)
    url = reverse("activities:ranking")
    for query in (
        "",
        "?period=week&kind=division&division=310105001",
        "?period=x&kind=y&division=z&day=w&page=q",
        "?day=0001-01-01",
        "?period=week&day=0001-01-03",
        "?period=year&day=9999-12-31",
    ):
        page = client.get(url + query)
        assert page.status_code == 200
        assert 'data-topic="ranking:' in page.content.decode()
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert f'data-topic="ranking:{district.code}"' in part


def test_my_line_is_marked_on_the_page(signed_in, volunteer, make_volunteer, give_hours):
    give_hours(make_volunteer(), 90)
    give_hours(volunteer, 60)
    page = signed_in(volunteer.user).get(reverse("activities:ranking")).content.decode()
    assert page.count("rank-me") == 1
    assert str(volunteer) in page


def test_whoever_works_in_no_centre_publishes_nothing_even_a_superuser(
    signed_in, make_user, give_hours, volunteer, worker
):
    give_hours(volunteer, 90)
    url = reverse("activities:ranking_publish")
    for user in (make_user(is_superuser=True, is_staff=True), worker, volunteer.user):
        client = signed_in(user)
        assert client.get(url).status_code == 404
        assert (
            client.post(url, {"division": "310105", "submission_key": str(uuid.uuid4())}).status_code == 404
        )
        assert url not in client.get(reverse("activities:ranking")).content.decode()
    assert not RankingSnapshot.objects.exists()
