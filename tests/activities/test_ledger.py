"""The ledger is append-only, counted once, and its tallies agree with it whatever happens."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities import services, tallies
from activities.models import ServiceRecord, Tally
from activities.rankings import tally_minutes
from core.errors import DomainError

pytestmark = pytest.mark.django_db


def minutes_of(kind, subject_id, period="all", day=None):
    return tally_minutes(
        subject_kind=kind, subject_id=subject_id, period=period, day=day or timezone.localdate()
    )


def everything():
    return set(
        Tally.objects.values_list(*(f.name for f in Tally._meta.fields if f.name not in {"id", "changed_at"}))
    )


def test_a_record_counts_for_the_person_the_studio_and_the_neighbourhood(
    give_hours, volunteer, studio, division
):
    give_hours(volunteer, 90, studio=studio)
    for period in Tally.Period.values:
        assert minutes_of("volunteer", volunteer.pk, period) == 90
        assert minutes_of("studio", studio.pk, period) == 90
        assert minutes_of("division", int(division.code), period) == 90
    assert Tally.objects.count() == 15


def test_a_subtree_is_the_sum_of_its_neighbourhoods_and_no_row_stands_for_the_district(
    give_hours, volunteer, other_volunteer, division, other_division, district
):
    give_hours(volunteer, 60, division=division)
    give_hours(other_volunteer, 30, division=other_division)
    assert minutes_of("division", int(district.code)) == 90
    assert minutes_of("division", int(other_division.code)) == 30
    assert not Tally.objects.filter(subject_kind="division", subject_id=int(district.code)).exists()


def test_a_tally_knows_where_its_subject_is_at_home(give_hours, volunteer, studio, other_division):
    give_hours(volunteer, 60, studio=studio, division=other_division)
    codes = dict(Tally.objects.filter(period="all").values_list("subject_kind", "division_code"))
    assert codes == {
        "volunteer": volunteer.home_division_id,
        "studio": studio.division_id,
        "division": other_division.code,
    }


def test_the_same_source_recorded_twice_counts_once(give_hours, volunteer):
    first = give_hours(volunteer, 60, source_id=7)
    again = give_hours(volunteer, 200, source_id=7)
    assert again == first
    assert again.minutes == 60
    assert minutes_of("volunteer", volunteer.pk) == 60


def test_hours_less_than_nothing_are_refused(give_hours, volunteer):
    with pytest.raises(DomainError) as refusal:
        give_hours(volunteer, -1)
    assert refusal.value.code == "negative_hours"


@pytest.mark.parametrize(
    "change", ["UPDATE activities_servicerecord SET minutes = 999", "DELETE FROM activities_servicerecord"]
)
def test_the_database_refuses_to_change_or_delete_a_record(give_hours, volunteer, change):
    give_hours(volunteer)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def test_a_correction_appends_a_reversal_and_one_record_counts(give_hours, volunteer, worker):
    record = give_hours(volunteer, 60)
    instead = services.reverse_record(record=record, reason="签退晚了", by=worker, instead_minutes=45)
    assert [row.minutes for row in ServiceRecord.objects.order_by("id")] == [60, -60, 45]
    assert (instead.minutes, instead.revision, instead.reason) == (45, 1, "签退晚了")
    assert minutes_of("volunteer", volunteer.pk) == 45
    assert Tally.objects.get(subject_kind="volunteer", period="all").services == 1


def test_a_record_can_be_taken_back_whole(give_hours, volunteer, worker):
    reversal = services.reverse_record(record=give_hours(volunteer, 60), reason="记错人", by=worker)
    assert reversal.minutes == -60
    assert minutes_of("volunteer", volunteer.pk) == 0
    assert Tally.objects.get(subject_kind="volunteer", period="all").services == 0


@pytest.mark.parametrize(
    ("reason", "instead", "code"),
    [("", None, "no_reason"), (" ", 5, "no_reason"), ("错", -5, "negative_hours")],
)
def test_a_correction_needs_a_reason_and_sensible_minutes(
    give_hours, volunteer, worker, reason, instead, code
):
    with pytest.raises(DomainError) as refusal:
        services.reverse_record(
            record=give_hours(volunteer), reason=reason, by=worker, instead_minutes=instead
        )
    assert refusal.value.code == code


def test_a_record_is_reversed_once_and_a_reversal_never(give_hours, volunteer, worker):
    record = give_hours(volunteer)
    reversal = services.reverse_record(record=record, reason="记错", by=worker)
    for row, code in ((record, "already_reversed"), (reversal, "is_a_reversal")):
        with pytest.raises(DomainError) as refusal:
            services.reverse_record(record=row, reason="再来", by=worker)
        assert refusal.value.code == code


def test_the_day_of_a_service_is_the_local_one(give_hours, volunteer):
    new_year_morning = datetime(2026, 1, 1, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    give_hours(volunteer, 60, starts_at=new_year_morning)
    assert minutes_of("volunteer", volunteer.pk, "year", date(2026, 6, 1)) == 60
    assert minutes_of("volunteer", volunteer.pk, "year", date(2025, 12, 31)) == 0
    assert tallies.differences() == []


def test_verify_ledger_finds_what_differs_and_mends_the_tallies(give_hours, volunteer, capsys):
    give_hours(volunteer, 60)
    call_command("verify_ledger")
    Tally.objects.filter(subject_kind="volunteer", period="year").update(minutes=61)
    Tally.objects.filter(subject_kind="volunteer", period="week").delete()
    with pytest.raises(CommandError, match="differences"):
        call_command("verify_ledger")
    call_command("verify_ledger", mend=True)
    call_command("verify_ledger")
    assert "all are written anew" in capsys.readouterr().out
    assert tallies.differences() == []


services_given = st.lists(
    st.tuples(
        st.integers(0, 1),  # which volunteer
        st.integers(0, 2),  # no studio, the first, the second
        st.integers(0, 1),  # which neighbourhood
        st.integers(0, 600),  # minutes
        st.integers(0, 800),  # days ago
        st.sampled_from(["kept", "reversed", "corrected", "corrected twice"]),
        st.integers(0, 600),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_services=services_given)
def test_any_sequence_of_records_and_reversals_leaves_the_tallies_equal_to_the_ledger(
    given_services, give_hours, volunteer, other_volunteer, make_studio, division, other_division, worker
):
    with transaction.atomic():
        people, places = [volunteer, other_volunteer], [division, other_division]
        studios = [None, make_studio(members=0), make_studio(members=0)]
        given_minutes = 0
        for who, which, where, minutes, days_ago, fate, instead in given_services:
            record = give_hours(
                people[who], minutes, studio=studios[which], division=places[where], days_ago=days_ago
            )
            if fate == "kept":
                given_minutes += minutes
            elif fate == "reversed":
                services.reverse_record(record=record, reason="撤销", by=worker)
            else:
                given_minutes += instead
                record = services.reverse_record(
                    record=record,
                    reason="更正",
                    by=worker,
                    instead_minutes=instead + 1 if fate == "corrected twice" else instead,
                )
                if fate == "corrected twice":
                    services.reverse_record(
                        record=record, reason="再更正", by=worker, instead_minutes=instead
                    )
        assert tallies.differences() == []
        assert sum(minutes_of("volunteer", person.pk) for person in people) == given_minutes
        before = everything()
        tallies.rebuild()
        assert everything() == before
        transaction.set_rollback(True)


def test_a_volunteer_asks_for_a_correction_and_reads_the_answer(give_hours, volunteer, worker):
    record = give_hours(volunteer, 60)
    asked = services.ask_correction(record=record, words="我多留了半小时", by=volunteer.user)
    assert services.ask_correction(record=record, words="又问一次", by=volunteer.user) == asked
    answered = services.answer_correction(
        correction=asked, answer="社区确认，改为 90 分钟", by=worker, instead_minutes=90
    )
    assert answered.status == "corrected"
    assert minutes_of("volunteer", volunteer.pk) == 90
    with pytest.raises(DomainError) as refusal:
        services.answer_correction(correction=asked, answer="再答", by=worker)
    assert refusal.value.code == "not_in_this_state"


def test_a_correction_may_be_declined_and_the_record_stays(give_hours, volunteer, worker):
    asked = services.ask_correction(record=give_hours(volunteer, 60), words="少算了", by=volunteer.user)
    services.answer_correction(correction=asked, answer="按签到时间计算", by=worker)
    assert ServiceRecord.objects.count() == 1
    assert minutes_of("volunteer", volunteer.pk) == 60


def test_nobody_asks_for_others_or_decides_about_their_own_hours(
    give_hours, make_volunteer, worker, volunteer
):
    record = give_hours(volunteer)
    with pytest.raises(DomainError) as refusal:
        services.ask_correction(record=record, words="不是我的", by=worker)
    assert refusal.value.code == "not_own_record"
    own = make_volunteer(user=worker)
    asked = services.ask_correction(record=give_hours(own), words="加一点", by=worker)
    with pytest.raises(DomainError) as refusal:
        services.answer_correction(correction=asked, answer="好", by=worker, instead_minutes=900)
    assert refusal.value.code == "own_hours"
