"""Certificates of service (Order 67, Art 15 to 17): free, asked for by the volunteer, checked by anybody.

What a certificate says is frozen when it is made: the signed statement and the list of services. A correction of one
of those services afterwards marks it superseded; the centre may revoke it. Neither changes what was signed.
"""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Volunteer

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# Crockford's base 32: no letter that a reader could take for a digit
SERIAL_MARKS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SERIAL_LENGTH = 16  # 80 bits: nobody guesses one


def new_serial() -> str:
    return "".join(secrets.choice(SERIAL_MARKS) for _ in range(SERIAL_LENGTH))


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, user: User | AnonymousUser) -> CertificateQuerySet:
        """One's own; the centre of the place sees them to revoke one."""
        if not user.is_authenticated:
            return self.none()
        seen = Q(volunteer__user=user)
        for code in user.centre_codes:
            seen |= Q(volunteer__home_division__code__startswith=code)
        return self.filter(seen)

    def issued(self) -> CertificateQuerySet:
        return self.filter(status=Certificate.Status.READY)

    def no_longer_valid(self) -> CertificateQuerySet:
        return self.filter(Q(revoked_at__isnull=False) | Q(superseded_at__isnull=False))


class Certificate(models.Model):
    class Status(models.TextChoices):
        ASKED = "asked", _("Waits to be made")
        MAKING = "making", _("Is being made")
        READY = "ready", _("Ready")

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="certificates")
    serial = models.CharField(max_length=SERIAL_LENGTH, unique=True, default=new_serial, editable=False)
    starts_on = models.DateField(_("services from"), null=True, blank=True)  # empty: from the first service
    ends_on = models.DateField(
        _("services until"), null=True, blank=True
    )  # this day included; empty: until it was asked for
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ASKED)
    asked_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    # frozen when it is made
    counted_at = models.DateTimeField(null=True, blank=True)
    statement = models.TextField(blank=True)  # signed (core.signing)
    minutes = models.PositiveIntegerField(default=0)
    services = models.JSONField(
        default=list, blank=True
    )  # activities.certificates.Service, one a line of the list
    services_count = models.PositiveIntegerField(default=0)
    services_done = models.PositiveIntegerField(default=0)  # lines that are on paper already
    # what happened to it since
    superseded_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, models.PROTECT, related_name="revoked_certificates", null=True, blank=True
    )
    revoked_because = models.CharField(_("reason"), max_length=300, blank=True)
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="certificate_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(status="asked") | (~Q(statement="") & Q(counted_at__isnull=False)),
                name="a_made_certificate_is_signed",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | (Q(revoked_by__isnull=False) & ~Q(revoked_because="")),
                name="a_revocation_says_who_and_why",
            ),
        ]
        indexes = [
            models.Index(fields=["changed_at"], condition=~Q(status="ready"), name="certificates_to_make"),
            models.Index(
                fields=["id"],
                condition=Q(revoked_at__isnull=False) | Q(superseded_at__isnull=False),
                name="certificates_no_longer_valid",
            ),
        ]

    def __str__(self) -> str:
        return self.shown_serial

    @property
    def shown_serial(self) -> str:
        """In groups of four, as it stands on the paper."""
        return "-".join(self.serial[start : start + 4] for start in range(0, SERIAL_LENGTH, 4))

    @property
    def is_valid(self) -> bool:
        return self.status == self.Status.READY and self.revoked_at is None and self.superseded_at is None


class CertificatePaper(models.Model):
    """The PDF, apart from its certificate so that no list ever loads it."""

    certificate = models.OneToOneField(Certificate, models.CASCADE, related_name="paper", primary_key=True)
    content = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.certificate_id}: {len(self.content)} B"
