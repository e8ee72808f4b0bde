"""Conversations: one thread for each assignment and each activity, between those who take part and the worker.

What people write may hold what a household would not have told to others, so words and pictures are sealed at rest.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, in_subtrees
from activities.models import Activity, SignUp
from matching.models import Assignment

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

OPEN_AFTER = timedelta(
    days=7
)  # so long after the end something may still be said: a forgotten umbrella, thanks


class ThreadQuerySet(models.QuerySet["Thread"]):
    def visible_to(self, user: User | AnonymousUser) -> ThreadQuerySet:
        """Those who take part: who goes, the studio's lead, the household's contact and the worker who posted the
        need; who signed up for the activity and who organises it. Nobody else, whatever the role."""
        if not user.is_authenticated:
            return self.none()
        helps = Assignment.objects.filter(
            Q(volunteer__user=user)
            | Q(studio__lead=user)
            | Q(request__household__contact=user)
            | Q(request__posted_by=user)
        )
        comes = SignUp.objects.exclude(status=SignUp.Status.CANCELLED).filter(volunteer__user=user)
        return self.filter(
            Q(assignment__in=helps)
            | Q(activity__posted_by=user)
            | Q(activity__in=comes.values("shift__activity"), activity__status__in=Activity.PUBLIC_STATES)
        )


class Thread(models.Model):
    assignment = models.OneToOneField(
        Assignment, models.CASCADE, related_name="thread", null=True, blank=True
    )
    activity = models.OneToOneField(Activity, models.CASCADE, related_name="thread", null=True, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(assignment__isnull=False, activity__isnull=True)
                | Q(assignment__isnull=True, activity__isnull=False),
                name="a_thread_is_about_one_thing",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return (
            self.assignment.request.title if self.assignment else self.activity.title if self.activity else ""
        )

    @property
    def division_code(self) -> str:
        about = self.assignment.request if self.assignment else self.activity
        return about.division_id if about else ""

    @property
    def closes_at(self) -> datetime:
        about = self.assignment.request if self.assignment else self.activity
        return (about.ends_at if about else self.started_at) + OPEN_AFTER

    @property
    def is_open(self) -> bool:
        return timezone.now() < self.closes_at


class SaidQuerySet(models.QuerySet["Said"]):
    def visible_to(self, user: User | AnonymousUser) -> SaidQuerySet:
        return self.filter(thread__in=Thread.objects.visible_to(user))


class Said(models.Model):
    """One thing that somebody said. What was taken down after a report keeps its line, without the words."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="said")
    author = models.ForeignKey(User, models.PROTECT, related_name="said")
    seal_id = models.UUIDField(default=uuid.uuid4, editable=False)
    words = models.BinaryField(blank=True)
    picture = models.BinaryField(blank=True)  # a JPEG that we have drawn anew, sealed as base64
    said_at = models.DateTimeField(auto_now_add=True)
    taken_down_at = models.DateTimeField(null=True, blank=True)
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = SaidQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["thread", "-id"], name="said_in_thread")]

    def __str__(self) -> str:
        return f"{self.thread_id}: {self.author_id}, {self.said_at}"


class Listening(models.Model):
    """How far somebody has read a thread, and whether it stays silent for this person."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="listeners")
    user = models.ForeignKey(User, models.CASCADE, related_name="listens")
    read_up_to = models.BigIntegerField(default=0)  # id of the last Said
    is_muted = models.BooleanField(_("silent"), default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="listens_once_a_thread")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.thread_id} up to {self.read_up_to}"


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User | AnonymousUser) -> ReportQuerySet:
        """Staff in whose scope the need or the activity is."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            in_subtrees(user.scope_codes, "said__thread__assignment__request__division__code")
            | in_subtrees(user.scope_codes, "said__thread__activity__division__code")
        )

    def waiting(self) -> ReportQuerySet:
        return self.filter(decided_at__isnull=True)


class Report(models.Model):
    """Somebody finds that a thing should not have been said; staff decide."""

    said = models.ForeignKey(Said, models.CASCADE, related_name="reports")
    by = models.ForeignKey(User, models.PROTECT, related_name="reports_made")
    reason = models.CharField(_("what is wrong with it"), max_length=300)
    reported_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, related_name="reports_decided", null=True, blank=True
    )
    was_right = models.BooleanField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["said", "by"], name="reported_once_a_person")]

    def __str__(self) -> str:
        return f"{self.said_id}: {self.by_id}"
