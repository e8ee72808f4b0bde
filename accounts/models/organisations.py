"""Units and social organisations; half of a dual registration (双报到) is the membership in one's unit."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.divisions import Division
from accounts.models.users import User
from core.codes import OrganisationClass


class Organisation(models.Model):
    class Kind(models.TextChoices):
        UNIT = "unit", _("Workplace unit")
        PUBLIC_BENEFIT = "benefit", _("Public-benefit organisation")
        TRADE = "trade", _("Trade association")
        COMMUNITY = "community", _("Community group")
        PUBLIC_BODY = "public", _("Public body")
        COMMITTEE = "committee", _("Residents' committee")

    class HowToJoin(models.TextChoices):
        APPROVAL = "1", _("By approval")
        OPEN = "2", _("Open to the verified")
        CLOSED = "3", _("Closed to new members")
        CODE = "4", _("By code")

    name = models.CharField(_("name"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.UNIT)
    organisation_class = models.CharField(
        _("class"), max_length=1, choices=OrganisationClass, default=OrganisationClass.TEAM
    )
    is_registered = models.BooleanField(_("registered"), default=False)
    how_to_join = models.CharField(_("how to join"), max_length=1, choices=HowToJoin, default=HowToJoin.OPEN)
    join_code = models.CharField(_("code to join by"), max_length=20, blank=True)
    division = models.ForeignKey(Division, models.PROTECT, related_name="organisations")
    about = models.TextField(_("about"), blank=True)
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person registered with a unit; hours count for the unit and for the home neighbourhood both."""

    class Status(models.TextChoices):
        APPLIED = "applied", _("Applied")
        MEMBER = "member", _("Member")
        LEFT = "left", _("Has left")

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.MEMBER)
    is_manager = models.BooleanField(_("manages the organisation"), default=False)
    joined_on = models.DateField(_("joined"), auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation"], name="one_membership_of_a_unit")
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.organisation}"
