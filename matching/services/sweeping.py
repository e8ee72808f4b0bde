"""What falls between two tasks is picked up here: offers past their deadline, needs whose task was lost."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from matching.models import Offer, ServiceRequest
from matching.services.offers import expire_offer
from matching.states import LIVE

AT_ONCE = 500
A_TASK_MAY_TAKE = timedelta(seconds=15)


def expire_due_offers() -> int:
    """Offers whose deadline has passed end. A request that somebody works on now is left to the next sweep."""
    due = Offer.objects.open().filter(answer_by__lte=timezone.now()).order_by("answer_by")
    expired = 0
    for pk in due.values_list("pk", flat=True)[:AT_ONCE]:
        with transaction.atomic():
            offer = Offer.objects.open().filter(pk=pk).first()
            if offer is None or not _is_free(offer.request_id):
                continue
            expired += expire_offer(offer=offer)
    return expired


def _is_free(request_id: int) -> bool:
    locked = ServiceRequest.objects.select_for_update(skip_locked=True).filter(pk=request_id)
    return locked.values_list("pk", flat=True).first() is not None


def stranded_requests() -> list[int]:
    """Needs that look for people while nobody thinks about them, because their task was lost or is about to run; and
    needs whose time has come."""
    now = timezone.now()
    live = Offer.objects.filter(request=OuterRef("pk"), status__in=LIVE)
    waiting = ServiceRequest.objects.waiting().filter(
        (~Exists(live) & Q(posted_at__lte=now - A_TASK_MAY_TAKE)) | Q(starts_at__lte=now)
    )
    return list(waiting.order_by("starts_at").values_list("pk", flat=True)[:AT_ONCE])
