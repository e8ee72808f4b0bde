"""Nobody is in two places at once, and nobody is asked too often."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone, translation

from accounts.models import AskLedger, Commitment, RuleSet, SourceKind
from accounts.services import asks_since, commit_time, end_time_early, record_ask, release_time
from core.errors import DomainError
from tests.personas import at


def promise(volunteer, hour, source_id, *, length=2, kind=SourceKind.SIGN_UP):
    starts_at = at(days=2, hour=hour)
    return commit_time(
        volunteer=volunteer,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=length),
        source_kind=kind,
        source_id=source_id,
    )


def test_a_second_promise_for_the_same_time_is_refused_and_says_which_is_in_the_way(volunteer):
    promise(volunteer, 14, 1)
    with translation.override("en"), pytest.raises(DomainError) as refusal:
        promise(volunteer, 15, 2, kind=SourceKind.ASSIGNMENT)
    assert refusal.value.code == "clash"
    assert "14:00–16:00" in refusal.value.reason
    assert Commitment.objects.count() == 1


def test_promises_back_to_back_are_no_clash(volunteer):
    promise(volunteer, 14, 1)
    promise(volunteer, 16, 2)
    assert volunteer.commitments.count() == 2


def test_the_rest_that_the_rules_ask_for_lies_between_two_promises(volunteer):
    RuleSet.objects.update(rest_minutes=30)
    promise(volunteer, 14, 1)
    with pytest.raises(DomainError) as refusal:
        promise(volunteer, 16, 2)
    assert refusal.value.code == "clash"


def test_the_same_source_and_time_again_is_the_same_promise(volunteer):
    assert promise(volunteer, 14, 1) == promise(volunteer, 14, 1)


def test_a_promise_that_ends_before_it_starts_is_refused(volunteer):
    with pytest.raises(DomainError) as refusal:
        promise(volunteer, 14, 1, length=-1)
    assert refusal.value.code == "period_is_empty"


def test_released_time_is_free_again_and_releasing_twice_is_releasing_once(volunteer):
    promise(volunteer, 14, 1)
    release_time(source_kind=SourceKind.SIGN_UP, source_id=1)
    release_time(source_kind=SourceKind.SIGN_UP, source_id=1)
    promise(volunteer, 14, 2)


@pytest.mark.race
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_twelve_promises_of_one_person_at_once_are_one_promise_and_eleven_refusals(volunteer):
    answers, gate = [], threading.Barrier(12)

    def run(number):
        gate.wait()
        try:
            promise(volunteer, 14, number)
            answers.append("kept")
        except DomainError as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["clash"] * 11 + ["kept"]


def test_asks_are_counted_from_a_moment_on_and_the_same_ask_counts_once(volunteer, other_volunteer):
    now = timezone.now()
    for source_id in (1, 1, 2):
        record_ask(volunteer=volunteer, source_kind=SourceKind.OFFER, source_id=source_id, asked_at=now)
    record_ask(
        volunteer=volunteer, source_kind=SourceKind.OFFER, source_id=3, asked_at=now - timedelta(days=9)
    )
    everyone = [volunteer.pk, other_volunteer.pk]
    assert asks_since(everyone, now - timedelta(days=7)) == {volunteer.pk: 2}
    assert AskLedger.objects.count() == 3


def test_who_is_done_early_is_free_from_then_on(volunteer):
    begins = timezone.now() + timedelta(days=1)
    ends = begins + timedelta(hours=2)

    def promise():
        return commit_time(
            volunteer=volunteer,
            starts_at=begins,
            ends_at=ends,
            source_kind=SourceKind.ASSIGNMENT,
            source_id=1,
        )

    promise()
    for moment, left in (
        (ends + timedelta(minutes=5), (begins, ends)),
        (begins + timedelta(hours=1), (begins, begins + timedelta(hours=1))),
        (begins - timedelta(minutes=5), None),
    ):
        end_time_early(source_kind=SourceKind.ASSIGNMENT, source_id=1, at=moment)
        kept = Commitment.objects.filter(volunteer=volunteer).first()
        assert (kept and (kept.period.lower, kept.period.upper)) == left
