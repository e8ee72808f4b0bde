"""Who takes part in a thread, and by which name the others know them."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User, Volunteer
from activities.models import SignUp
from notifications.models import Thread


def those_of(thread: Thread) -> list[User]:
    """Everybody who takes part, in one query for each side."""
    if thread.assignment:
        need = thread.assignment.request
        lead = thread.assignment.studio.lead_id if thread.assignment.studio else None
        ids = [thread.assignment.volunteer.user_id, need.posted_by_id, need.household.contact_id, lead]
        return list(User.objects.filter(pk__in=[pk for pk in ids if pk], is_active=True))
    comes = SignUp.objects.exclude(status=SignUp.Status.CANCELLED).filter(shift__activity=thread.activity)
    organiser = thread.activity.posted_by_id if thread.activity else None
    return list(
        User.objects.filter(Q(pk=organiser) | Q(pk__in=comes.values("volunteer__user")), is_active=True)
    )


def names_in(thread: Thread, author_ids: Iterable[int]) -> dict[int, str]:
    """Volunteers by the name that they let be shown, the household's contact without one, staff by their own."""
    ids = set(author_ids)
    users = {user.pk: user.name for user in User.objects.filter(pk__in=ids)}
    for volunteer in Volunteer.objects.filter(user__in=ids).select_related("user"):
        users[volunteer.user_id] = volunteer.public_name
    need = thread.assignment.request if thread.assignment else None
    in_charge = need.posted_by_id if need else thread.activity.posted_by_id if thread.activity else None
    if need and need.household.contact_id in users:
        users[need.household.contact_id] = _("The household")
    if in_charge in users:
        staff = User.objects.get(pk=in_charge)
        users[in_charge] = (_("%(name)s, community worker") if need else _("%(name)s, organiser")) % {
            "name": staff.name
        }
    return {pk: str(name) for pk, name in users.items()}
