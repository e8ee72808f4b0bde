"""What looks odd about hours: found by the site, decided by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Division, User, Volunteer, in_subtrees
from activities.models.hours import ServiceRecord

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class RecordCheckQuerySet(models.QuerySet["RecordCheck"]):
    def visible_to(self, user: User | AnonymousUser) -> RecordCheckQuerySet:
        """Staff of the place; never the person whose hours they are, who would learn what the site looks at."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(in_subtrees(user.scope_codes)).exclude(volunteer__user=user)

    def waiting(self) -> RecordCheckQuerySet:
        return self.filter(status=RecordCheck.Status.WAITING)


class RecordCheck(models.Model):
    """One doubt about one thing (`about`, for instance "record:7"); the same doubt is raised once."""

    class Kind(models.TextChoices):
        OVERLAP = "overlap", _("Two services at one time")
        TRAVEL = "travel", _("Too far in too short a time")
        CAP = "cap", _("More than the rules count")
        OPEN = "open", _("Checked in, never out")
        CIRCLE = "circle", _("The same few approve each other")

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting for a decision")
        RIGHT = "right", _("It is right as it is")
        CORRECTED = "corrected", _("Put right")
        SETTLED = "settled", _("Settled by itself")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    about = models.CharField(max_length=60)
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="record_checks")
    record = models.ForeignKey(
        ServiceRecord, models.PROTECT, related_name="checks", null=True, blank=True, db_index=True
    )
    division = models.ForeignKey(Division, models.PROTECT, related_name="record_checks")
    # what the sentence of the reason is made of: minutes, metres, names of the other service
    facts = models.JSONField(default=dict)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    raised_at = models.DateTimeField(auto_now_add=True)
    answer = models.CharField(_("why"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, related_name="decided_record_checks", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = RecordCheckQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "about"], name="a_doubt_once"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, status="waiting")
                | (Q(decided_at__isnull=False) & ~Q(status="waiting")),
                name="a_decided_check_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["division", "id"], condition=Q(status="waiting"), name="record_checks_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.about}"
