"""A ranking on its way to the public: frozen and signed, open to objections, then published or withdrawn.

Names are there only with consent on the day it is frozen. What was published is never changed: a correction is a
further edition.
"""

import uuid
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Division, RuleSet, User
from accounts.working_days import working_days_after
from activities.beside import note_beside
from activities.checks.hours import check_in_own_words
from activities.events import RankingPublished
from activities.freezing import digest, freeze
from activities.models import RankingObjection, RankingSnapshot, Tally
from activities.rankings import people_ranked
from activities.rules import period_start
from core import signing, states
from core.errors import DomainError
from core.events import publish

KIND = "ranking"
Status = RankingSnapshot.Status
RANKING_MOVES: states.Moves = {Status.PREPARED: frozenset({Status.PUBLISHED, Status.WITHDRAWN})}


def check_enough_are_ranked(*, people: int, subject_kind: str, rules: RuleSet) -> None:
    """Few people of a small area can be told apart by their hours alone, so their ranking is not shown."""
    if not people:
        raise DomainError(
            "nothing_to_publish",
            _("Nobody has hours in this period yet."),
            help=_("Choose another period or a wider area."),
        )
    if subject_kind == Tally.Subject.VOLUNTEER and people < rules.ranking_minimum_people:
        raise DomainError(
            "too_few_people",
            _("Fewer than %(least)s people have hours here, so their ranking would tell too much about each.")
            % {"least": rules.ranking_minimum_people},
            help=_("Choose another period or a wider area."),
        )


@transaction.atomic
def prepare_ranking(
    *,
    subject_kind: str,
    period: str,
    period_starts_on: date,
    division: Division,
    by: User,
    submission_key: uuid.UUID | None = None,
) -> RankingSnapshot:
    """Freeze the ranking as it stands, sign it, and open it to objections. Again, it is a further edition.

    The division is locked, so editions are numbered one after another; the same `submission_key` gives the first
    snapshot back. Where the rules ask for no days of objection it is published at once.
    Raises DomainError `nothing_to_publish` or `too_few_people`.
    """
    key = submission_key or uuid.uuid4()
    Division.objects.select_for_update(no_key=True).get(pk=division.pk)
    replayed = RankingSnapshot.objects.filter(submission_key=key, published_by=by).first()
    if replayed is not None:
        return replayed
    today, starts_on = timezone.localdate(), period_start(period, period_starts_on)
    rules = RuleSet.objects.in_force(today, division.code)
    people = people_ranked(
        subject_kind=subject_kind, period=period, day=starts_on, division_code=division.code
    )
    check_enough_are_ranked(people=people, subject_kind=subject_kind, rules=rules)
    same = {
        "subject_kind": subject_kind,
        "period": period,
        "period_starts_on": starts_on,
        "division": division,
    }
    edition = RankingSnapshot.objects.filter(**same).aggregate(last=Max("edition"))["last"] or 0
    days = rules.ranking_objection_working_days
    snapshot = RankingSnapshot.objects.create(
        **same,
        edition=edition + 1,
        published_by=by,
        submission_key=key,
        objections_until=working_days_after(today, days) if days else None,
    )
    snapshot.people = freeze(snapshot)
    note_beside(snapshot)
    snapshot.refresh_from_db(fields=["last_batch", "unsealed"])
    snapshot.statement = signing.sign(_told(snapshot), kind=KIND)
    snapshot.save(update_fields=["people", "statement"])
    return snapshot if days else publish_ranking(snapshot=snapshot, by=by)


def _told(snapshot: RankingSnapshot) -> dict[str, str | int]:
    return {
        "ranking": snapshot.pk,
        "of": snapshot.subject_kind,
        "period": snapshot.period,
        "from": snapshot.period_starts_on.isoformat(),
        "division": snapshot.division_id,
        "edition": snapshot.edition,
        "frozen_at": snapshot.frozen_at.isoformat(timespec="seconds"),
        "lines": snapshot.people,
        "digest": digest(snapshot),
        "ledger": snapshot.last_batch.hash if snapshot.last_batch else "",
    }


