"""Who waits for a place in a shift: in order, and each with a time to take a place that became free."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Volunteer
from activities.models.activities import Activity, Shift
from activities.models.roles import ShiftRole
from activities.models.sign_ups import SignUp

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class WaitingQuerySet(models.QuerySet["Waiting"]):
    def visible_to(self, user: User | AnonymousUser) -> WaitingQuerySet:
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(volunteer__user=user) | Q(shift__activity__in=Activity.objects.run_by(user)))

    def in_line(self) -> WaitingQuerySet:
        """Those who wait, and those who were offered a place and have not answered."""
        return self.filter(status__in=Waiting.IN_LINE)

    def with_position(self) -> WaitingQuerySet:
        """With `position`: 1 is the next in line."""
        ahead = (
            Waiting.objects.in_line()
            .filter(shift=OuterRef("shift"), pk__lte=OuterRef("pk"))
            .order_by()
            .values("shift")
            .annotate(number=Count("pk"))
        )
        return self.annotate(position=Subquery(ahead.values("number")))

    def overdue(self, now: datetime | None = None) -> WaitingQuerySet:
        """Offered, and the time to take it is over."""
        return self.filter(status=Waiting.Status.OFFERED, answer_by__lte=now or timezone.now())


class Waiting(models.Model):
    """A volunteer's turn for one shift. The order of ids is the order of the line: they are given under the lock of
    the shift."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("On the waiting list")
        OFFERED = "offered", _("A place is kept for you")
        PLACED = "placed", _("Has a place")
        EXPIRED = "expired", _("Not taken in time")
        LEFT = "left", _("Left the waiting list")
        CLOSED = "closed", _("The waiting list is closed")
        REFUSED = "refused", _("Not taken this time")

    IN_LINE = (Status.WAITING, Status.OFFERED)

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="waiting")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="waiting")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    joined_at = models.DateTimeField(auto_now_add=True)
    offered_at = models.DateTimeField(null=True, blank=True)
    answer_by = models.DateTimeField(null=True, blank=True)
    role = models.ForeignKey(ShiftRole, models.PROTECT, related_name="kept_for", null=True, blank=True)
    sign_up = models.OneToOneField(SignUp, models.PROTECT, related_name="waited", null=True, blank=True)

    objects = WaitingQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["shift", "volunteer"],
                condition=Q(status__in=["waiting", "offered"]),
                name="in_line_once_for_a_shift",
            ),
            models.CheckConstraint(
                condition=~Q(status="offered") | Q(offered_at__isnull=False, answer_by__isnull=False),
                name="an_offered_place_has_a_time_limit",
            ),
            models.CheckConstraint(
                condition=~Q(status="placed") | Q(sign_up__isnull=False), name="who_was_placed_has_a_place"
            ),
        ]
        indexes = [
            models.Index(
                fields=["answer_by"], condition=Q(status="offered"), name="offered_places_by_time_limit"
            ),
            models.Index(
                fields=["shift", "id"],
                condition=Q(status__in=["waiting", "offered"]),
                name="line_of_a_shift",
            ),
            models.Index(fields=["volunteer", "-id"], name="waiting_of_volunteer"),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id}: {self.shift_id}"

    def is_kept_at(self, moment: datetime) -> bool:
        """Whether a place is kept for this person at that moment."""
        return self.status == self.Status.OFFERED and self.answer_by is not None and moment < self.answer_by
