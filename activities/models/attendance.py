"""Who really came: the planned, the observed and the approved time of a sign-up are three facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activities.models.activities import Activity
from activities.models.sign_ups import SignUp
from core.codes import Grade

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Way(models.TextChoices):
    """How an arrival or a leaving is known. Which of them are observed hours (信用时) is a rule: credit_ways."""

    CODE = "code", _("code on site")
    QR = "qr", _("QR code on site")
    PLACE = "place", _("position on site")
    ROSTER = "roster", _("ticked on the roster")
    OFFLINE = "offline", _("ticked without network")
    KIOSK = "kiosk", _("tablet on site")
    LATE = "late", _("sent long after the service")
    SLIP = "slip", _("paper slip")
    TEAM = "team", _("entered by the team")


class Attendance(models.Model):
    """One pair of check-in and check-out; open until checked out."""

    sign_up = models.ForeignKey(SignUp, models.CASCADE, related_name="attendances")
    checked_in_at = models.DateTimeField()
    checked_out_at = models.DateTimeField(null=True, blank=True)
    way_in = models.CharField(_("how the arrival is known"), max_length=8, choices=Way, default=Way.CODE)
    way_out = models.CharField(_("how the leaving is known"), max_length=8, choices=Way, blank=True)
    # who saw it, where a person did; empty where the volunteer's own phone or the tablet did
    seen_in_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    seen_out_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ["checked_in_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["sign_up"], condition=Q(checked_out_at__isnull=True), name="one_open_check_in"
            ),
            models.CheckConstraint(
                condition=Q(checked_out_at__isnull=True) | Q(checked_out_at__gte=F("checked_in_at")),
                name="checked_out_after_checked_in",
            ),
        ]
        indexes = [
            models.Index(
                fields=["checked_in_at"], condition=Q(checked_out_at__isnull=True), name="open_check_ins"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sign_up_id}: {self.checked_in_at:%H:%M}"

    @property
    def ways(self) -> set[str]:
        return {self.way_in, self.way_out} - {""}


class TimesheetQuerySet(models.QuerySet["Timesheet"]):
    def visible_to(self, user: User | AnonymousUser) -> TimesheetQuerySet:
        """One's own, and those of the activities that one runs."""
        return self.filter(sign_up__in=SignUp.objects.visible_to(user))

    def to_approve(self, user: User) -> TimesheetQuerySet:
        """What waits for this person: never the own hours."""
        runs = Activity.objects.run_by(user)
        waiting = self.filter(status=Timesheet.Status.WAITING, sign_up__shift__activity__in=runs)
        return waiting.exclude(sign_up__volunteer__user=user)


class Timesheet(models.Model):
    """The three facts of one sign-up in minutes; only the approved one counts, and the ledger follows it."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waits for approval")
        APPROVED = "approved", _("Approved")

    sign_up = models.OneToOneField(SignUp, models.PROTECT, related_name="timesheet")
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.WAITING)
    planned_minutes = models.PositiveIntegerField(_("planned time"))
    observed_minutes = models.PositiveIntegerField(_("observed time"))
    approved_minutes = models.PositiveIntegerField(_("approved time"), null=True, blank=True)
    grade = models.CharField(_("grade"), max_length=8, choices=Grade, default=Grade.CREDIT)
    approved_at = models.DateTimeField(null=True, blank=True)
    # empty where the rule approved what the system itself had observed
    approved_by = models.ForeignKey(
        User, models.PROTECT, related_name="approved_timesheets", null=True, blank=True
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = TimesheetQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="waiting") | Q(approved_minutes__isnull=False, approved_at__isnull=False),
                name="what_is_approved_has_minutes",
            )
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(status="waiting"), name="timesheets_waiting"),
            models.Index(
                fields=["approved_at"], condition=Q(approved_by__isnull=False), name="approved_by_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sign_up_id}: {self.planned_minutes}/{self.observed_minutes}/{self.approved_minutes}"
