"""What is odd about a record lands in a queue with its reason, and a person decides."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import RuleSet
from activities import services
from activities.models import RecordCheck, ServiceRecord
from activities.rankings import tally_minutes
from core.errors import DomainError

pytestmark = pytest.mark.django_db


@pytest.fixture
def noon():
    return timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=2)


def checks():
    return list(RecordCheck.objects.values_list("kind", "facts"))


def set_rules(**values):
    RuleSet.objects.update(**values)


def test_two_services_at_one_time_are_raised_once_and_both_stand(give_hours, volunteer, noon):
    give_hours(volunteer, 60, starts_at=noon)
    give_hours(volunteer, 60, starts_at=noon + timedelta(minutes=40))
    assert checks() == [("overlap", {"other": "陪诊", "minutes": 20})]
    assert ServiceRecord.objects.count() == 2


def test_back_to_back_is_no_overlap_and_a_reversed_record_is_none(give_hours, volunteer, noon, worker):
    first = give_hours(volunteer, 60, starts_at=noon)
    give_hours(volunteer, 60, starts_at=noon + timedelta(minutes=60))
    services.reverse_record(record=first, reason="记错", by=worker)
    give_hours(volunteer, 30, starts_at=noon + timedelta(minutes=10))
    assert checks() == []


def test_a_way_that_nobody_can_make_in_time_is_raised(give_hours, volunteer, noon, other_division):
    set_rules(travel_km_an_hour=5)
    give_hours(volunteer, 60, starts_at=noon)
    give_hours(volunteer, 60, starts_at=noon + timedelta(minutes=61), division=other_division)
    ((kind, facts),) = checks()
    assert kind == "travel"
    assert facts["minutes"] == 1


def test_the_cap_of_a_day_is_kept_in_the_transaction_and_the_rest_is_told(give_hours, volunteer, noon):
    set_rules(daily_cap_minutes=90)
    first = give_hours(volunteer, 60, starts_at=noon)
    second = give_hours(volunteer, 60, starts_at=noon + timedelta(minutes=90))
    third = give_hours(volunteer, 60, starts_at=noon + timedelta(minutes=180))
    assert [first.minutes, second.minutes, third.minutes] == [60, 30, 0]
    assert checks() == [("cap", {"observed": 60, "counted": 30}), ("cap", {"observed": 60, "counted": 0})]


def test_the_cap_of_a_year_counts_what_was_taken_back(give_hours, volunteer, noon, worker):
    set_rules(yearly_cap_minutes=100)
    first = give_hours(volunteer, 80, starts_at=noon)
    services.reverse_record(record=first, reason="记错", by=worker)
    assert give_hours(volunteer, 90, starts_at=noon).minutes == 90
    assert (
        tally_minutes(subject_kind="volunteer", subject_id=volunteer.pk, period="year", day=noon.date()) == 90
    )


def test_a_correction_by_hand_over_the_cap_is_refused(give_hours, volunteer, noon, worker):
    set_rules(daily_cap_minutes=90)
    record = give_hours(volunteer, 60, starts_at=noon)
    with pytest.raises(DomainError) as refusal:
        services.reverse_record(record=record, reason="更正", by=worker, instead_minutes=120, entered=True)
    assert refusal.value.code == "over_the_cap"


@pytest.fixture
def overlap(give_hours, volunteer, noon):
    give_hours(volunteer, 60, starts_at=noon)
    give_hours(volunteer, 60, starts_at=noon + timedelta(minutes=40))
    return RecordCheck.objects.get()


def test_staff_decide_and_the_record_is_put_right(overlap, worker, volunteer):
    services.decide_check(check=overlap, answer="提前二十分钟离开", by=worker, instead_minutes=40)
    overlap.refresh_from_db()
    assert (overlap.status, overlap.decided_by) == ("corrected", worker)
    assert (
        tally_minutes(
            subject_kind="volunteer", subject_id=volunteer.pk, period="all", day=timezone.localdate()
        )
        == 100
    )
    with pytest.raises(DomainError) as refusal:
        services.decide_check(check=overlap, answer="再来", by=worker)
    assert refusal.value.code == "not_in_this_state"


def test_nobody_decides_about_their_own_hours(overlap, volunteer):
    with pytest.raises(DomainError) as refusal:
        services.decide_check(check=overlap, answer="没问题", by=volunteer.user)
    assert refusal.value.code == "own_hours"


def test_what_was_raised_twice_is_one_check_and_settles_by_itself(volunteer, division, worker):
    for _ in range(2):
        services.raise_check(kind="open", about="sign-up:7", volunteer=volunteer, division=division)
    services.settle_check(kind="open", about="sign-up:7", by=worker)
    services.settle_check(kind="open", about="sign-up:7", by=worker)
    assert list(RecordCheck.objects.values_list("status", flat=True)) == ["settled"]


def test_the_queue_is_for_the_staff_of_the_place(client, overlap, worker, other_worker, volunteer):
    address = reverse("activities:record_checks")
    decide = reverse("activities:record_check_decide", args=[overlap.pk])
    client.force_login(worker)
    assert "overlaps with" in client.get(address).content.decode()
    client.force_login(other_worker)
    assert "overlaps with" not in client.get(address).content.decode()
    assert client.post(decide, {"answer": "好"}).status_code == 404
    client.force_login(volunteer.user)
    assert client.get(address).status_code == 404


def test_the_page_decides_and_asks_for_a_reason(client, overlap, worker):
    client.force_login(worker)
    decide = reverse("activities:record_check_decide", args=[overlap.pk])
    assert "Write in a sentence why." in client.post(decide, {}, follow=True).content.decode()
    client.post(decide, {"answer": "两处相邻，同时照看"})
    overlap.refresh_from_db()
    assert overlap.status == "right"
    page = client.get(reverse("activities:record_checks"), {"show": "decided"}).content.decode()
    assert "两处相邻" in page


def test_the_queue_asks_a_constant_number_of_queries(
    client, worker, volunteer, division, django_assert_max_num_queries
):
    for number in range(12):
        services.raise_check(kind="open", about=f"sign-up:{number}", volunteer=volunteer, division=division)
    client.force_login(worker)
    client.get(reverse("activities:record_checks"))
    with django_assert_max_num_queries(12):
        client.get(reverse("activities:record_checks"))
