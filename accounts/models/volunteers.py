"""Volunteers: skills, free time, home area (Order 67 of the Ministry of Civil Affairs, Art 5)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.divisions import Division, in_subtrees
from accounts.models.users import User
from core.codes import IdType, ServiceCategory, Sex, Skill
from core.geo import Point

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class VolunteerQuerySet(models.QuerySet["Volunteer"]):
    def visible_to(self, user: User | AnonymousUser) -> VolunteerQuerySet:
        """One's own record; for workers those of their division; for the centre those of its district."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(user=user) | in_subtrees(user.scope_codes, "home_division__code"))

    def within(self, code: str) -> VolunteerQuerySet:
        return self.filter(home_division__code__startswith=code)

    def verified(self) -> VolunteerQuerySet:
        return self.filter(status=Volunteer.Status.VERIFIED)

    def at_home(self, day: date) -> VolunteerQuerySet:
        """Those who are not on holiday that day."""
        return self.exclude(user__away_from__lte=day, user__away_until__gte=day)

    def applied(self) -> VolunteerQuerySet:
        return self.filter(status=Volunteer.Status.APPLIED)


class Volunteer(models.Model):
    class Status(models.TextChoices):
        APPLIED = "applied", _("Applied")
        VERIFIED = "verified", _("Verified")
        SUSPENDED = "suspended", _("Suspended")

    user = models.OneToOneField(User, models.PROTECT, related_name="volunteer")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.APPLIED)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, blank=True)
    born_on = models.DateField(_("date of birth"), null=True, blank=True)
    id_type = models.CharField(_("kind of ID"), max_length=2, choices=IdType, blank=True)
    seal_id = models.UUIDField(default=uuid.uuid4, editable=False)
    id_number = models.BinaryField(default=bytes, blank=True)  # sealed (core.audit)
    home_division = models.ForeignKey(
        Division, models.PROTECT, related_name="volunteers", verbose_name=_("home neighbourhood")
    )
    # the middle of a square of 100 m (core.geo.snapped), never the door
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    radius_m = models.PositiveIntegerField(
        _("how far I go (metres)"),
        default=3000,
        validators=[MinValueValidator(500), MaxValueValidator(30_000)],
    )
    categories = ArrayField(
        models.CharField(max_length=4, choices=ServiceCategory),
        verbose_name=_("kinds of service"),
        default=list,
        blank=True,
    )
    slots = models.IntegerField(_("free time"), default=0)  # core.slots: slot 1 in bit 0
    speaks = models.CharField(_("languages and dialects"), max_length=100, blank=True)
    has_guardian_consent = models.BooleanField(_("guardian's consent is on record"), default=False)
    publishes_name = models.BooleanField(_("my name may be published"), default=False)
    stars = models.PositiveSmallIntegerField(_("stars"), default=0, editable=False)  # granted, see activities
    accepts_pushes = models.BooleanField(_("ask me for what suits me"), default=True)
    weekly_asks = models.PositiveSmallIntegerField(_("offers a week at most"), null=True, blank=True)
    registered_at = models.DateTimeField(_("registered"), auto_now_add=True)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = VolunteerQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(categories__len__lte=4), name="volunteer_has_4_categories_at_most"
            ),
            models.CheckConstraint(condition=Q(stars__lte=5), name="volunteer_has_5_stars_at_most"),
            models.CheckConstraint(
                condition=Q(slots__gte=0, slots__lt=1 << 24), name="volunteer_slots_are_24_bits"
            ),
            models.CheckConstraint(
                condition=Q(radius_m__gte=500, radius_m__lte=30_000), name="volunteer_radius_500_to_30000"
            ),
        ]
        indexes = [
            models.Index(
                OpClass("home_division", name="varchar_pattern_ops"), "status", name="volunteer_home_prefix"
            ),
            models.Index(fields=["status", "-registered_at"], name="volunteer_by_status"),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def home(self) -> Point:
        return Point(self.lon, self.lat)

    @property
    def public_name(self) -> str:
        """The name with consent, else the surname and 志愿者 (Shanghai volunteer regulation, Art 12)."""
        return public_name(self.user.name, consents=self.publishes_name)

    def age_on(self, day: date) -> int | None:
        """Full years, None when the date of birth is not known."""
        if self.born_on is None:
            return None
        return day.year - self.born_on.year - ((day.month, day.day) < (self.born_on.month, self.born_on.day))


def public_name(name: str, *, consents: bool) -> str:
    return name if consents else str(_("%(surname)s, volunteer")) % {"surname": name[:1]}


class VolunteerSkill(models.Model):
    """A skill of a volunteer, with the licence where the rules ask for one (State Council Order 685, Art 16)."""

    class Level(models.IntegerChoices):
        BASIC = 1, _("Can help")
        GOOD = 2, _("Practised")
        PROFESSIONAL = 3, _("Professional")

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="skills")
    skill = models.CharField(_("skill"), max_length=2, choices=Skill)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level, default=Level.GOOD)
    licence_name = models.CharField(_("licence"), max_length=80, blank=True)
    licence_valid_until = models.DateField(_("licence valid until"), null=True, blank=True)
    is_licence_checked = models.BooleanField(_("licence was checked by the centre"), default=False)

    class Meta:
        ordering = ["skill"]
        constraints = [
            models.UniqueConstraint(fields=["volunteer", "skill"], name="a_skill_once_a_volunteer")
        ]
        indexes = [models.Index(fields=["skill", "volunteer"], name="volunteers_of_skill")]

    def __str__(self) -> str:
        return str(self.get_skill_display())

    def is_licensed_on(self, day: date) -> bool:
        return (
            self.is_licence_checked
            and self.licence_valid_until is not None
            and self.licence_valid_until >= day
        )
