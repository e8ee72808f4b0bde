"""What the platform learned, how it was judged, and the runs that staff start and leave."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

STUCK_AFTER = timedelta(minutes=10)  # one more than the task may live


class AcceptanceVersionQuerySet(models.QuerySet["AcceptanceVersion"]):
    def in_force(self) -> AcceptanceVersionQuerySet:
        """The version that answers, or none: then the rules written by hand do."""
        return self.filter(status=AcceptanceVersion.Status.SERVED)


class AcceptanceVersion(models.Model):
    """One learned model of who says yes, with the figures on weeks that it had not seen."""

    class Status(models.TextChoices):
        READY = "ready", _("Better, not in use")
        NOT_BETTER = "not-better", _("Not better")
        SERVED = "served", _("In use")
        RETIRED = "retired", _("Replaced")

    version = models.CharField(_("version"), max_length=40, unique=True)
    status = models.CharField(_("status"), max_length=10, choices=Status)
    trained_at = models.DateTimeField()
    rows = models.PositiveIntegerField(_("answers learned from"))
    held_out = models.PositiveIntegerField(_("answers judged on"))
    people = models.PositiveIntegerField(_("people with an effect of their own"))
    weeks = models.PositiveSmallIntegerField(_("weeks of history"))
    features = models.JSONField(default=list)
    # challenger, champion, prior, logistic: {log_loss, auc, ece}; curve, segments, weight: learning/training.py
    metrics = models.JSONField(default=dict)
    profile = models.JSONField(default=dict)  # how each feature was spread: matching/learning/drift.py
    promoted_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    # staff who went back to an earlier model; null when a better one replaced it
    rolled_back_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    # plain arrays and their seal (matching/learning/artefact.py); empty when it never won or is long replaced
    artefact = models.BinaryField(default=bytes, blank=True)
    seal = models.CharField(max_length=64, blank=True)

    objects = AcceptanceVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-trained_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["status"], condition=Q(status="served"), name="one_model_is_in_force"
            ),
            models.CheckConstraint(
                condition=~Q(status="served") | Q(promoted_at__isnull=False, retired_at__isnull=True),
                name="model_in_force_was_promoted",
            ),
        ]

    def __str__(self) -> str:
        return self.version


class RunQuerySet(models.QuerySet["Run"]):
    def stuck(self) -> RunQuerySet:
        """Those whose task was lost in the queue, or whose worker died."""
        now = timezone.now()
        lost = Q(status=Run.Status.WAITING, asked_at__lt=now - timedelta(minutes=1))
        return self.filter(lost | Q(status=Run.Status.RUNNING, started_at__lt=now - STUCK_AFTER))

    def running(self) -> RunQuerySet:
        return self.filter(status__in=(Run.Status.WAITING, Run.Status.RUNNING))


class Run(models.Model):
    """Long work that somebody started and may leave: training, the laboratory, or a plan from everybody."""

    class Kind(models.TextChoices):
        TRAINING = "training", _("Training of the model")
        LABORATORY = "laboratory", _("Laboratory")
        PLANNING = "planning", _("Plan from everybody")

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting for its turn")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Gave up")

    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    # null: the night
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # how often it was taken up without getting further
    attempts = models.PositiveSmallIntegerField(default=0)
    percent = models.PositiveSmallIntegerField(default=0)
    # training: promoted, ready, not_better, too_few, one_sided, nothing_new; the others: done; all: gave_up
    outcome = models.CharField(max_length=20, blank=True)
    params = models.JSONField(default=dict, blank=True)
    result = models.JSONField(default=dict, blank=True)
    version = models.ForeignKey(
        AcceptanceVersion, models.SET_NULL, related_name="runs", null=True, blank=True
    )
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(status__in=("waiting", "running"), kind__in=("training", "laboratory")),
                name="one_run_of_a_kind_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["asked_by"],
                condition=Q(status__in=("waiting", "running"), kind="planning"),
                name="one_planning_of_a_person_at_a_time",
            ),
            models.CheckConstraint(condition=Q(percent__lte=100), name="run_is_100_percent_at_most"),
        ]
        indexes = [models.Index(fields=["kind", "-id"], name="runs_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_running(self) -> bool:
        return self.status in (Run.Status.WAITING, Run.Status.RUNNING)
