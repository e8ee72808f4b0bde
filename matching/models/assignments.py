"""An accepted offer, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Studio, User, Volunteer, in_subtrees
from matching.models.offers import Offer
from matching.models.requests import ServiceRequest

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, user: User | AnonymousUser) -> AssignmentQuerySet:
        """Who goes, the lead of the studio that sent them, the household's contact, staff in scope."""
        if not user.is_authenticated:
            return self.none()
        seen = Q(volunteer__user=user) | Q(studio__lead=user) | Q(request__household__contact=user)
        return self.filter(seen | in_subtrees(user.scope_codes, "request__division__code"))

    def served_by(self, user: User) -> AssignmentQuerySet:
        return self.filter(volunteer__user=user)

    def standing(self) -> AssignmentQuerySet:
        return self.exclude(status=Assignment.Status.CANCELLED)


class Assignment(models.Model):
    class Status(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        ON_MY_WAY = "on-my-way", _("On the way")
        CHECKED_IN = "checked-in", _("At work")
        CHECKED_OUT = "checked-out", _("Checked out")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    request = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="assignments")
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="assignments")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="assignments")
    studio = models.ForeignKey(Studio, models.PROTECT, related_name="assignments", null=True, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.ACCEPTED)
    accepted_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(_("said to be still going"), null=True, blank=True)
    left_at = models.DateTimeField(_("left for the household"), null=True, blank=True)
    checked_in_at = models.DateTimeField(null=True, blank=True)
    checked_out_at = models.DateTimeField(null=True, blank=True)
    report = models.CharField(_("what was done"), max_length=300, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "volunteer"],
                condition=~Q(status="cancelled"),
                name="a_volunteer_once_a_need",
            ),
            models.CheckConstraint(
                condition=Q(checked_out_at__isnull=True) | Q(checked_out_at__gte=F("checked_in_at")),
                name="assignment_out_after_in",
            ),
        ]
        indexes = [models.Index(fields=["volunteer", "-id"], name="assignments_of_volunteer")]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.volunteer_id}"

    @property
    def minutes(self) -> int:
        """Whole minutes between check-in and check-out; 0 while the service is not over."""
        if self.checked_in_at is None or self.checked_out_at is None:
            return 0
        return int((self.checked_out_at - self.checked_in_at).total_seconds() // 60)


class Review(models.Model):
    """One evaluation for each service, by the person served (一事一评)."""

    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="review")
    stars = models.PositiveSmallIntegerField(
        _("stars"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    words = models.CharField(_("in your words"), max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="reviews")
    is_by_phone = models.BooleanField(
        _("the worker wrote down what the household said by phone"), default=False
    )
    reviewed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="review_has_1_to_5_stars")
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id}: {self.stars}"
