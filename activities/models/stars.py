"""Stars: applied for, checked against the rules of the day, open to objections for some working days, then decided."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import RuleSet, User, Volunteer

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

MOST_STARS = 5


class StarApplicationQuerySet(models.QuerySet["StarApplication"]):
    def visible_to(self, user: User | AnonymousUser) -> StarApplicationQuerySet:
        """The own ones; for staff those of people who live in their area."""
        if not user.is_authenticated:
            return self.none()
        seen = Q(volunteer__user=user)
        for code in user.scope_codes:
            seen |= Q(volunteer__home_division__code__startswith=code)
        return self.filter(seen)

    def decidable_by(self, user: User) -> StarApplicationQuerySet:
        """Whom the rules name: the centre, or up to `stars_by_worker` also the worker of the place; never one's own."""
        reached = Q(pk__in=[])
        for code in user.centre_codes:
            reached |= Q(volunteer__home_division__code__startswith=code)
        for code in user.worker_codes:
            reached |= Q(
                volunteer__home_division__code__startswith=code, level__lte=models.F("rules__stars_by_worker")
            )
        return self.filter(reached).exclude(volunteer__user=user)

    def under_way(self) -> StarApplicationQuerySet:
        return self.filter(status__in=(StarApplication.Status.ASKED, StarApplication.Status.PUBLISHED))

    def in_publication(self, today: date) -> StarApplicationQuerySet:
        """Those that stand on the public page, with time left for objections."""
        return self.filter(status=StarApplication.Status.PUBLISHED, objections_until__gte=today)

    def granted(self) -> StarApplicationQuerySet:
        return self.filter(status=StarApplication.Status.APPROVED)


class StarApplication(models.Model):
    class Status(models.TextChoices):
        ASKED = "asked", _("Applied for")
        PUBLISHED = "published", _("Open to objections")
        APPROVED = "approved", _("Granted")
        REFUSED = "refused", _("Not granted")
        WITHDRAWN = "withdrawn", _("Taken back by the volunteer")
        REVOKED = "revoked", _("Revoked")

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="star_applications")
    level = models.PositiveSmallIntegerField(_("star"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ASKED)
    rules = models.ForeignKey(
        RuleSet, models.PROTECT, related_name="star_applications"
    )  # of the day it was asked
    minutes = models.PositiveIntegerField(_("minutes on that day"))
    asked_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    objections_until = models.DateField(_("objections until"), null=True, blank=True)  # this day included
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="decided_stars", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_because = models.CharField(_("reason"), max_length=300, blank=True)
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = StarApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=MOST_STARS), name="star_is_1_to_5"),
            models.UniqueConstraint(
                fields=["volunteer"],
                condition=Q(status__in=("asked", "published")),
                name="one_star_application_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["volunteer", "level"], condition=Q(status="approved"), name="a_star_is_granted_once"
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(objections_until__isnull=False),
                name="a_published_star_has_its_last_day",
            ),
        ]
        indexes = [models.Index(fields=["status", "-decided_at"], name="stars_by_status")]

    def __str__(self) -> str:
        return f"{self.volunteer}: {self.level}"


class StarObjectionQuerySet(models.QuerySet["StarObjection"]):
    def waiting(self) -> StarObjectionQuerySet:
        return self.filter(status=StarObjection.Status.RAISED)


class StarObjection(models.Model):
    """Somebody says why a star should not be granted. Who it was stays with those who decide."""

    class Status(models.TextChoices):
        RAISED = "raised", _("Waiting for an answer")
        UPHELD = "upheld", _("Found right")
        DISMISSED = "dismissed", _("Looked into, not confirmed")

    application = models.ForeignKey(StarApplication, models.PROTECT, related_name="objections")
    by = models.ForeignKey(User, models.PROTECT, related_name="star_objections")
    words = models.CharField(_("what speaks against it"), max_length=600)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.RAISED)
    raised_at = models.DateTimeField(auto_now_add=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, related_name="answered_star_objections", null=True, blank=True
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = StarObjectionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "by"], name="one_objection_a_person_and_application"
            )
        ]

    def __str__(self) -> str:
        return self.words[:40]