def is_genuine(snapshot: RankingSnapshot) -> bool:
    """Whether the lines are those that were signed."""
    try:
        return dict(signing.verify(snapshot.statement, kind=KIND)) == _told(snapshot)
    except signing.NotGenuine:
        return False


def _locked(snapshot: RankingSnapshot) -> RankingSnapshot:
    return RankingSnapshot.objects.select_for_update(of=("self",)).get(pk=snapshot.pk)


@transaction.atomic
def publish_ranking(*, snapshot: RankingSnapshot, by: User) -> RankingSnapshot:
    """Publish what was frozen, after the days of objection and with every objection answered.

    A second click finds it published. Raises DomainError `still_open_to_objections`, `objections_wait` or
    `not_in_this_state`.
    """
    locked = _locked(snapshot)
    if locked.status == Status.PUBLISHED:
        return locked
    if locked.objections_until is not None and timezone.localdate() <= locked.objections_until:
        raise DomainError(
            "still_open_to_objections",
            _("Until %(day)s everybody may still object.") % {"day": locked.objections_until},
            help=_("Publish it on the day after."),
        )
    if locked.objections.filter(answered_at__isnull=True).exists():
        raise DomainError(
            "objections_wait",
            _("An objection has not been answered yet."),
            help=_("Answer it first; when it is right, withdraw this edition and prepare another."),
        )
    states.move(locked, Status.PUBLISHED, moves=RANKING_MOVES, by=by, published_at=timezone.now())
    publish(RankingPublished(snapshot_id=locked.pk))
    return locked


@transaction.atomic
def withdraw_ranking(*, snapshot: RankingSnapshot, reason: str, by: User) -> RankingSnapshot:
    """Take back what was frozen and not yet published; it stays on record with the reason.

    Raises DomainError `no_reason` or `not_in_this_state`.
    """
    check_in_own_words(reason)
    locked = _locked(snapshot)
    states.move(locked, Status.WITHDRAWN, moves=RANKING_MOVES, by=by, reason=reason.strip()[:300])
    return locked


@transaction.atomic
def object_to_ranking(
    *, snapshot: RankingSnapshot, words: str, by: User, submission_key: uuid.UUID | None = None
) -> RankingObjection:
    """Somebody says what is wrong while the ranking is open to objections. The same key is the first objection.

    Raises DomainError `no_reason` or `not_open_to_objections`.
    """
    check_in_own_words(words)
    locked, key = _locked(snapshot), submission_key or uuid.uuid4()
    replayed = RankingObjection.objects.filter(submission_key=key, by=by).first()
    if replayed is not None:
        return replayed
    if (
        locked.status != Status.PREPARED
        or locked.objections_until is None
        or timezone.localdate() > locked.objections_until
    ):
        raise DomainError(
            "not_open_to_objections",
            _("This ranking is no longer open to objections."),
            help=_("Ask for a correction of the record itself; the next edition will have it."),
        )
    return RankingObjection.objects.create(
        snapshot=locked, words=words.strip()[:300], by=by, submission_key=key
    )


@transaction.atomic
def answer_ranking_objection(*, objection: RankingObjection, answer: str, by: User) -> RankingObjection:
    """Raises DomainError `no_reason` or `own_objection`; a second answer leaves the first."""
    check_in_own_words(answer)
    locked = RankingObjection.objects.select_for_update().get(pk=objection.pk)
    if locked.by_id == by.pk:
        raise DomainError("own_objection", _("Somebody else of the centre answers your objection."))
    if locked.answered_at is None:
        locked.answer, locked.answered_by, locked.answered_at = answer.strip()[:300], by, timezone.now()
        locked.save(update_fields=["answer", "answered_by", "answered_at"])
    return locked
