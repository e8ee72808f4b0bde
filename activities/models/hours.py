"""The ledger of hours (Order 67, Art 7); its tallies are in models/tallies.py.

A ServiceRecord is never changed or deleted: the database refuses it (migration 0002). A correction is a reversal, a
record with the negative minutes that names what it reverses, and perhaps a new record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Division, Organisation, Studio, User, Volunteer
from core.codes import Grade, ServiceCategory

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ServiceRecordQuerySet(models.QuerySet["ServiceRecord"]):
    def visible_to(self, user: User | AnonymousUser) -> ServiceRecordQuerySet:
        if not user.is_authenticated:
            return self.none()
        seen = Q(volunteer__user=user)
        for code in user.scope_codes:
            seen |= Q(division__code__startswith=code)
        return self.filter(seen)


class ServiceRecord(models.Model):
    class Source(models.TextChoices):
        SHIFT = "shift", _("Activity")
        ASSIGNMENT = "assignment", _("Service for a household")

    class HowObserved(models.TextChoices):
        """DOMAIN, code table "where an hour came from"."""

        FORCED = "0", _("forced check-out")
        TEAM = "1", _("entered by the team")
        CLAIMED = "2", _("claimed by the volunteer")
        FACE = "3", _("face")
        QUICK = "4", _("quick check-in")

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="service_records")
    studio = models.ForeignKey(Studio, models.PROTECT, related_name="service_records", null=True, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="service_records", null=True, blank=True
    )
    division = models.ForeignKey(Division, models.PROTECT, related_name="service_records")
    # dual registration (双报到): the workplace unit for which the hours count, too; who organised is `organisation`
    unit = models.ForeignKey(
        Organisation, models.PROTECT, related_name="unit_records", null=True, blank=True, db_index=False
    )
    # where the volunteer was at home on that day, so that a ranking can be told again from the ledger alone
    home_code = models.CharField(max_length=12, default="")
    category = models.CharField(max_length=4, choices=ServiceCategory)
    name = models.CharField(_("activity"), max_length=120)
    place = models.CharField(_("place"), max_length=120)
    content = models.CharField(_("content"), max_length=300, blank=True)
    in_charge = models.CharField(_("person in charge"), max_length=60)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    minutes = models.IntegerField(_("minutes given"))
    grade = models.CharField(max_length=8, choices=Grade, default=Grade.CREDIT)
    how_observed = models.CharField(max_length=1, choices=HowObserved, default=HowObserved.QUICK)
    source_kind = models.CharField(max_length=12, choices=Source)
    source_id = models.BigIntegerField()  # the SignUp or the Assignment
    reverses = models.OneToOneField("self", models.PROTECT, related_name="reversed_by", null=True, blank=True)
    # 0 for the first record of a source, 1 for what replaces it after a reversal, and so on
    revision = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(_("reason of the correction"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        User, models.PROTECT, related_name="recorded_hours", null=True, blank=True
    )
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = ServiceRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source_kind", "source_id", "revision"],
                condition=Q(reverses__isnull=True),
                name="one_record_a_source_and_revision",
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, minutes__gte=0)
                | Q(reverses__isnull=False, minutes__lte=0),
                name="only_a_reversal_takes_minutes",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")), name="record_ends_after_it_starts"
            ),
        ]
        indexes = [
            models.Index(fields=["volunteer", "-starts_at"], name="records_of_volunteer"),
            models.Index(
                OpClass("division", name="varchar_pattern_ops"), "starts_at", name="record_division_prefix"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id}: {self.minutes} min"
