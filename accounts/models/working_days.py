"""Days that are no ordinary weekday or weekend, entered by the centre for years that the library does not know yet."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User


class CalendarDay(models.Model):
    day = models.DateField(_("day"), primary_key=True)
    is_working = models.BooleanField(_("a working day"), default=False)
    name = models.CharField(_("name"), max_length=40)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="calendar_days", null=True, blank=True)
    entered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
