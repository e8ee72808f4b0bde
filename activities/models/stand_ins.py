"""Who cannot come asks others: to stand in, or to swap shifts. The first who says yes comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Volunteer
from activities.models.activities import Shift
from activities.models.sign_ups import SignUp

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class StandInCall(models.Model):
    """One search for somebody who comes instead. With `wanted_shift` a swap: whoever says yes gives that shift."""

    class Status(models.TextChoices):
        OPEN = "open", _("Looking for somebody")
        FILLED = "filled", _("Somebody was found")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        CLOSED = "closed", _("Nobody was found")

    sign_up = models.ForeignKey(SignUp, models.PROTECT, related_name="calls")
    wanted_shift = models.ForeignKey(
        Shift, models.PROTECT, related_name="wanted_in_calls", null=True, blank=True
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["sign_up"], condition=Q(status="open"), name="one_open_call_for_a_sign_up"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sign_up_id}: {self.status}"


class StandInAskQuerySet(models.QuerySet["StandInAsk"]):
    def visible_to(self, user: User | AnonymousUser) -> StandInAskQuerySet:
        return self.filter(volunteer__user=user) if user.is_authenticated else self.none()

    def open(self) -> StandInAskQuerySet:
        """Still to be answered: nobody else was found, the shift has not begun."""
        return self.filter(
            status=StandInAsk.Status.ASKED,
            call__status=StandInCall.Status.OPEN,
            call__sign_up__shift__starts_at__gt=timezone.now(),
        )


class StandInAsk(models.Model):
    """The question to one person; `gives` is the sign-up that this person gives in a swap."""

    class Status(models.TextChoices):
        ASKED = "asked", _("Waiting for an answer")
        AGREED = "agreed", _("Said yes")
        DECLINED = "declined", _("Said no")
        ENDED = "ended", _("No longer needed")

    call = models.ForeignKey(StandInCall, models.CASCADE, related_name="asks")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="stand_in_asks")
    gives = models.ForeignKey(SignUp, models.PROTECT, related_name="wanted_by", null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ASKED)
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = StandInAskQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["call", "volunteer"], name="asked_once_in_a_call"),
            models.UniqueConstraint(
                fields=["call"], condition=Q(status="agreed"), name="one_comes_instead_of_one"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["asked", "ended"]) | Q(answered_at__gte=F("asked_at")),
                name="a_stand_in_answer_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["volunteer", "status"], name="stand_in_asks_of_volunteer")]

    def __str__(self) -> str:
        return f"{self.call_id}: {self.volunteer_id}"
