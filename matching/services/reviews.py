"""One service, one review (一事一评), by the person served."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from core.events import publish
from matching.events import RequestChanged, ServiceReviewed
from matching.models import Assignment, Review
from matching.permissions import check_may
from matching.services.locks import locked_assignment
from matching.states import OUT_AGAIN


@transaction.atomic
def review_service(*, assignment: Assignment, stars: int, words: str, by: User) -> Review:
    """What the household says of one service. Where nobody of the household has an account, the worker writes down
    what was said by phone, and the review says so. The same person again gets the first review.

    Raises DomainError: not_yours, not_over_yet, reviewed_already, not_one_to_five.
    """
    request, assignment = locked_assignment(assignment.pk)
    check_may(by, "matching.review", assignment)
    first = Review.objects.filter(assignment=assignment).first()
    if first is not None:
        check_is_the_same_reviewer(first, by)
        return first
    check_is_over(assignment)
    check_stars(stars)
    review = Review.objects.create(
        assignment=assignment,
        stars=stars,
        words=words.strip()[:300],
        by=by,
        is_by_phone=request.household.contact_id != by.pk,
    )
    publish(ServiceReviewed(review.pk, assignment.pk))
    publish(RequestChanged(request.pk))
    return review


def check_is_over(assignment: Assignment) -> None:
    if assignment.status not in OUT_AGAIN:
        raise DomainError(
            "not_over_yet", _("This service is not over yet."), help=_("Come back when the person has left.")
        )


def check_is_the_same_reviewer(review: Review, by: User) -> None:
    if review.by_id != by.pk:
        raise DomainError(
            "reviewed_already",
            _("This service has been reviewed already."),
            help=_("Each service is reviewed once."),
        )


def check_stars(stars: int) -> None:
    if not 1 <= stars <= 5:
        raise DomainError("not_one_to_five", _("Stars go from 1 to 5."), help=_("Choose again."))
