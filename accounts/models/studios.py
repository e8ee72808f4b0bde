"""Studios (志愿者工作室): small teams of professionals who volunteer their trade, with capacity and credentials."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.divisions import Division, in_subtrees
from accounts.models.users import User
from accounts.models.volunteers import Volunteer
from core.codes import ServiceCategory, Skill
from core.geo import Point

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class StudioQuerySet(models.QuerySet["Studio"]):
    def visible_to(self, user: User | AnonymousUser) -> StudioQuerySet:
        """Verified studios are public; a lead sees the own one, staff those of their scope, in any state."""
        seen = Q(status=Studio.Status.VERIFIED)
        if user.is_authenticated:
            seen |= Q(lead=user) | in_subtrees(user.scope_codes)
        return self.filter(seen)

    def managed_by(self, user: User) -> StudioQuerySet:
        return self.filter(lead=user)

    def verified(self) -> StudioQuerySet:
        return self.filter(status=Studio.Status.VERIFIED)


class Studio(models.Model):
    class Status(models.TextChoices):
        APPLIED = "applied", _("Applied")
        VERIFIED = "verified", _("Verified")
        SUSPENDED = "suspended", _("Suspended")

    name = models.CharField(_("name"), max_length=80, unique=True)
    about = models.TextField(_("about"), blank=True)
    lead = models.ForeignKey(User, models.PROTECT, related_name="led_studios", verbose_name=_("lead"))
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="studios", verbose_name=_("neighbourhood")
    )
    address = models.CharField(_("address"), max_length=120, blank=True)
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    radius_m = models.PositiveIntegerField(
        _("how far we go (metres)"),
        default=6000,
        validators=[MinValueValidator(500), MaxValueValidator(30_000)],
    )
    slots = models.IntegerField(_("opening hours"), default=0)
    weekly_capacity = models.PositiveSmallIntegerField(_("services a week at most"), default=5)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.APPLIED)
    registered_at = models.DateTimeField(_("registered"), auto_now_add=True)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    # stands in every invitation; raising it ends all that were given out before
    invitation_round = models.PositiveIntegerField(default=0, editable=False)

    objects = StudioQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(slots__gte=0, slots__lt=1 << 24), name="studio_slots_are_24_bits"
            ),
            models.CheckConstraint(condition=Q(weekly_capacity__gte=1), name="studio_has_capacity"),
        ]
        indexes = [
            models.Index(
                OpClass("division", name="varchar_pattern_ops"), "status", name="studio_division_prefix"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def point(self) -> Point:
        return Point(self.lon, self.lat)


class StudioMember(models.Model):
    studio = models.ForeignKey(Studio, models.CASCADE, related_name="members")
    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="studio_memberships")
    duty = models.CharField(_("duty"), max_length=40, blank=True)
    joined_on = models.DateField(_("joined"), auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["studio", "volunteer"], name="once_a_member_of_a_studio")
        ]

    def __str__(self) -> str:
        return f"{self.volunteer}, {self.studio}"


class StudioService(models.Model):
    """What a studio offers."""

    studio = models.ForeignKey(Studio, models.CASCADE, related_name="services")
    name = models.CharField(_("service"), max_length=60)
    category = models.CharField(_("kind of service"), max_length=4, choices=ServiceCategory)
    skill = models.CharField(_("skill"), max_length=2, choices=Skill)
    is_remote = models.BooleanField(_("by phone or online"), default=False)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["studio", "name"], name="a_service_once_a_studio")]
        indexes = [models.Index(fields=["skill", "studio"], name="studios_of_skill")]

    def __str__(self) -> str:
        return self.name


class Credential(models.Model):
    """A licence of a studio: valid on the day of service or the studio is not asked (Order 685, Art 16)."""

    studio = models.ForeignKey(Studio, models.CASCADE, related_name="credentials")
    skill = models.CharField(_("skill"), max_length=2, choices=Skill)
    name = models.CharField(_("licence"), max_length=80)
    valid_until = models.DateField(_("valid until"))
    is_checked = models.BooleanField(_("checked by the centre"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["studio", "skill", "name"], name="a_credential_once_a_studio")
        ]

    def __str__(self) -> str:
        return self.name

    def is_valid_on(self, day: date) -> bool:
        return self.is_checked and self.valid_until >= day
