"""Real threads with real connections against each other: nothing twice, nothing lost, no deadlock."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import Commitment, RuleSet
from activities import services, tallies
from activities.models import Attendance, ServiceRecord, Shift, SignUp, StarApplication
from activities.rankings import tally_minutes
from activities.rules import code_at
from core.errors import DomainError

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def at_once(acts, *, threads=None):
    """Runs all acts at the same moment, each with a connection of its own; their answers or DomainErrors."""
    start = threading.Barrier(min(threads or len(acts), len(acts)))

    def run(act):
        try:
            if threads is None:
                start.wait(timeout=60)
            return act()
        except DomainError as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads or len(acts)) as pool:
        return list(pool.map(run, acts))


def test_200_people_for_5_places_give_exactly_5(make_volunteer, make_shift):
    shift = make_shift(places=5)
    people = [make_volunteer(f"志愿{number}", skills=()) for number in range(200)]
    answers = at_once(
        [lambda v=v: services.sign_up(shift=shift, volunteer=v, by=v.user) for v in people], threads=40
    )
    assert sum(isinstance(answer, SignUp) for answer in answers) == 5
    assert {answer.code for answer in answers if isinstance(answer, DomainError)} == {"full"}
    shift.refresh_from_db()
    assert shift.taken == SignUp.objects.standing().count() == Commitment.objects.count() == 5


def test_a_hasty_volunteer_gets_one_place(volunteer, make_shift):
    shift = make_shift()
    answers = at_once(
        [lambda: services.sign_up(shift=shift, volunteer=volunteer, by=volunteer.user) for _ in range(8)]
    )
    assert len({answer.pk for answer in answers}) == 1
    shift.refresh_from_db()
    assert shift.taken == 1


def test_two_shifts_at_the_same_time_end_with_one_promise(volunteer, make_shift):
    shifts = [make_shift() for _ in range(8)]
    answers = at_once(
        [lambda s=s: services.sign_up(shift=s, volunteer=volunteer, by=volunteer.user) for s in shifts]
    )
    assert sum(isinstance(answer, SignUp) for answer in answers) == 1
    assert {answer.code for answer in answers if isinstance(answer, DomainError)} == {"clash"}
    assert sum(Shift.objects.values_list("taken", flat=True)) == 1


def test_cancelling_the_activity_and_signing_up_at_once_leaves_no_promise(make_volunteer, make_shift, worker):
    shift = make_shift(places=20)
    people = [make_volunteer(skills=()) for _ in range(8)]
    at_once(
        [lambda v=v: services.sign_up(shift=shift, volunteer=v, by=v.user) for v in people]
        + [lambda: services.cancel_activity(activity=shift.activity, reason="雨", by=worker)]
    )
    shift.refresh_from_db()
    assert shift.taken == 0
    assert not SignUp.objects.standing().exists()
    assert not Commitment.objects.exists()


def test_many_check_out_of_one_studio_at_once_and_no_minute_is_lost(
    make_volunteer, make_shift, make_activity, studio
):
    now = timezone.now()
    activity = make_activity(
        studio=studio, organisation=None, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1)
    )
    shift = make_shift(activity, places=24)
    rows = []
    for _ in range(24):
        row = SignUp.objects.create(shift=shift, volunteer=make_volunteer(skills=()), status="checked-in")
        Attendance.objects.create(sign_up=row, checked_in_at=now - timedelta(minutes=30))
        rows.append(row)
    code = code_at(shift.code_secret, timezone.now())
    answers = at_once(
        [
            lambda r=r: services.check_out(sign_up=r, code=code, by=r.volunteer.user)
            for r in rows
            for _ in range(2)
        ],
        threads=16,
    )
    assert {answer.status for answer in answers} == {"checked-out"}
    assert ServiceRecord.objects.count() == 24
    total = tally_minutes(
        subject_kind="studio", subject_id=studio.pk, period="week", day=timezone.localdate()
    )
    assert total == sum(ServiceRecord.objects.values_list("minutes", flat=True)) >= 24 * 30
    assert tallies.differences() == []


def test_records_and_reversals_of_shared_subjects_never_deadlock(
    make_volunteer, give_hours, make_studio, division, other_division, worker
):
    people = [make_volunteer(skills=()) for _ in range(3)]
    studios = [make_studio(members=0) for _ in range(2)]
    places = [division, other_division]
    records = [
        give_hours(people[n % 3], 10 + n, studio=studios[n % 2], division=places[n % 2]) for n in range(12)
    ]
    acts = [
        lambda r=r: services.reverse_record(record=r, reason="更正", by=worker, instead_minutes=5)
        for r in records
    ]
    acts += [
        lambda n=n: give_hours(people[-n % 3], 7, studio=studios[(n + 1) % 2], division=places[n % 2])
        for n in range(24)
    ]
    answers = at_once(acts, threads=12)
    assert all(isinstance(answer, ServiceRecord) for answer in answers)
    assert tallies.differences() == []
    total = sum(
        tally_minutes(subject_kind="volunteer", subject_id=p.pk, period="all", day=timezone.localdate())
        for p in people
    )
    assert total == 12 * 5 + 24 * 7


def test_one_source_recorded_by_many_at_once_is_one_record(volunteer, give_hours):
    answers = at_once([lambda: give_hours(volunteer, 60, source_id=1) for _ in range(8)])
    assert len({answer.pk for answer in answers}) == 1
    assert tallies.differences() == []


def test_one_record_is_reversed_once_however_many_try(volunteer, give_hours, worker):
    record = give_hours(volunteer, 60)
    answers = at_once(
        [lambda: services.reverse_record(record=record, reason="撤销", by=worker) for _ in range(6)]
    )
    assert sum(isinstance(answer, ServiceRecord) for answer in answers) == 1
    assert {answer.code for answer in answers if isinstance(answer, DomainError)} == {"already_reversed"}
    assert tallies.differences() == []


def test_a_place_goes_to_one_whether_taken_declined_or_moved_on(make_volunteer, make_shift):
    """Yes, no, the clock and a stranger at the same moment: never more people than places."""
    shift = make_shift(places=2)
    people = [make_volunteer(f"候补{number}", skills=()) for number in range(8)]
    first, second, *waiting = people
    kept = [services.sign_up(shift=shift, volunteer=v, by=v.user) for v in (first, second)]
    turns = [services.join_waiting_list(shift=shift, volunteer=v, by=v.user) for v in waiting]
    for sign_up in kept:
        services.cancel_sign_up(sign_up=sign_up, by=sign_up.volunteer.user)
    at_once(
        [lambda t=t: services.take_kept_place(waiting=t, by=t.volunteer.user) for t in turns[:4]]
        + [lambda: services.leave_waiting_list(waiting=turns[1], by=turns[1].volunteer.user)]
        + [lambda: services.sign_up(shift=shift, volunteer=first, by=first.user)]
        + [lambda: services.move_line(shift=shift) for _ in range(2)]
    )
    shift.refresh_from_db()
    assert shift.taken == SignUp.objects.standing().filter(shift=shift).count() <= 2
    assert shift.held == shift.waiting.filter(status="offered").count()
    assert shift.taken + shift.held == 2


def test_a_hasty_applicant_has_one_star_application(volunteer, give_hours):
    RuleSet.objects.update(star_hours=[1, 2, 3, 4, 5])
    give_hours(volunteer, 60)
    answers = at_once([lambda: services.apply_for_star(volunteer=volunteer, by=volunteer.user)] * 6)
    assert len({answer.pk for answer in answers}) == StarApplication.objects.count() == 1


def test_a_correction_at_the_same_moment_is_on_the_certificate_or_marks_it(volunteer, give_hours, worker):
    for _ in range(4):
        give_hours(volunteer, 30)
        record = give_hours(volunteer, 60)
        asked = services.ask_for_certificate(
            volunteer=volunteer, starts_on=None, ends_on=None, by=volunteer.user
        )
        at_once(
            [
                lambda pk=asked.pk: services.freeze_certificate(certificate_id=pk),
                lambda row=record: services.reverse_record(record=row, reason="登记错误", by=worker),
            ]
        )
        asked.refresh_from_db()
        lists_it = record.pk in [row["record"] for row in asked.services]
        assert lists_it == (asked.superseded_at is not None)
