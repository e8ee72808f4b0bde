"""A list comes by the page: kept sealed, checked, confirmed, imported."""

import base64
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.submissions import first_of
from core.audit import put_sealed
from core.errors import DomainError
from core.tasks import queue_after_commit
from portal.models import RosterUpload
from portal.tasks import work_on_upload


@transaction.atomic
def bring_list(
    *, content: bytes, file_name: str, roster: str, is_verified: bool, submission_key: UUID, by: User
) -> RosterUpload:
    """Keep the file, sealed, and have it checked. The same form again gives the first upload."""
    first = first_of(RosterUpload.objects.all(), submission_key)
    if first is not None:
        return first
    upload = RosterUpload(
        file_name=file_name[-120:],
        roster=roster,
        is_verified=is_verified,
        by=by,
        language=get_language() or "zh-hans",
        submission_key=submission_key,
    )
    put_sealed(upload, content=base64.b64encode(content).decode())
    upload.save()
    queue_after_commit(work_on_upload, upload.pk)
    return upload


@transaction.atomic
def confirm_list(*, upload: RosterUpload, by: User) -> RosterUpload:
    """Import what was checked. Raises DomainError: not_checked (a second click, or the check found nothing to do)."""
    upload = RosterUpload.objects.select_for_update().get(pk=upload.pk, by=by)
    if upload.status != RosterUpload.Status.CHECKED:
        raise DomainError(
            "not_checked",
            _("This list is being imported already, or is in."),
            help=_("The page shows how far it is."),
        )
    upload.status = RosterUpload.Status.IMPORTING
    upload.rows_seen = 0
    upload.save(update_fields=["status", "rows_seen", "changed_at"])
    queue_after_commit(work_on_upload, upload.pk)
    return upload
