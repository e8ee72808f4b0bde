"""Who wants to come: the places that are promised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Volunteer
from activities.models.activities import Activity, Shift

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class SignUpQuerySet(models.QuerySet["SignUp"]):
    def visible_to(self, user: User | AnonymousUser) -> SignUpQuerySet:
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(volunteer__user=user) | Q(shift__activity__in=Activity.objects.run_by(user)))

    def standing(self) -> SignUpQuerySet:
        return self.exclude(status=SignUp.Status.CANCELLED)


class SignUp(models.Model):
    class Status(models.TextChoices):
        SIGNED_UP = "signed-up", _("Signed up")
        CHECKED_IN = "checked-in", _("Checked in")
        CHECKED_OUT = "checked-out", _("Checked out")
        CANCELLED = "cancelled", _("Cancelled")

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="sign_ups")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="sign_ups")
    role = models.ForeignKey("ShiftRole", models.PROTECT, related_name="sign_ups", null=True, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.SIGNED_UP)
    signed_up_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(_("said to be still coming"), null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    is_late_cancel = models.BooleanField(_("cancelled late"), default=False)
    # guesses at the code on site, summed over a person's sign-ups for the shift (services.attendance)
    wrong_codes = models.PositiveSmallIntegerField(default=0, editable=False)
    wrong_code_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SignUpQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["shift", "volunteer"],
                condition=~Q(status="cancelled"),
                name="signed_up_once_for_a_shift",
            )
        ]
        indexes = [models.Index(fields=["volunteer", "-id"], name="sign_ups_of_volunteer")]

    def __str__(self) -> str:
        return f"{self.volunteer_id}: {self.shift_id}"
