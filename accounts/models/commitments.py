"""What activities and matching must agree on: nobody is in two places at once, nobody is asked too often."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.households import Household
from accounts.models.users import User
from accounts.models.volunteers import Volunteer


class SourceKind(models.TextChoices):
    """The thing above that a row stands for; kept with its id, not with a foreign key upward."""

    SIGN_UP = "sign-up", _("Sign-up")
    ASSIGNMENT = "assignment", _("Assignment")
    OFFER = "offer", _("Offer")
    STAND_IN = "stand-in", _("Question whether to stand in")
    CALL = "call", _("Call for a free place")


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def overlapping(self, starts_at: datetime, ends_at: datetime) -> CommitmentQuerySet:
        return self.filter(period__overlap=(starts_at, ends_at))


class Commitment(models.Model):
    """A period promised by a volunteer. Half-open, so back to back is no clash; the constraint forbids overlaps."""

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="commitments")
    period = DateTimeRangeField(default_bounds="[)")
    source_kind = models.CharField(max_length=12, choices=SourceKind)
    source_id = models.BigIntegerField()

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="commitments_of_a_volunteer_do_not_overlap",
                expressions=[("volunteer", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
            models.UniqueConstraint(fields=["source_kind", "source_id"], name="one_commitment_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id}: {self.source_kind} {self.source_id}"


class AskLedger(models.Model):
    """One line for each time somebody was asked, by offers and calls for shifts alike: the contact budget."""

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="asks")
    asked_at = models.DateTimeField()
    source_kind = models.CharField(max_length=12, choices=SourceKind)
    source_id = models.BigIntegerField()
    exceeds_budget = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source_kind", "source_id"], name="one_ask_a_source")]
        indexes = [models.Index(fields=["volunteer", "-asked_at"], name="asks_of_volunteer")]

    def __str__(self) -> str:
        return f"{self.volunteer_id}: {self.asked_at}"


class BlockedPairQuerySet(models.QuerySet["BlockedPair"]):
    def standing(self) -> BlockedPairQuerySet:
        return self.filter(ended_at__isnull=True)


class BlockedPair(models.Model):
    """A volunteer who is never asked for this household (safeguarding, a former conflict, a wish), until it ends.

    An ended one stays as a record; the same two may be kept apart again.
    """

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="blocked_households")
    household = models.ForeignKey(Household, models.CASCADE, related_name="blocked_volunteers")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_because = models.CharField(_("why it ended"), max_length=200, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = BlockedPairQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer", "household"],
                condition=Q(ended_at__isnull=True),
                name="a_pair_is_blocked_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="a_blocked_pair_is_ended_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["household", "-made_at"], name="blocked_pairs_of_household")]

    def __str__(self) -> str:
        return f"{self.volunteer_id} x {self.household_id}"
