"""What stands beneath every app: the log of readings, the history of states, the worker's pulse."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """Why a sensitive field was read (Personal Information Protection Law, Art 28)."""

    SERVE = "serve", _("to give the accepted service")
    REGISTER = "register", _("to register or correct the household")
    POST_NEED = "post-need", _("to post a need")
    SUPERVISE = "supervise", _("to supervise a case")
    MATCH = "match", _("to find people nearby")
    OWN = "own", _("the person's own record")


class SensitiveReading(models.Model):
    """One reading of sensitive fields: who, whose, which, why, when. Append-only: a trigger refuses the rest."""

    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="sensitive_readings", null=True, blank=True
    )
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    fields = ArrayField(models.CharField(max_length=40))
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    read_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id", "-read_at"], name="reading_of_subject")]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}: {', '.join(self.fields)}"


class StateChange(models.Model):
    """One move of one thing from a state to another. Append-only by a trigger; written by `core.states.move`."""

    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    before = models.CharField(max_length=20)
    after = models.CharField(max_length=20)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="state_changes", null=True, blank=True
    )
    reason = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id", "id"], name="changes_of_subject")]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}: {self.before} -> {self.after}"


class Heartbeat(models.Model):
    """When a background process was last seen; `/readyz` looks at it."""

    name = models.CharField(max_length=40, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
