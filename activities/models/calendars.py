"""A calendar that a phone subscribes to. The link is the key: it is kept as a digest and can be taken back."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class CalendarFeed(models.Model):
    class Alarm(models.IntegerChoices):
        NONE = 0, _("no reminder")
        HOUR = 60, _("an hour before")
        TWO_HOURS = 120, _("two hours before")
        DAY = 1440, _("a day before")

    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_feed")
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    alarm_minutes = models.PositiveSmallIntegerField(_("remind me"), choices=Alarm, default=Alarm.TWO_HOURS)
    made_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.user_id}"
