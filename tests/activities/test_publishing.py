"""A ranking is frozen, signed, open to objections and published; it can be told again from the ledger."""

import csv
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Organisation, RuleSet
from activities import bands, chain, services
from activities.beside import streak_of
from activities.freezing import is_reproduced
from activities.models import RankingSnapshot
from activities.rankings import own_place, people_ranked, ranking_page
from activities.services.rankings import is_genuine
from core.errors import DomainError

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture(autouse=True)
def _few_are_enough(db):
    RuleSet.objects.update(ranking_minimum_people=2)


@pytest.fixture
def people(make_volunteer, give_hours):
    found = [make_volunteer(name, publishes_name=True) for name in ("甲乙", "=丙丁", "戊己")]
    for person, minutes in zip(found, (90, 60, 60), strict=True):
        give_hours(person, minutes)
    return found


@pytest.fixture
def prepare(centre_user, district, today):
    def prepare_ranking(subject_kind="volunteer", period="year", **values):
        return services.prepare_ranking(
            subject_kind=subject_kind,
            period=period,
            period_starts_on=today,
            division=district,
            by=centre_user,
            **values,
        )

    return prepare_ranking


@pytest.fixture
def frozen(people, prepare):
    return prepare()


def when_it_is_over(snapshot):
    RankingSnapshot.objects.filter(pk=snapshot.pk).update(
        objections_until=timezone.localdate() - timedelta(days=1)
    )


def refused(act, **values):
    with pytest.raises(DomainError) as refusal:
        act(**values)
    return refusal.value.code


def test_what_is_frozen_is_signed_and_ties_share_a_place(frozen):
    assert list(frozen.rows.values_list("position", "place", "minutes")) == [
        (1, 1, 90),
        (2, 2, 60),
        (3, 2, 60),
    ]
    assert frozen.status == "prepared"
    assert is_genuine(frozen)
    frozen.rows.filter(position=2).update(minutes=61)
    assert not is_genuine(frozen)


def test_it_waits_for_objections_and_their_answers(frozen, centre_user, volunteer, make_user):
    assert refused(services.publish_ranking, snapshot=frozen, by=centre_user) == "still_open_to_objections"
    objection = services.object_to_ranking(snapshot=frozen, words="少算了一次", by=volunteer.user)
    when_it_is_over(frozen)
    assert refused(services.publish_ranking, snapshot=frozen, by=centre_user) == "objections_wait"
    assert refused(
        services.answer_ranking_objection, objection=objection, answer="好", by=volunteer.user
    ) == ("own_objection")
    services.answer_ranking_objection(objection=objection, answer="已核对，记录无误", by=centre_user)
    assert services.publish_ranking(snapshot=frozen, by=centre_user).published_at
    assert services.publish_ranking(snapshot=frozen, by=centre_user).status == "published"
    assert refused(services.object_to_ranking, snapshot=frozen, words="晚了", by=volunteer.user) == (
        "not_open_to_objections"
    )
    assert (
        refused(services.withdraw_ranking, snapshot=frozen, reason="错", by=centre_user)
        == "not_in_this_state"
    )


def test_what_is_withdrawn_is_gone_for_the_public(frozen, centre_user, client, signed_in):
    services.withdraw_ranking(snapshot=frozen, reason="名单有误", by=centre_user)
    address = reverse("activities:snapshot", args=[frozen.pk])
    assert client.get(address).status_code == 404
    assert signed_in(centre_user).get(address).status_code == 200


def test_too_few_people_are_not_ranked(give_hours, volunteer, prepare, client):
    give_hours(volunteer)
    assert refused(prepare) == "too_few_people"
    page = client.get(reverse("activities:ranking")).content.decode()
    assert "Too few people for a ranking" in page
    assert "rank-place" not in page


@pytest.mark.parametrize("kind", ["volunteer", "studio", "unit", "division", "subdistrict"])
def test_every_kind_can_be_frozen_and_told_again_whatever_comes_later(
    kind, people, prepare, give_hours, make_studio, other_division, worker, make_volunteer
):
    unit = Organisation.objects.create(name="测试单位", division=other_division)
    Membership.objects.create(user=people[0].user, organisation=unit)
    record = give_hours(people[0], 45, studio=make_studio(members=0))
    chain.close_ledger()
    give_hours(people[1], 20, division=other_division)  # in no batch yet
    snapshot = prepare(kind)
    assert snapshot.people
    services.reverse_record(record=record, reason="错", by=worker)
    give_hours(make_volunteer(), 300)
    people[1].home_division = other_division
    people[1].save()
    chain.close_ledger()
    assert is_reproduced(snapshot)
    snapshot.rows.filter(position=1).update(minutes=7)
    assert not is_reproduced(snapshot)


