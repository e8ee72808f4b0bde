"""Who is told what: the inbox is the outbox. A row is written with the fact; tasks bring it to its channels."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class RecipientSequence(models.Model):
    """The last number given to a message of this person; raised under the row's lock in the writing transaction.

    Identity values become visible out of commit order; these do not, so a client that has 7 has everything up to 7.
    A deferred trigger (migration 0002) gives the numbers when the transaction commits, to all its messages at once
    and in the order of the recipients: whoever tells several people, one after the other and in any order, holds no
    lock while still at work and cannot meet another in a deadlock.
    """

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="message_sequence")
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.last}"


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User) -> NotificationQuerySet:
        return self.filter(user=user)

    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at__isnull=True)

    def after(self, sequence: int) -> NotificationQuerySet:
        """What a client that has everything up to `sequence` has not, in order."""
        return self.filter(sequence__gt=sequence).order_by("sequence")


class Notification(models.Model):
    user = models.ForeignKey(User, models.CASCADE, related_name="notifications")
    sequence = models.BigIntegerField(null=True, editable=False)  # none before the commit
    kind = models.CharField(max_length=40)  # notifications/catalogue.py
    # what the catalogue puts into the sentences; ids and public words, nothing sensitive
    params = models.JSONField(default=dict)
    link = models.CharField(max_length=200, blank=True)
    # the same fact told twice to the same person is one message
    dedupe_key = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "sequence"], name="a_number_once_a_recipient"),
            models.UniqueConstraint(fields=["user", "dedupe_key"], name="a_fact_once_a_recipient"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="inbox_of_user"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="unread_of_user"),
            models.Index(fields=["user"], condition=Q(sequence__isnull=True), name="not_yet_numbered"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} #{self.sequence}: {self.kind}"


class Delivery(models.Model):
    """One message on one channel."""

    class Channel(models.TextChoices):
        SOCKET = "socket", _("Live")
        EMAIL = "email", _("E-mail")
        PUSH = "push", _("Push")
        SMS = "sms", _("Text message")
        WECHAT = "wechat", _("WeChat")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        OBSOLETE = "obsolete", _("No longer true, not sent")
        UNWANTED = "unwanted", _("No longer wanted, not sent")
        FAILED = "failed", _("Failed")

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=Channel)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    in_digest = models.BooleanField(default=False)  # goes out together with the others of this person

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notification", "channel"], name="once_a_channel")]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="deliveries_waiting"),
            models.Index(fields=["-id"], condition=Q(state="failed"), name="deliveries_failed"),
            models.Index(
                fields=["notification"], condition=Q(in_digest=True, state="waiting"), name="in_digest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notification_id}, {self.channel}: {self.state}"


class Pulse(models.Model):
    """Something on these pages changed: whoever has one open looks again. Only topics, no content; insert-only, so that
    no row makes a district wait. Sent by the task after commit, or by the sweep."""

    topics = ArrayField(models.CharField(max_length=60))
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], condition=Q(sent_at__isnull=True), name="pulses_waiting"),
            models.Index(fields=["sent_at"], name="pulses_sent"),
        ]

    def __str__(self) -> str:
        return ", ".join(self.topics)
