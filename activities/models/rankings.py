"""Published rankings: frozen on the day, names only with consent (Shanghai volunteer regulation, Art 12)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Division, User, in_subtrees
from activities.models.chain import LedgerBatch
from activities.models.tallies import Tally

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class RankingSnapshotQuerySet(models.QuerySet["RankingSnapshot"]):
    def visible_to(self, user: User | AnonymousUser) -> RankingSnapshotQuerySet:
        """What is open to objections or published is for everybody; what was withdrawn only for the centre."""
        seen = ~Q(status=RankingSnapshot.Status.WITHDRAWN)
        if user.is_authenticated:
            seen |= in_subtrees(user.centre_codes)
        return self.filter(seen)

    def published(self) -> RankingSnapshotQuerySet:
        return self.filter(status=RankingSnapshot.Status.PUBLISHED)


class RankingSnapshot(models.Model):
    class Status(models.TextChoices):
        PREPARED = "prepared", _("Open to objections")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    subject_kind = models.CharField(max_length=12, choices=Tally.Subject)
    period = models.CharField(max_length=8, choices=Tally.Period)
    period_starts_on = models.DateField()
    division = models.ForeignKey(Division, models.PROTECT, related_name="ranking_snapshots")
    # a corrected ranking is a further edition, never an overwrite
    edition = models.PositiveSmallIntegerField(default=1)
    published_by = models.ForeignKey(User, models.PROTECT, related_name="published_rankings")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PREPARED)
    frozen_at = models.DateTimeField(default=timezone.now)
    objections_until = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    people = models.PositiveIntegerField(default=0)  # lines, whatever they are
    # the state of the ledger: every batch up to this one, and these records that were in no batch yet
    last_batch = models.ForeignKey(
        LedgerBatch, models.PROTECT, related_name="ranking_snapshots", null=True, blank=True
    )
    unsealed = ArrayField(models.BigIntegerField(), default=list, blank=True)
    statement = models.TextField(blank=True)  # core.signing, kind "ranking"
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = RankingSnapshotQuerySet.as_manager()

    class Meta:
        ordering = ["-frozen_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "period", "period_starts_on", "division", "edition"],
                name="one_snapshot_an_edition",
            )
        ]

    def __str__(self) -> str:
        return _("Ranking of %(division)s, %(day)s") % {
            "division": self.division,
            "day": self.period_starts_on,
        }

    def get_absolute_url(self) -> str:
        return reverse("activities:snapshot", args=[self.pk])


class RankingRow(models.Model):
    snapshot = models.ForeignKey(RankingSnapshot, models.CASCADE, related_name="rows", db_index=False)
    position = (
        models.PositiveIntegerField()
    )  # 1, 2, 3 …: a page is a stretch of positions, whatever its number
    place = models.PositiveIntegerField()  # those who tie share it
    subject_id = models.BigIntegerField()
    shown_name = models.CharField(max_length=120)
    minutes = models.IntegerField()
    services = models.IntegerField()
    # beside the hours, for the places that a reader sees first (services/rankings.py)
    reliability = models.PositiveSmallIntegerField(null=True, blank=True)  # percent of promises kept
    streak_weeks = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "position"], name="a_position_once_a_snapshot"),
            models.UniqueConstraint(fields=["snapshot", "subject_id"], name="a_subject_once_a_snapshot"),
        ]

    def __str__(self) -> str:
        return f"{self.place}. {self.shown_name}"


class RankingObjection(models.Model):
    """Somebody says, while a ranking is open to objections, what is wrong with it; answered before it is published."""

    snapshot = models.ForeignKey(RankingSnapshot, models.CASCADE, related_name="objections")
    by = models.ForeignKey(User, models.PROTECT, related_name="ranking_objections")
    words = models.CharField(_("what is wrong"), max_length=300)
    made_at = models.DateTimeField(auto_now_add=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, related_name="answered_ranking_objections", null=True, blank=True
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.words[:40]
