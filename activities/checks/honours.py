"""Who writes awards and training into whose record."""

from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation, User, Volunteer
from core.errors import DomainError


def volunteers_recorded_by(user: User) -> QuerySet[Volunteer]:
    """People who live or served in one's area; members of a unit that one manages, and people who served for it;
    members of a studio that one leads, and people who served for it. Never oneself."""
    managed = Organisation.objects.filter(
        memberships__user=user, memberships__is_manager=True, memberships__status=Membership.Status.MEMBER
    ).values("pk")
    known = (
        Q(
            pk__in=Volunteer.objects.filter(
                user__memberships__organisation__in=managed,
                user__memberships__status=Membership.Status.MEMBER,
            ).values("pk")
        )
        | Q(pk__in=Volunteer.objects.filter(service_records__organisation__in=managed).values("pk"))
        | Q(pk__in=Volunteer.objects.filter(studio_memberships__studio__lead=user).values("pk"))
        | Q(pk__in=Volunteer.objects.filter(service_records__studio__lead=user).values("pk"))
    )
    for code in user.scope_codes:
        known |= Q(home_division__code__startswith=code)
        served = Volunteer.objects.filter(service_records__division__code__startswith=code)
        known |= Q(pk__in=served.values("pk"))
    return Volunteer.objects.filter(known).exclude(user=user)


def check_writes_in_record(volunteer: Volunteer, by: User) -> None:
    if volunteer.user_id == by.pk:
        raise DomainError(
            "own_record",
            _("Nobody writes into their own record."),
            help=_("Show the document to the volunteer centre; they enter it."),
        )
    if not volunteers_recorded_by(by).filter(pk=volunteer.pk).exists():
        raise DomainError(
            "not_your_volunteer",
            _("This person belongs neither to your area nor to your team."),
            help=_("Ask the volunteer centre to enter it."),
        )


def check_not_in_the_future(day: date, today: date) -> None:
    if day > today:
        raise DomainError("future", _("This day has not come yet."), help=_("Check the date."))
