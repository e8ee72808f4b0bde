"""Households in need. Address, exact point, phone and health are sealed; everything else sees a cell of 500 m."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.divisions import Division, in_subtrees
from accounts.models.users import User
from core.codes import PeopleServed
from core.geo import Cell

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

SEALED = ("address", "phone", "point", "health")


class HouseholdQuerySet(models.QuerySet["Household"]):
    def visible_to(self, user: User | AnonymousUser) -> HouseholdQuerySet:
        """The household's own contact, workers of its division, staff of its district; nobody else."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(contact=user) | in_subtrees(user.scope_codes))

    def in_scope_of(self, user: User) -> HouseholdQuerySet:
        """For which this person works."""
        return self.filter(in_subtrees(user.scope_codes))

    def active(self) -> HouseholdQuerySet:
        return self.filter(status=Household.Status.ACTIVE)


class Household(models.Model):
    class Status(models.TextChoices):
        ACTIVE = "active", _("Being helped")
        ENDED = "ended", _("Help has ended")

    class ConsentBy(models.TextChoices):
        SELF = "self", _("the household itself")
        FAMILY = "family", _("a family member")
        GUARDIAN = "guardian", _("a legal guardian")

    # What staff call the case in lists: never a full name ("Grandma Chen, block 3" is the worker's choice)
    alias = models.CharField(_("short name of the case"), max_length=40)
    contact = models.ForeignKey(
        User,
        models.SET_NULL,
        related_name="contact_of",
        null=True,
        blank=True,
        verbose_name=_("contact with an account"),
    )
    contact_name = models.CharField(_("contact's name"), max_length=60)
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="households", verbose_name=_("neighbourhood")
    )
    people_served = ArrayField(
        models.CharField(max_length=2, choices=PeopleServed),
        verbose_name=_("who lives there"),
        default=list,
        blank=True,
    )
    seal_id = models.UUIDField(default=uuid.uuid4, editable=False)
    address = models.BinaryField(default=bytes)
    phone = models.BinaryField(default=bytes)
    point = models.BinaryField(default=bytes, blank=True)  # "lon,lat"
    health = models.BinaryField(default=bytes, blank=True)
    cell_column = models.IntegerField()
    cell_row = models.IntegerField()
    needs_two_people = models.BooleanField(_("visits only by two people"), default=False)
    is_sensitive = models.BooleanField(_("a person confirms before somebody is sent"), default=False)
    consent_by = models.CharField(_("consent given by"), max_length=10, choices=ConsentBy)
    consent_on = models.DateField(_("consent given on"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ACTIVE)
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="registered_households")
    registered_at = models.DateTimeField(auto_now_add=True)
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        ordering = ["alias", "id"]
        indexes = [
            models.Index(
                OpClass("division", name="varchar_pattern_ops"), "status", name="household_division_prefix"
            )
        ]

    def __str__(self) -> str:
        return self.alias

    @property
    def cell(self) -> Cell:
        return Cell(self.cell_column, self.cell_row)


class HouseholdMember(models.Model):
    """Somebody who lives there, as far as help needs to know; no names."""

    class Relation(models.TextChoices):
        HEAD = "head", _("Head of the household")
        PARTNER = "partner", _("Partner")
        CHILD = "child", _("Child")
        PARENT = "parent", _("Parent")
        OTHER = "other", _("Somebody else")

    household = models.ForeignKey(Household, models.CASCADE, related_name="members")
    relation = models.CharField(_("relation"), max_length=10, choices=Relation)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.get_relation_display())
