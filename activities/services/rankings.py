"""The centre publishes a ranking: a frozen snapshot, names only with consent on that day."""

import uuid
from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import Division, User
from activities.events import RankingPublished
from activities.models import RankingRow, RankingSnapshot
from activities.rankings import ranked, shown_lines
from activities.rules import period_start
from core.errors import DomainError
from core.events import publish

BATCH = 5000


@transaction.atomic
def publish_ranking(
    *,
    subject_kind: str,
    period: str,
    period_starts_on: date,
    division: Division,
    by: User,
    submission_key: uuid.UUID | None = None,
) -> RankingSnapshot:
    """Freeze the ranking as it stands. Published again, it is a further edition; earlier ones stay as they were.

    Names are written in the site's first language, because a publication is one document for everybody. The division
    is locked, so editions are numbered one after another; the same `submission_key` gives the first snapshot back.
    Raises DomainError `nothing_to_publish`.
    """
    key = submission_key or uuid.uuid4()
    Division.objects.select_for_update(no_key=True).get(pk=division.pk)
    replayed = RankingSnapshot.objects.filter(submission_key=key, published_by=by).first()
    if replayed is not None:
        return replayed
    starts_on = period_start(period, period_starts_on)
    same = {
        "subject_kind": subject_kind,
        "period": period,
        "period_starts_on": starts_on,
        "division": division,
    }
    edition = RankingSnapshot.objects.filter(**same).aggregate(last=Max("edition"))["last"] or 0
    tallies = list(
        ranked(subject_kind=subject_kind, period=period, day=starts_on, division_code=division.code)
    )
    if not tallies:
        raise DomainError(
            "nothing_to_publish",
            _("Nobody has hours in this period yet."),
            help=_("Choose another period or a wider area."),
        )
    snapshot = RankingSnapshot.objects.create(
        **same, edition=edition + 1, published_by=by, submission_key=key
    )
    with translation.override(settings.LANGUAGE_CODE):
        lines = shown_lines(subject_kind, tallies)
    RankingRow.objects.bulk_create(
        (
            RankingRow(
                snapshot=snapshot,
                place=line.place,
                subject_id=line.subject_id,
                shown_name=line.name[:120],
                minutes=line.minutes,
                services=line.services,
            )
            for line in lines
        ),
        batch_size=BATCH,
    )
    publish(RankingPublished(snapshot_id=snapshot.pk))
    return snapshot
