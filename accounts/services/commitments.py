"""Time promised by a volunteer: written here by sign-ups and assignments alike, so that nobody is in two places."""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from accounts.checks import check_ends_after_it_starts, check_no_clash, clash_with
from accounts.models import Commitment, RuleSet, SourceKind, Volunteer


@transaction.atomic
def commit_time(
    *, volunteer: Volunteer, starts_at: datetime, ends_at: datetime, source_kind: SourceKind, source_id: int
) -> Commitment:
    """Keep [starts_at, ends_at) of this volunteer for the source; the same source and period again is the same row.

    Locks the volunteer (after whatever the caller has locked): two promises of one person queue here, where the
    exclusion constraint alone could end in a deadlock. The constraint stays the last word.
    Raises DomainError: clash (says which promise is in the way), period_is_empty.
    """
    check_ends_after_it_starts(starts_at, ends_at)
    locked = Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
    period = DateTimeTZRange(starts_at, ends_at, "[)")
    same = Commitment.objects.filter(
        volunteer=locked, period=period, source_kind=source_kind, source_id=source_id
    ).first()
    if same is not None:
        return same
    day = timezone.localtime(starts_at).date()
    rules = RuleSet.objects.in_force(day, locked.home_division_id)
    check_no_clash(volunteer=locked, starts_at=starts_at, ends_at=ends_at, rules=rules)
    try:
        with transaction.atomic():
            return Commitment.objects.create(
                volunteer=locked, period=period, source_kind=source_kind, source_id=source_id
            )
    except IntegrityError:
        other = Commitment.objects.filter(volunteer=locked).overlapping(starts_at, ends_at).first()
        if other is None:
            raise
        raise clash_with(other) from None


def release_time(*, source_kind: SourceKind, source_id: int) -> None:
    """Give the time back. Nothing happens when there is none."""
    release_times(source_kind=source_kind, source_ids=[source_id])


def release_times(*, source_kind: SourceKind, source_ids: Collection[int]) -> None:
    """Give the time of all these sources back, in one query."""
    Commitment.objects.filter(source_kind=source_kind, source_id__in=source_ids).delete()


def end_time_early(*, source_kind: SourceKind, source_id: int, at: datetime) -> None:
    """Who is done at `at` is free again from then on. Nothing happens when the promise was over anyway."""
    promised = Commitment.objects.filter(
        source_kind=source_kind, source_id=source_id, period__endswith__gt=at
    )
    for commitment in promised.select_for_update():
        if commitment.period.lower >= at:
            commitment.delete()
        else:
            commitment.period = DateTimeTZRange(commitment.period.lower, at, "[)")
            commitment.save(update_fields=["period"])
