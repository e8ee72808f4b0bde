"""The chain over the ledger: whoever changes one record must change every head that was published after it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone


class LedgerPending(models.Model):
    """A record that is in no batch yet; written by a trigger of the ledger, taken when the next batch is closed."""

    record_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.record_id)


class LedgerBatch(models.Model):
    """Records that were closed together; append-only like the ledger (migration 0008)."""

    month = models.DateField()  # the first day of the local month in which the batch was closed
    number = models.PositiveIntegerField()  # from 1 in each month
    previous_hash = models.CharField(max_length=64)  # of the batch before, or of the month before
    record_ids = ArrayField(models.BigIntegerField())
    minutes = models.BigIntegerField()
    entries_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    closed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["month", "number"], name="one_batch_a_number")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} no. {self.number}"


class LedgerHead(models.Model):
    """The end of a month's chain, signed and published when the month is over; append-only."""

    month = models.DateField(primary_key=True)
    batches = models.PositiveIntegerField()
    records = models.PositiveIntegerField()
    minutes = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    statement = models.TextField()  # core.signing, kind "ledger-head"
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
