"""What a person asks to be corrected in the own record, and the answer (Order 67, Art 12 and 13)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.divisions import in_subtrees
from accounts.models.users import User
from accounts.models.volunteers import Volunteer


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def in_scope_of(self, user: User) -> CorrectionQuerySet:
        """Of the volunteers of the divisions that this person works for."""
        return self.filter(_within(user.scope_codes))

    def answerable_by(self, user: User) -> CorrectionQuerySet:
        """By the centre, which can mend the record; nobody answers the own question."""
        return self.filter(_within(user.centre_codes)).exclude(volunteer__user=user)

    def waiting(self) -> CorrectionQuerySet:
        return self.filter(status=Correction.Status.ASKED)


def _within(codes: list[str]) -> Q:
    return in_subtrees(codes, "volunteer__home_division__code")


class Correction(models.Model):
    class Status(models.TextChoices):
        ASKED = "asked", _("Waiting for an answer")
        CORRECTED = "corrected", _("Corrected")
        KEPT = "kept", _("Left as it is")

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="corrections")
    text = models.CharField(_("what is wrong"), max_length=500)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ASKED)
    asked_at = models.DateTimeField(auto_now_add=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, related_name="answered_record_corrections", null=True, blank=True
    )
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["volunteer", "-asked_at"], name="corrections_of_volunteer")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="asked", answered_at__isnull=True, answered_by__isnull=True)
                | Q(status__in=["corrected", "kept"], answered_at__isnull=False, answered_by__isnull=False),
                name="an_answered_correction_says_who_and_when",
            )
        ]

    def __str__(self) -> str:
        return self.text
