"""Awards and training in a volunteer's record (Order 67, Art 8 and 9). An entry made by mistake is struck, not lost."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Volunteer

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Entry(models.Model):
    """Who wrote it, and whether it was struck since."""

    entered_at = models.DateTimeField(auto_now_add=True)
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_because = models.CharField(_("reason"), max_length=300, blank=True)
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class AwardQuerySet(models.QuerySet["Award"]):
    def visible_to(self, user: User | AnonymousUser) -> AwardQuerySet:
        return self.filter(of_people_seen_by(user))

    def standing(self) -> AwardQuerySet:
        return self.filter(struck_at__isnull=True)


class TrainingQuerySet(models.QuerySet["Training"]):
    def visible_to(self, user: User | AnonymousUser) -> TrainingQuerySet:
        return self.filter(of_people_seen_by(user))

    def standing(self) -> TrainingQuerySet:
        return self.filter(struck_at__isnull=True)


def of_people_seen_by(user: User | AnonymousUser) -> Q:
    """The own entries, those that one wrote, and those of people who live in one's area."""
    if not user.is_authenticated:
        return Q(pk__in=[])
    seen = Q(volunteer__user=user) | Q(entered_by=user)
    for code in user.scope_codes:
        seen |= Q(volunteer__home_division__code__startswith=code)
    return seen


class Award(Entry):
    """Art 9: name, date, granted by."""

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="awards")
    name = models.CharField(_("name of the award"), max_length=120)
    granted_on = models.DateField(_("granted on"))
    granted_by = models.CharField(_("granted by"), max_length=120)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="entered_awards")
    struck_by = models.ForeignKey(User, models.PROTECT, related_name="struck_awards", null=True, blank=True)

    objects = AwardQuerySet.as_manager()

    class Meta:
        ordering = ["-granted_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer", "name", "granted_on", "granted_by"],
                condition=Q(struck_at__isnull=True),
                name="an_award_is_entered_once",
            )
        ]
        indexes = [models.Index(fields=["volunteer", "-granted_on"], name="awards_of_volunteer")]

    def __str__(self) -> str:
        return self.name


class Training(Entry):
    """Art 8: name, content, hours of study, organiser, date; kind and way as the national system codes them."""

    class Kind(models.TextChoices):
        GENERAL = "1", _("General training")
        POST = "2", _("Training for a post")
        PROFESSIONAL = "3", _("Professional training")

    class Way(models.TextChoices):
        REMOTE = "1", _("Remote")
        IN_PERSON = "2", _("In a classroom")

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="trainings")
    name = models.CharField(_("name of the training"), max_length=120)
    content = models.CharField(_("content"), max_length=300)
    study_minutes = models.PositiveIntegerField(_("time of study (minutes)"))
    organiser = models.CharField(_("organised by"), max_length=120)
    held_on = models.DateField(_("date"))
    kind = models.CharField(_("kind of training"), max_length=1, choices=Kind, default=Kind.GENERAL)
    way = models.CharField(_("way"), max_length=1, choices=Way, default=Way.IN_PERSON)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="entered_trainings")
    struck_by = models.ForeignKey(
        User, models.PROTECT, related_name="struck_trainings", null=True, blank=True
    )

    objects = TrainingQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer", "name", "held_on", "organiser"],
                condition=Q(struck_at__isnull=True),
                name="a_training_is_entered_once",
            ),
            models.CheckConstraint(condition=Q(study_minutes__gt=0), name="a_training_takes_time"),
        ]
        indexes = [models.Index(fields=["volunteer", "-held_on"], name="trainings_of_volunteer")]

    def __str__(self) -> str:
        return self.name
