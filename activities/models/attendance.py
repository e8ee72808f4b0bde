"""Who really came: planned, observed and approved time are three facts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from activities.models.sign_ups import SignUp


class Attendance(models.Model):
    """One pair of check-in and check-out; open until checked out."""

    sign_up = models.ForeignKey(SignUp, models.CASCADE, related_name="attendances")
    checked_in_at = models.DateTimeField()
    checked_out_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["checked_in_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["sign_up"], condition=Q(checked_out_at__isnull=True), name="one_open_check_in"
            ),
            models.CheckConstraint(
                condition=Q(checked_out_at__isnull=True) | Q(checked_out_at__gte=F("checked_in_at")),
                name="checked_out_after_checked_in",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sign_up_id}: {self.checked_in_at:%H:%M}"
