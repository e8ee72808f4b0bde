"""What somebody must be able to prove for a place: a graph (a nurse includes first aid), and who holds what until when.

State Council Order 685, Art 16: work that needs a licence needs a holder whose licence is valid on the day of service.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Volunteer

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Qualification(models.Model):
    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    includes = models.ManyToManyField(
        "self", symmetrical=False, related_name="included_in", blank=True, verbose_name=_("includes")
    )

    class Meta:
        ordering = ["name_en"]

    def __str__(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name


class QualificationGrantQuerySet(models.QuerySet["QualificationGrant"]):
    def visible_to(self, user: User | AnonymousUser) -> QualificationGrantQuerySet:
        """One's own, and for the staff of a centre those of the people of its district."""
        if not user.is_authenticated:
            return self.none()
        seen = Q(volunteer__user=user)
        for code in user.centre_codes:
            seen |= Q(volunteer__home_division__code__startswith=code)
        return self.filter(seen)

    def to_check_by(self, user: User) -> QualificationGrantQuerySet:
        """What waits for this person of the centre; nobody checks the own papers."""
        reached = Q(pk__in=[])
        for code in user.centre_codes:
            reached |= Q(volunteer__home_division__code__startswith=code)
        return self.filter(reached, status=QualificationGrant.Status.CLAIMED).exclude(volunteer__user=user)


class QualificationGrant(models.Model):
    """A paper of a volunteer: what it proves, who issued it, until when it is valid, and who looked at it."""

    class Status(models.TextChoices):
        CLAIMED = "claimed", _("Waits for the centre")
        CHECKED = "checked", _("Checked")
        REFUSED = "refused", _("Not accepted")

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="qualification_grants")
    qualification = models.ForeignKey(Qualification, models.PROTECT, related_name="grants")
    issuer = models.CharField(_("issued by"), max_length=80)
    proof = models.CharField(_("number of the paper"), max_length=60)
    issued_on = models.DateField(_("issued on"))
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.CLAIMED)
    claimed_at = models.DateTimeField(auto_now_add=True)
    checked_by = models.ForeignKey(
        User, models.PROTECT, related_name="checked_qualifications", null=True, blank=True
    )
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = QualificationGrantQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=F("issued_on")),
                name="a_paper_expires_after_it_was_issued",
            ),
            models.CheckConstraint(
                condition=Q(status="claimed") | Q(checked_by__isnull=False),
                name="a_checked_paper_says_by_whom",
            ),
        ]
        indexes = [models.Index(fields=["volunteer", "status"], name="grants_of_volunteer")]

    def __str__(self) -> str:
        return f"{self.volunteer_id}: {self.qualification_id}"

    def is_valid_on(self, day: date) -> bool:
        return (
            self.status == self.Status.CHECKED
            and self.issued_on <= day
            and (self.expires_on is None or day <= self.expires_on)
        )
