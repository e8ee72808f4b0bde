"""Published rankings: frozen on the day, names only with consent (Shanghai volunteer regulation, Art 12)."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Division, User
from activities.models.hours import Tally


class RankingSnapshot(models.Model):
    subject_kind = models.CharField(max_length=10, choices=Tally.Subject)
    period = models.CharField(max_length=6, choices=Tally.Period)
    period_starts_on = models.DateField()
    division = models.ForeignKey(Division, models.PROTECT, related_name="ranking_snapshots")
    # a corrected ranking is a further edition, never an overwrite
    edition = models.PositiveSmallIntegerField(default=1)
    published_by = models.ForeignKey(User, models.PROTECT, related_name="published_rankings")
    published_at = models.DateTimeField(auto_now_add=True)
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        ordering = ["-published_at"]
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


class RankingRow(models.Model):
    snapshot = models.ForeignKey(RankingSnapshot, models.CASCADE, related_name="rows")
    place = models.PositiveIntegerField()
    subject_id = models.BigIntegerField()
    shown_name = models.CharField(max_length=120)
    minutes = models.IntegerField()
    services = models.IntegerField()

    class Meta:
        ordering = ["place", "id"]
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "subject_id"], name="a_subject_once_a_snapshot")
        ]

    def __str__(self) -> str:
        return f"{self.place}. {self.shown_name}"
