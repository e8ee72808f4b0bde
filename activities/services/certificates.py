"""Certificates: ask, make, supersede, revoke.

Making reads the ledger and a correction writes it. Both take the lock of the volunteer's certificates first (an
advisory lock, so that it stands in nobody's lock order): a correction is either seen by the making, or sees what was
made and marks it.
"""

from datetime import date, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import RuleSet, User, Volunteer
from accounts.services.submissions import first_of
from activities import events
from activities.certificates import KIND, Service, issuer_of, payload_of, records_between
from activities.checks.stars import check_has_words, check_own_record
from activities.models import Certificate, CertificatePaper, ServiceRecord
from core.errors import DomainError
from core.events import publish
from core.signing import sign

STUCK_AFTER = timedelta(minutes=2)


def lock_certificates(volunteer_id: int) -> None:
    """Until the transaction ends, nobody makes or supersedes certificates of this volunteer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"certificates:{volunteer_id}"]
        )


@transaction.atomic
def ask_for_certificate(
    *,
    volunteer: Volunteer,
    starts_on: date | None,
    ends_on: date | None,
    by: User,
    submission_key: UUID | None = None,
) -> Certificate:
    """Ask for a certificate of the services between two days, both included; without days, of all.

    One that is being made for the same days, or is valid and would say the same, is returned instead. The caller
    queues `activities.tasks.make_certificate`. Raises DomainError `not_own_record`, `no_hours` or `future`.
    """
    check_own_record(volunteer, by)
    lock_certificates(volunteer.pk)
    known = first_of(Certificate.objects.filter(volunteer=volunteer), submission_key)
    if known is not None:
        return known
    today = timezone.localdate()
    if (ends_on and ends_on > today) or (starts_on and starts_on > today):
        raise DomainError(
            "future", _("A certificate cannot reach into the future."), help=_("Choose days until today.")
        )
    records = records_between(volunteer.service_records.all(), starts_on, ends_on)
    if not records.exists():
        raise DomainError(
            "no_hours",
            _("No hours are on record for these days."),
            help=_("Choose a longer time, or ask for a correction if a service is missing."),
        )
    same = Certificate.objects.filter(
        volunteer=volunteer,
        starts_on=starts_on,
        ends_on=ends_on,
        superseded_at__isnull=True,
        revoked_at__isnull=True,
    ).first()
    if same is not None and (same.status != Certificate.Status.READY or _says(same, list(records), today)):
        return same
    key = {"submission_key": submission_key} if submission_key else {}
    return Certificate.objects.create(volunteer=volunteer, starts_on=starts_on, ends_on=ends_on, **key)


def _says(certificate: Certificate, records: list[ServiceRecord], today: date) -> bool:
    """Whether a certificate that is made lists exactly these records, and no day was added since."""
    listed = [row["record"] for row in certificate.services]
    made_on = timezone.localdate(certificate.counted_at) if certificate.counted_at else None
    is_current = certificate.ends_on is not None or made_on == today
    return is_current and listed == [record.pk for record in records]


@transaction.atomic
def freeze_certificate(*, certificate_id: int) -> Certificate | None:
    """Count the services, sign the statement, and keep both. What is frozen already stays; None when it is gone or
    on paper. A certificate whose services were all taken back meanwhile is deleted: it never said anything."""
    found = Certificate.objects.filter(pk=certificate_id).values_list("volunteer_id", flat=True).first()
    if found is None:
        return None
    lock_certificates(found)
    certificate = (
        Certificate.objects.select_for_update(of=("self",))
        .select_related("volunteer__user", "volunteer__home_division")
        .get(pk=certificate_id)
    )
    if certificate.status != Certificate.Status.ASKED:
        return certificate if certificate.status == Certificate.Status.MAKING else None
    volunteer = certificate.volunteer
    records = records_between(volunteer.service_records.all(), certificate.starts_on, certificate.ends_on)
    services = [Service.of(record) for record in records]
    if not services:
        certificate.delete()
        return None
    payload = payload_of(
        certificate,
        services,
        name=volunteer.user.name,
        issuer=issuer_of(volunteer.home_division),
        day=timezone.localdate(),
    )
    certificate.status = Certificate.Status.MAKING
    certificate.counted_at = timezone.now()
    certificate.statement = sign(payload, kind=KIND)
    certificate.minutes = payload["minutes"]
    certificate.services = [service.as_json() for service in services]
    certificate.services_count, certificate.services_done = len(services), 0
    certificate.save()
    return certificate


def rounding_for(certificate: Certificate) -> int:
    """Minutes in whose steps the hours are shown, by the rules of the day on which it was counted."""
    day = timezone.localdate(certificate.counted_at) if certificate.counted_at else timezone.localdate()
    return RuleSet.objects.in_force(day, certificate.volunteer.home_division_id).rounding_minutes


@transaction.atomic
def keep_paper(*, certificate: Certificate, content: bytes) -> None:
    """Keep the PDF; of two that were made at the same time the first one stays."""
    locked = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if locked.status == Certificate.Status.READY:
        return
    CertificatePaper.objects.create(certificate=locked, content=content)
    locked.status = Certificate.Status.READY
    locked.services_done = locked.services_count
    locked.save(update_fields=["status", "services_done", "changed_at"])
    publish(events.CertificateMade(certificate_id=locked.pk))


@transaction.atomic
def supersede_certificates(*, service_record_id: int) -> int:
    """After a reversal: mark every certificate that lists the reversed record. Returns how many."""
    record = ServiceRecord.objects.get(pk=service_record_id)
    if record.reverses_id is None:
        return 0
    lock_certificates(record.volunteer_id)
    listing = Certificate.objects.filter(
        volunteer=record.volunteer_id,
        superseded_at__isnull=True,
        services__contains=[{"record": record.reverses_id}],
    ).select_for_update()
    marked = list(listing.order_by("pk"))
    for certificate in marked:
        certificate.superseded_at = timezone.now()
        certificate.save(update_fields=["superseded_at", "changed_at"])
        publish(events.CertificateSuperseded(certificate_id=certificate.pk))
    return len(marked)


@transaction.atomic
def revoke_certificate(*, certificate: Certificate, reason: str, by: User) -> Certificate:
    """The centre declares it void; clicked twice, the first reason stays. Raises `own_certificate`, `not_made` or
    `no_reason`."""
    locked = (
        Certificate.objects.select_for_update(of=("self",)).select_related("volunteer").get(pk=certificate.pk)
    )
    if locked.volunteer.user_id == by.pk:
        raise DomainError("own_certificate", _("Nobody revokes their own certificate."))
    if locked.status != Certificate.Status.READY:
        raise DomainError(
            "not_made", _("This certificate has not been made yet."), help=_("Wait until it is ready.")
        )
    if locked.revoked_at is None:
        locked.revoked_because = check_has_words(reason)[:300]
        locked.revoked_at, locked.revoked_by = timezone.now(), by
        locked.save(update_fields=["revoked_at", "revoked_by", "revoked_because", "changed_at"])
        publish(events.CertificateRevoked(certificate_id=locked.pk))
    return locked


def unfinished_certificates() -> list[int]:
    """Ids of certificates whose making stopped; for the sweep."""
    waiting = Certificate.objects.exclude(status=Certificate.Status.READY)
    return list(
        waiting.filter(changed_at__lt=timezone.now() - STUCK_AFTER).values_list("pk", flat=True)[:100]
    )
