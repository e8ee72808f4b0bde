"""What a message keeps of the thing it is about, where it leads, and who did what it tells."""

from datetime import datetime
from typing import Any, Protocol

from django.db import connection, models
from django.urls import reverse

from accounts.models import User, Volunteer
from activities.models import Activity
from core.models import StateChange
from core.states import history
from matching.models import Assignment, Offer, ServiceRequest


class Timed(Protocol):
    starts_at: datetime
    ends_at: datetime


def times_of(thing: Timed) -> dict[str, str]:
    return {"starts_at": thing.starts_at.isoformat(), "ends_at": thing.ends_at.isoformat()}


def of_request(request: ServiceRequest) -> dict[str, Any]:
    return {"request": request.pk, "title": request.title, **times_of(request)}


def of_offer(offer: Offer) -> dict[str, Any]:
    studio = {"studio": offer.studio.name} if offer.studio else {}
    return {
        "offer": offer.pk,
        "answer_by": offer.answer_by.isoformat(),
        **of_request(offer.request),
        **studio,
    }


def of_assignment(assignment: Assignment) -> dict[str, Any]:
    return {"assignment": assignment.pk, **of_request(assignment.request)}


def of_activity(activity: Activity) -> dict[str, Any]:
    return {"activity": activity.pk, "title": activity.title, "place": activity.place, **times_of(activity)}


def address(name: str, *arguments: int) -> str:
    return reverse(name, args=arguments)


def asked_of(offer: Offer) -> User:
    """Who answers an offer: the volunteer, or the studio's lead."""
    if offer.volunteer is not None:
        return offer.volunteer.user
    assert offer.studio is not None, "an offer is put to one (constraint offer_is_put_to_one)"  # noqa: S101
    return offer.studio.lead


def offer_with_people(offer_id: int) -> Offer:
    wanted = Offer.objects.select_related("request__household__contact", "volunteer__user", "studio__lead")
    return wanted.get(pk=offer_id)


def request_with_people(request_id: int) -> ServiceRequest:
    return ServiceRequest.objects.select_related("household__contact", "posted_by").get(pk=request_id)


def assignment_with_people(assignment_id: int) -> Assignment:
    return Assignment.objects.select_related(
        "request__household__contact", "request__posted_by", "volunteer__user", "studio__lead"
    ).get(pk=assignment_id)


def volunteer_with_user(volunteer_id: int) -> Volunteer:
    return Volunteer.objects.select_related("user").get(pk=volunteer_id)


def last_move(row: models.Model) -> StateChange | None:
    """By whom and why the row came into its state; nobody is told what they did themselves."""
    return history(row).last()


def this_time() -> str:
    """A name for the running transaction: what may happen to one thing again is told again, twice in one it is not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        (name,) = cursor.fetchone()
    return str(name)
