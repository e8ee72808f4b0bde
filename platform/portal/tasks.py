"""Lists that are checked and imported while the person who brought them does something else."""

import base64
from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from core.audit import open_sealed, put_sealed
from core.errors import DomainError
from core.models import Purpose
from portal.intake.importing import Result, import_roster
from portal.intake.mending import file_to_mend
from portal.models import RosterUpload, SavedSearch
from portal.search.saved import look_again
from portal.search.suggesting import relearn
from portal.search.weighing import weigh

MOST_ROWS = 5000  # of a list that comes by the page; the command takes longer ones
TOLD_EVERY = 25  # rows
STUCK_AFTER = timedelta(minutes=2)
KEPT_FOR = timedelta(days=7)
Status = RosterUpload.Status


@shared_task
def work_on_upload(upload_id: int) -> None:
    """Check or import one uploaded list. Safe to run twice: rows that are in are there already."""
    upload = RosterUpload.objects.select_related("by").filter(pk=upload_id).first()
    if upload is None or not upload.is_running:
        return
    with override(upload.language):
        try:
            result = import_roster(
                content=content_of(upload),
                roster=upload.roster,
                by=upload.by,
                is_dry_run=upload.status == Status.CHECKING,
                is_verified=upload.is_verified,
                most_rows=MOST_ROWS,
                told=lambda seen, rows: _tell(upload_id, seen, rows),
            )
        except DomainError as refused:
            put_sealed(upload, content="")
            upload.status = Status.FAILED
            upload.report = {"reason": refused.reason, "help": refused.help}
            upload.save()
            return
        finish(upload, result)


@transaction.atomic
def finish(upload: RosterUpload, result: Result) -> None:
    """Keep the report and the rows to mend; a list that is in is not kept any longer."""
    upload.report = result.report.as_json()
    upload.roster = result.report.roster
    upload.row_count = upload.rows_seen = result.report.rows
    mend = base64.b64encode(file_to_mend(result)).decode() if result.to_mend else ""
    put_sealed(upload, to_mend=mend)
    if upload.status == Status.CHECKING:
        upload.status = Status.CHECKED
    else:
        upload.status = Status.DONE
        put_sealed(upload, content="")
    upload.save()


def content_of(upload: RosterUpload, field: str = "content") -> bytes:
    """The file as it was uploaded, or the rows to mend; the reading is logged like that of any sealed field."""
    opened = open_sealed(upload, [field], by=upload.by, purpose=Purpose.REGISTER)
    return base64.b64decode(opened[field])


def _tell(upload_id: int, seen: int, rows: int) -> None:
    if seen % TOLD_EVERY == 0 or seen == rows:
        RosterUpload.objects.filter(pk=upload_id).update(
            rows_seen=seen, row_count=rows, changed_at=timezone.now()
        )


@shared_task
def sweep_uploads() -> None:
    """Lists whose worker died go on; files that nobody needs any more are emptied."""
    now = timezone.now()
    running = RosterUpload.objects.filter(status__in=(Status.CHECKING, Status.IMPORTING))
    for upload_id in running.filter(changed_at__lt=now - STUCK_AFTER).values_list("pk", flat=True):
        work_on_upload(upload_id)
    RosterUpload.objects.filter(changed_at__lt=now - KEPT_FOR).exclude(content=b"", to_mend=b"").update(
        content=b"", to_mend=b""
    )


@shared_task
def weigh_search() -> None:
    """What is short of people, for the search."""
    weigh()


@shared_task
def relearn_words() -> None:
    """The words that the search suggests."""
    relearn()


@shared_task
def look_for_new() -> int:
    """What is new for those who saved a search; how many things were told."""
    return sum(look_again(pk) for pk in SavedSearch.objects.order_by("pk").values_list("pk", flat=True))
