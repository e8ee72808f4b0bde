"""What is set up on site to see who comes: devices that scanned, tablets, paper slips, the meeting point, entries
that an organiser made without network."""

from __future__ import annotations

from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Volunteer
from activities.models.activities import Shift
from activities.models.attendance import Attendance
from activities.models.sign_ups import SignUp
from core.geo import Point


class ShiftDevice(models.Model):
    """A phone that checked somebody in or out at a shift: it does so for one person only.

    `digest` is made of the device's cookie and the shift, so that a phone cannot be followed from shift to shift.
    """

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="devices")
    digest = models.CharField(max_length=64)
    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="+")
    # the step of 30 s of the last scan that was used; a scan is good for one act
    last_step = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shift", "digest"], name="one_person_a_device_and_shift")
        ]

    def __str__(self) -> str:
        return f"{self.shift_id}: {self.digest[:8]}"


class Kiosk(models.Model):
    """A tablet on site with a token of its own; it can check people in and out of one shift and nothing else."""

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="kiosks")
    token_digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    closes_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # looks for digits that nobody of the shift has, so that the tablet does not serve to find people out
    wrong_digits = models.PositiveSmallIntegerField(default=0)
    wrong_digits_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.shift_id}: {self.made_at:%Y-%m-%d %H:%M}"

    def is_open(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.closes_at


class PaperSlip(models.Model):
    """A printed slip: filled in by hand on site, its code typed in later. Good for one person, once."""

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="slips")
    code = models.CharField(max_length=9, unique=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    attendance = models.OneToOneField(Attendance, models.PROTECT, related_name="slip", null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.code


class MeetingPoint(models.Model):
    """Where the people of a shift meet, set by the organiser on site; within `metres` one may check in by position."""

    shift = models.OneToOneField(Shift, models.CASCADE, related_name="meeting_point")
    lon = models.FloatField()
    lat = models.FloatField()
    metres = models.PositiveSmallIntegerField(validators=[MinValueValidator(30), MaxValueValidator(2000)])
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.shift_id}: {self.metres} m"

    @property
    def point(self) -> Point:
        return Point(self.lon, self.lat)


WHY_REFUSED = {
    "cancelled": _("the activity was cancelled"),
    "too_early": _("the check-in was not open yet"),
    "too_late": _("the check-in or check-out was closed"),
    "no_pairs_left": _("no more check-ins count on this day"),
    "was_there": _("another check-in and check-out lies after it"),
    "not_checked_in": _("no arrival is known"),
    "impossible_time": _("it lies before the arrival"),
    "not_in_this_state": _("the place was given back"),
    "wrong_clock": _("the clock of the phone was wrong"),
}


class OfflineEntry(models.Model):
    """A tick on the roster, signed by the organiser's device. It may arrive several times; it is judged once."""

    class Act(models.TextChoices):
        CAME = "in", _("came")
        LEFT = "out", _("left")

    class Outcome(models.TextChoices):
        WRITTEN = "written", _("written down")
        KNOWN = "known", _("known already")
        REFUSED = "refused", _("not taken over")

    entry_id = models.UUIDField(unique=True)
    shift = models.ForeignKey(Shift, models.CASCADE, related_name="offline_entries")
    sign_up = models.ForeignKey(SignUp, models.CASCADE, related_name="offline_entries")
    act = models.CharField(max_length=3, choices=Act)
    taken_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome)
    # the code of the refusal, and when somebody has seen it and decided what to do
    refusal = models.CharField(max_length=40, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["taken_at", "id"]
        indexes = [
            models.Index(
                fields=["shift"],
                condition=Q(outcome="refused", settled_at__isnull=True),
                name="open_conflicts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.sign_up_id}: {self.act} {self.taken_at:%H:%M}"

    @property
    def why(self) -> object:
        return WHY_REFUSED.get(self.refusal, self.refusal)
