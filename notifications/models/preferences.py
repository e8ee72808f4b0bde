"""What a person wants to be told, by which channel and when; and the addresses that only messages need."""

from __future__ import annotations

from datetime import time

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications.models.messages import Delivery


class Preferences(models.Model):
    """When this person is told. Whoever never chose has no row, and the defaults hold."""

    class Rhythm(models.TextChoices):
        NOW = "now", _("At once")
        DAILY = "daily", _("Once a day, together")
        WEEKLY = "weekly", _("Once a week, together")

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="preferences")
    rhythm = models.CharField(_("e-mails that can wait"), max_length=6, choices=Rhythm, default=Rhythm.NOW)
    digest_hour = models.PositiveSmallIntegerField(_("hour of the collected mail"), default=18)
    digest_weekday = models.PositiveSmallIntegerField(_("day of the collected mail"), default=0)  # 0 = Monday
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True, default=time(22))
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True, default=time(7))
    is_mail_quiet = models.BooleanField(_("hold back e-mails, too"), default=False)
    lead_minutes = models.PositiveSmallIntegerField(_("reminder before the start (minutes)"), default=120)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(digest_hour__lt=24), name="digest_hour_is_an_hour"),
            models.CheckConstraint(condition=Q(digest_weekday__lt=7), name="digest_weekday_is_a_day"),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="quiet_hours_begin_and_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.rhythm}"


class Choice(models.Model):
    """One switch: this channel, on or off, for a group of kinds or for one kind. The kind's goes before the group's."""

    user = models.ForeignKey(User, models.CASCADE, related_name="message_choices")
    scope = models.CharField(max_length=40)  # a Group, or the name of a kind (notifications/catalogue)
    channel = models.CharField(max_length=8, choices=Delivery.Channel)
    is_on = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "scope", "channel"], name="one_switch_a_scope_and_channel"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.scope} {self.channel} {self.is_on}"


class PushSubscription(models.Model):
    """A browser that this person allowed to show messages (Push API). The keys are the browser's, RFC 8291."""

    user = models.ForeignKey(User, models.CASCADE, related_name="push_subscriptions")
    endpoint = models.URLField(max_length=500, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    device = models.CharField(_("device"), max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["user"], name="push_subscriptions_of_user")]

    def __str__(self) -> str:
        return self.device or self.endpoint


class WechatBinding(models.Model):
    """Who this person is for our official account in WeChat: an openid means nothing to any other account."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="wechat")
    openid = models.CharField(max_length=64, unique=True)
    bound_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.openid}"
