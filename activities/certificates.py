"""What a certificate says: the services it counts, and the statement that is signed. No paper here, no locks."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, override

from accounts.models import Division
from activities.models import Certificate, ServiceRecord

KIND = "certificate"
REVOKED_KIND = "revoked-certificates"
NAME_IN = "zh-hans"  # a unit is named as its seal has it


@dataclass(frozen=True)
class Service:
    """One line of the list: Order 67, Art 7 and 15 (time, content, recording unit)."""

    record: int
    starts_at: datetime
    ends_at: datetime
    minutes: int
    name: str
    content: str
    place: str
    unit: str
    grade: str

    @classmethod
    def of(cls, record: ServiceRecord) -> "Service":
        """Of a service for a household only the kind is told: its title and content could point to the household."""
        at_home = record.source_kind == ServiceRecord.Source.ASSIGNMENT
        with override(NAME_IN):
            category = str(record.get_category_display())
        provider = record.studio or record.organisation or record.division
        return cls(
            record=record.pk,
            starts_at=record.starts_at,
            ends_at=record.ends_at,
            minutes=record.minutes,
            name=category if at_home else record.name,
            content="" if at_home else record.content,
            place=record.division.name if at_home else record.place,
            unit=provider.name,
            grade=record.grade,
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"starts_at": self.starts_at.isoformat(), "ends_at": self.ends_at.isoformat()}

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> "Service":
        moments = {name: parse_datetime(row[name]) for name in ("starts_at", "ends_at")}
        return cls(**(row | moments))


def records_between(
    records: QuerySet[ServiceRecord], starts_on: date | None, ends_on: date | None
) -> QuerySet[ServiceRecord]:
    """Records that count (no reversals, nothing reversed) of services that began on these days, oldest first."""
    zone = timezone.get_current_timezone()
    counted = records.filter(reverses__isnull=True, reversed_by__isnull=True, minutes__gt=0)
    if starts_on:
        counted = counted.filter(starts_at__gte=datetime.combine(starts_on, time.min, tzinfo=zone))
    if ends_on:
        day_after = ends_on + timedelta(days=1)
        counted = counted.filter(starts_at__lt=datetime.combine(day_after, time.min, tzinfo=zone))
    return counted.select_related("studio", "organisation", "division").order_by("starts_at", "id")


def issuer_of(division: Division) -> str:
    """The volunteer centre of the district in which the volunteer lives."""
    district = (
        division
        if division.level == Division.Level.DISTRICT
        else Division.objects.get(code=division.code[:6])
    )
    with override(NAME_IN):
        return gettext("%(district)s Volunteer Service Centre") % {"district": district.name}


def payload_of(
    certificate: Certificate, services: Iterable[Service], *, name: str, issuer: str, day: date
) -> dict[str, Any]:
    """What is signed. No ID number, no contact, no fractions; days as 2026-11-25."""
    listed = list(services)
    first, last = timezone.localdate(listed[0].starts_at), timezone.localdate(listed[-1].starts_at)
    return {
        "serial": certificate.serial,
        "name": name,
        "from": (certificate.starts_on or first).isoformat(),
        "to": (certificate.ends_on or max(day, last)).isoformat(),
        "minutes": sum(service.minutes for service in listed),
        "services": len(listed),
        "issuer": issuer,
        "issued": day.isoformat(),
    }


def address_of(certificate: Certificate) -> str:
    """Where the QR code leads."""
    return settings.SITE_URL.rstrip("/") + reverse("certificate_check", args=[certificate.statement])
