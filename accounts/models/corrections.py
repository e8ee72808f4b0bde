"""What a person asks to be corrected in the own record, and the answer (Order 67, Art 12 and 13)."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User
from accounts.models.volunteers import Volunteer


class Correction(models.Model):
    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="corrections")
    text = models.CharField(_("what is wrong"), max_length=500)
    asked_at = models.DateTimeField(auto_now_add=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, related_name="answered_record_corrections", null=True, blank=True
    )
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["volunteer", "-asked_at"], name="corrections_of_volunteer")]

    def __str__(self) -> str:
        return self.text