def test_hours_count_for_the_workplace_unit_and_the_neighbourhood(people, give_hours, division, today):
    unit = Organisation.objects.create(name="测试单位", division=division)
    Membership.objects.create(user=people[0].user, organisation=unit)
    record = give_hours(people[0], 30)
    assert record.unit == unit
    for kind, minutes in (("unit", [30]), ("division", [240]), ("subdistrict", [240])):
        page = ranking_page(subject_kind=kind, period="quarter", day=today, division_code=division.code[:6])
        assert [line.minutes for line in page] == minutes


def test_the_own_place_is_exact_before_and_after_the_moves_are_folded(
    people, give_hours, worker, make_volunteer, other_division, today, district
):
    own = people[1]
    asked = {"volunteer": own, "period": "all", "day": today, "division_code": district.code}
    assert own_place(**asked).place == 2
    while bands.fold_moves():
        pass
    assert own_place(**asked).place == 2
    far = make_volunteer(home_division=other_division)
    record = give_hours(far, 300)
    assert own_place(**asked).place == 3
    assert own_place(**asked | {"division_code": district.code + "001"}).place == 2
    services.reverse_record(record=record, reason="错", by=worker)
    while bands.fold_moves():
        pass
    assert own_place(**asked).place == 2
    assert people_ranked(subject_kind="volunteer", period="all", day=today, division_code=district.code) == 3
    assert bands.differences() == []


def test_a_streak_is_weeks_in_a_row_and_the_running_week_does_not_break_it(today):
    monday = today - timedelta(days=today.weekday())
    weeks = [monday - timedelta(weeks=number) for number in (1, 2, 3, 5)]
    assert streak_of(weeks, today) == 3
    assert streak_of([monday, *weeks], today) == 4
    assert streak_of(weeks[1:], today) == 0
    assert streak_of([], today) == 0


def test_the_lines_leave_as_csv_xlsx_and_a_poster_without_formulas(frozen, client):
    text = client.get(reverse("activities:snapshot_csv", args=[frozen.pk])).getvalue().decode()
    rows = list(csv.reader(text.lstrip("\ufeff").splitlines()))
    assert rows[1][:3] == ["1", "甲乙", "90"]
    assert rows[2][1] == "'=丙丁"
    book = openpyxl.load_workbook(
        BytesIO(client.get(reverse("activities:snapshot_xlsx", args=[frozen.pk])).getvalue())
    )
    assert [cell.value for cell in book.active[2]][:3] == [1, "甲乙", 90]
    poster = client.get(reverse("activities:snapshot_poster", args=[frozen.pk]))
    assert poster["Content-Type"] == "application/pdf"
    assert poster.content.startswith(b"%PDF")


def test_the_page_takes_an_objection_and_the_centre_answers_and_publishes(
    frozen, signed_in, volunteer, centre_user, worker
):
    client, address = signed_in(volunteer.user), reverse("activities:snapshot", args=[frozen.pk])
    key = client.get(address).context["form"]["submission_key"].value()
    for _click in range(2):
        client.post(
            reverse("activities:snapshot_object", args=[frozen.pk]), {"words": "少了", "submission_key": key}
        )
    assert frozen.objections.count() == 1
    assert client.post(reverse("activities:snapshot_publish", args=[frozen.pk])).status_code == 404
    answer = reverse("activities:objection_answer", args=[frozen.objections.get().pk])
    assert signed_in(worker).post(answer, {"words": "好"}).status_code == 404
    client = signed_in(centre_user)
    client.post(answer, {"words": "已核对"})
    when_it_is_over(frozen)
    client.post(reverse("activities:snapshot_publish", args=[frozen.pk]))
    frozen.refresh_from_db()
    assert frozen.status == "published"
    assert "已核对" in signed_in(volunteer.user).get(address).content.decode() or frozen.published_at


def test_the_published_page_asks_as_many_queries_for_many_lines(
    client, people, prepare, django_assert_max_num_queries
):
    snapshot = prepare()
    address = reverse("activities:snapshot", args=[snapshot.pk])
    client.get(address)
    with django_assert_max_num_queries(8):
        client.get(address)
