"""A volunteer asks to have a record put right; the answer is kept (Order 67, Art 12 and 13)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activities.models.hours import ServiceRecord

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class CorrectionRequestQuerySet(models.QuerySet["CorrectionRequest"]):
    def visible_to(self, user: User | AnonymousUser) -> CorrectionRequestQuerySet:
        return self.filter(record__in=ServiceRecord.objects.visible_to(user))

    def answerable_by(self, user: User) -> CorrectionRequestQuerySet:
        """Staff of the record's neighbourhood or district, never the person whose hours they are."""
        reached = Q(pk__in=[])
        for code in user.scope_codes:
            reached |= Q(record__division__code__startswith=code)
        return self.filter(reached).exclude(record__volunteer__user=user)

    def waiting(self) -> CorrectionRequestQuerySet:
        return self.filter(status=CorrectionRequest.Status.ASKED)

    def overdue(self, today: date) -> CorrectionRequestQuerySet:
        return self.waiting().filter(answer_by__lt=today)


class CorrectionRequest(models.Model):
    class Status(models.TextChoices):
        ASKED = "asked", _("Waiting for an answer")
        CORRECTED = "corrected", _("Corrected")
        KEPT = "kept", _("Left as it is")

    record = models.ForeignKey(ServiceRecord, models.PROTECT, related_name="correction_requests")
    words = models.CharField(_("what is wrong"), max_length=300)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ASKED)
    asked_at = models.DateTimeField(auto_now_add=True)
    answer_by = models.DateField(_("answer until"))  # this day included; working days by the rules of the day
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, related_name="answered_hour_corrections", null=True, blank=True
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = CorrectionRequestQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["answer_by"], condition=Q(status="asked"), name="corrections_by_deadline")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["record"], condition=Q(status="asked"), name="one_open_correction_a_record"
            )
        ]

    def __str__(self) -> str:
        return f"{self.record_id}: {self.words[:40]}"
