"""Rows locked in the one order: household, request, studio, volunteers ascending, offers, assignments."""

from collections.abc import Iterable

from accounts.models import Studio, Volunteer
from matching.models import Assignment, Offer, ServiceRequest


def locked_request(pk: int) -> ServiceRequest:
    """The household is read after the lock is held: a join would show it as it stood before the wait."""
    return ServiceRequest.objects.select_for_update(of=("self",)).select_related("division").get(pk=pk)


def locked_studio(pk: int) -> Studio:
    return Studio.objects.select_for_update(no_key=True).get(pk=pk)


def locked_volunteers(ids: Iterable[int]) -> list[Volunteer]:
    return list(Volunteer.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk"))


def locked_offer(pk: int) -> Offer:
    """Call with the request's lock held."""
    return (
        Offer.objects.select_for_update(of=("self",))
        .select_related("volunteer", "studio", "request")
        .get(pk=pk)
    )


def locked_assignment(pk: int) -> tuple[ServiceRequest, Assignment]:
    """The assignment and its request, both locked, the request first."""
    request = locked_request(Assignment.objects.values_list("request_id", flat=True).get(pk=pk))
    assignment = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("volunteer__user", "studio", "offer")
        .get(pk=pk)
    )
    assignment.request = request
    return request, assignment
