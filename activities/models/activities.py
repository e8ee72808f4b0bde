"""Public events with shifts and places."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Division, Membership, Organisation, Studio, User
from activities.models.qualifications import Qualification
from core.codes import PeopleServed, Safeguard, ServiceCategory
from core.geo import Point

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def managed_by(user: User, prefix: str = "") -> Q:
    """`user` runs the activity: leads its studio, manages its unit, or has it in scope.

    Whoever posted it runs it until the centre has published it. From then on there are people's names and hours in it,
    and only an office that is still held counts.
    """
    unpublished = (Activity.Status.DRAFT, Activity.Status.REVIEW)
    runs = (
        Q(**{f"{prefix}posted_by": user, f"{prefix}status__in": unpublished})
        | Q(**{f"{prefix}studio__lead": user})
        | Q(
            **{
                f"{prefix}organisation__memberships__user": user,
                f"{prefix}organisation__memberships__is_manager": True,
                f"{prefix}organisation__memberships__status": Membership.Status.MEMBER,
            }
        )
    )
    for code in user.scope_codes:
        runs |= Q(**{f"{prefix}division__code__startswith": code})
    return runs


class ActivityQuerySet(models.QuerySet["Activity"]):
    def public(self) -> ActivityQuerySet:
        return self.filter(status__in=Activity.PUBLIC_STATES)

    def visible_to(self, user: User | AnonymousUser) -> ActivityQuerySet:
        """Published ones for everybody; drafts and those in review for who runs them."""
        seen = Q(status__in=Activity.PUBLIC_STATES)
        if user.is_authenticated:
            seen |= Q(pk__in=Activity.objects.filter(managed_by(user)).values("pk"))
        return self.filter(seen)

    def run_by(self, user: User) -> ActivityQuerySet:
        return self.filter(pk__in=Activity.objects.filter(managed_by(user)).values("pk"))

    def upcoming(self) -> ActivityQuerySet:
        return self.filter(ends_at__gte=timezone.now())


class Activity(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        REVIEW = "review", _("Being checked")
        RECRUITING = "recruiting", _("Open for sign-up")
        FINISHED = "finished", _("Finished")
        CANCELLED = "cancelled", _("Cancelled")

    class Risk(models.IntegerChoices):
        LOW = 1, _("low: as in daily life")
        RAISED = 2, _("raised: traffic, ladders, heat, crowds")
        HIGH = 3, _("high: water, heights, rescue")

    PUBLIC_STATES = (Status.RECRUITING, Status.FINISHED, Status.CANCELLED)

    title = models.CharField(_("title"), max_length=80)
    about = models.TextField(_("what is done"))
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="activities",
        null=True,
        blank=True,
        verbose_name=_("organiser"),
    )
    studio = models.ForeignKey(Studio, models.PROTECT, related_name="activities", null=True, blank=True)
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="activities", verbose_name=_("neighbourhood")
    )
    categories = ArrayField(
        models.CharField(max_length=4, choices=ServiceCategory), verbose_name=_("kinds of service")
    )
    people_served = ArrayField(
        models.CharField(max_length=2, choices=PeopleServed),
        verbose_name=_("people served"),
        default=list,
        blank=True,
    )
    place = models.CharField(_("place"), max_length=120)
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    risks = models.TextField(_("risks"), help_text=_("A recruitment states true information and the risks."))
    safeguards = ArrayField(
        models.CharField(max_length=2, choices=Safeguard),
        verbose_name=_("safeguards"),
        default=list,
        blank=True,
    )
    risk_level = models.PositiveSmallIntegerField(_("risk"), choices=Risk, default=Risk.LOW)
    insurance = models.CharField(_("accident insurance"), max_length=120, blank=True)
    minimum_age = models.PositiveSmallIntegerField(_("minimum age"), null=True, blank=True)
    maximum_age = models.PositiveSmallIntegerField(_("maximum age"), null=True, blank=True)
    contact_name = models.CharField(_("contact"), max_length=60, blank=True)
    contact_phone = models.CharField(_("contact's phone"), max_length=30, blank=True)
    contact_is_public = models.BooleanField(_("everybody may see the contact"), default=False)
    qualification = models.ForeignKey(
        Qualification,
        models.PROTECT,
        related_name="activities",
        null=True,
        blank=True,
        verbose_name=_("everybody needs"),
    )
    confirms_sign_ups = models.BooleanField(_("the organiser confirms each sign-up"), default=False)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.DRAFT)
    # the span of all shifts, kept by the services, so that lists need no join
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    posted_by = models.ForeignKey(User, models.PROTECT, related_name="posted_activities")
    posted_at = models.DateTimeField(auto_now_add=True)
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="activity_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(categories__len__gte=1, categories__len__lte=4),
                name="activity_has_1_to_4_categories",
            ),
            models.CheckConstraint(
                condition=Q(minimum_age__isnull=True)
                | Q(maximum_age__isnull=True)
                | Q(minimum_age__lte=F("maximum_age")),
                name="activity_ages_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "starts_at"], name="activity_by_status_and_start"),
            models.Index(
                OpClass("division", name="varchar_pattern_ops"), "starts_at", name="activity_division_prefix"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def point(self) -> Point:
        return Point(self.lon, self.lat)

    @property
    def is_recruiting(self) -> bool:
        return self.status == self.Status.RECRUITING

    @property
    def category_words(self) -> list[str]:
        return [str(ServiceCategory(code).label) for code in self.categories]

    @property
    def served_words(self) -> list[str]:
        return [str(PeopleServed(code).label) for code in self.people_served]

    @property
    def safeguard_words(self) -> list[str]:
        return [str(Safeguard(code).label) for code in self.safeguards]


def new_code_secret() -> str:
    return secrets.token_hex(32)


class ShiftQuerySet(models.QuerySet["Shift"]):
    def visible_to(self, user: User | AnonymousUser) -> ShiftQuerySet:
        return self.filter(activity__in=Activity.objects.visible_to(user))

    def run_by(self, user: User) -> ShiftQuerySet:
        return self.filter(activity__in=Activity.objects.run_by(user))

    def upcoming(self) -> ShiftQuerySet:
        return self.filter(ends_at__gte=timezone.now())

    def with_room(self) -> ShiftQuerySet:
        return self.filter(places__gt=F("taken") + F("held"))


class Shift(models.Model):
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    places = models.PositiveSmallIntegerField(_("places"), validators=[MinValueValidator(1)])
    # counted by the services under the row's lock; the constraint makes "2 / 1 places" impossible
    taken = models.PositiveSmallIntegerField(_("places taken"), default=0)
    # places kept for people of the waiting list who were offered one and have not answered
    held = models.PositiveSmallIntegerField(_("places kept"), default=0)
    # counts changes of time, place and title, for calendars (SEQUENCE of RFC 5545)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    series = models.ForeignKey("Series", models.SET_NULL, related_name="shifts", null=True, blank=True)
    occurs_on = models.DateField(null=True, blank=True)  # the day of the series that it stands for
    is_changed = models.BooleanField(default=False)  # changed by itself; the series leaves it alone
    # what the code shown on site is made of; never leaves the server
    code_secret = models.CharField(max_length=64, editable=False, default=new_code_secret)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(places__gte=F("taken") + F("held")), name="shift_is_never_overfull"
            ),
            models.CheckConstraint(condition=Q(places__gte=1), name="shift_has_a_place"),
            models.UniqueConstraint(fields=["series", "occurs_on"], name="a_day_once_in_a_series"),
        ]
        indexes = [models.Index(fields=["starts_at"], name="shift_by_start")]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def period(self) -> tuple[datetime, datetime]:
        return self.starts_at, self.ends_at

    @property
    def free(self) -> int:
        return self.places - self.taken - self.held
