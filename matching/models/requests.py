"""One need of a household: what, where, when, how urgent, how many people, which skills."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import BlockedPair, Division, Household, User, Volunteer, in_subtrees
from core.codes import ServiceCategory, Skill
from core.geo import Cell

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


# States of an offer that the person asked knows of. The two others are the planner's proposal for a household where
# somebody confirms first, and a proposal that was turned down: those concerned never learn of them.
KNOWN_TO_THE_ASKED = ("sent", "accepted", "declined", "expired", "taken", "withdrawn")


class ServiceRequestQuerySet(models.QuerySet["ServiceRequest"]):
    def visible_to(self, user: User | AnonymousUser) -> ServiceRequestQuerySet:
        """Staff of the division, the household's contact, and who was asked or goes there; nobody else."""
        if not user.is_authenticated:
            return self.none()
        asked = Q(offers__volunteer__user=user) | Q(offers__studio__lead=user)
        seen = (
            in_subtrees(user.scope_codes)
            | Q(household__contact=user)
            | Q(
                pk__in=ServiceRequest.objects.filter(asked, offers__status__in=KNOWN_TO_THE_ASKED).values(
                    "pk"
                )
            )
            | Q(pk__in=ServiceRequest.objects.filter(assignments__volunteer__user=user).values("pk"))
        )
        return self.filter(seen)

    def in_scope_of(self, user: User) -> ServiceRequestQuerySet:
        """What a worker or the centre may act on."""
        return self.filter(in_subtrees(user.scope_codes))

    def waiting(self) -> ServiceRequestQuerySet:
        """Those that still look for people."""
        return self.filter(status__in=(ServiceRequest.Status.OPEN, ServiceRequest.Status.ASKING))

    def blocked_for(self, user: User | AnonymousUser) -> ServiceRequestQuerySet:
        """Needs of households to which this person is never sent."""
        if not user.is_authenticated:
            return self.none()
        kept_apart = BlockedPair.objects.standing().filter(volunteer__user=user)
        return self.filter(household__in=kept_apart.values("household"))

    def without_blocked(self, volunteer: Volunteer | None) -> ServiceRequestQuerySet:
        """What this volunteer may see among the open needs; None for somebody who is none."""
        if volunteer is None:
            return self
        kept_apart = BlockedPair.objects.standing().filter(volunteer=volunteer)
        return self.exclude(household__in=kept_apart.values("household"))

    def live(self) -> ServiceRequestQuerySet:
        return self.exclude(status__in=(ServiceRequest.Status.CLOSED, ServiceRequest.Status.CANCELLED))


class ServiceRequest(models.Model):
    class Status(models.TextChoices):
        OPEN = "open", _("Looking for people")
        ASKING = "asking", _("People are being asked")
        STAFFED = "staffed", _("People found")
        RETURNED = "returned", _("Nobody found, back to the worker")
        SERVED = "served", _("Served")
        CLOSED = "closed", _("Closed")
        CANCELLED = "cancelled", _("Cancelled")

    class Urgency(models.TextChoices):
        NORMAL = "normal", _("Can wait")
        SOON = "soon", _("Within days")
        URGENT = "urgent", _("Urgent")

    household = models.ForeignKey(
        Household, models.PROTECT, related_name="requests", verbose_name=_("household")
    )
    division = models.ForeignKey(Division, models.PROTECT, related_name="requests")
    category = models.CharField(_("kind of service"), max_length=4, choices=ServiceCategory)
    skills = ArrayField(
        models.CharField(max_length=2, choices=Skill),
        verbose_name=_("skills needed"),
        default=list,
        blank=True,
    )
    title = models.CharField(
        _("what is needed"),
        max_length=60,
        help_text=_("A few words without names or addresses: everybody who is asked reads them."),
    )
    # for the person who accepted; sealed like the address
    seal_id = models.UUIDField(default=uuid.uuid4, editable=False)
    note = models.BinaryField(default=bytes, blank=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    headcount = models.PositiveSmallIntegerField(
        _("how many people"), default=1, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    filled = models.PositiveSmallIntegerField(_("people found"), default=0)
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency, default=Urgency.NORMAL)
    is_remote = models.BooleanField(_("by phone or online"), default=False)
    # copied from the household: all that matching may know of the place
    cell_column = models.IntegerField()
    cell_row = models.IntegerField()
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    ring = models.PositiveSmallIntegerField(default=0)
    # why it came back to the worker: codes of matching/checks.py with how many people each excluded
    returned_because = models.JSONField(default=dict, blank=True)
    posted_by = models.ForeignKey(User, models.PROTECT, related_name="posted_requests")
    posted_at = models.DateTimeField(auto_now_add=True)
    staffed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = ServiceRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="request_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=Q(filled__lte=F("headcount")), name="request_is_never_overfull"),
            models.CheckConstraint(condition=Q(headcount__gte=1), name="request_wants_somebody"),
        ]
        indexes = [
            models.Index(
                OpClass("division", name="varchar_pattern_ops"), "status", name="request_division_prefix"
            ),
            models.Index(fields=["status", "starts_at"], name="request_by_status_and_start"),
            models.Index(fields=["household", "-id"], name="requests_of_household"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def cell(self) -> Cell:
        return Cell(self.cell_column, self.cell_row)

    @property
    def free(self) -> int:
        return self.headcount - self.filled

    @property
    def subdistrict(self) -> str:
        """The widest place that the public learns; select `division__parent` for lists."""
        division = self.division
        if division.level == Division.Level.NEIGHBOURHOOD and division.parent is not None:
            return division.parent.name
        return division.name
