"""The roles of a shift: how many are needed of each, and what each must be able to prove."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from activities.checks.posting import check_can_change, check_runs
from activities.checks.qualifications import RoleGiven, check_roles_are_sound, check_roles_keep_promises
from activities.models import Shift, ShiftRole
from activities.services.line import offer_free_places
from activities.services.sign_up import rules_of


@transaction.atomic
def set_roles(*, shift: Shift, roles: Sequence[RoleGiven], by: User) -> Shift:
    """Give a shift these roles, in the place of those it had; its places are then theirs together. No roles: the
    shift keeps its places, for everybody.

    Raises DomainError `not_the_organiser`, `not_in_this_state`, `role_twice`, `least_beyond_places`, `role_is_taken`,
    `has_sign_ups`.
    """
    locked = Shift.objects.select_for_update(of=("self",)).select_related("activity").get(pk=shift.pk)
    check_runs(locked.activity, by)
    check_can_change(locked.activity)
    check_roles_are_sound(roles)
    old = list(locked.roles.order_by("id"))
    check_roles_keep_promises(locked, old, roles)
    known = {role.name: role for role in old}
    for given in roles:
        values = {"places": given.places, "least": given.least, "qualification": given.qualification}
        if given.name in known:
            ShiftRole.objects.filter(pk=known.pop(given.name).pk).update(**values)
        else:
            ShiftRole.objects.create(shift=locked, name=given.name, **values)
    for gone in known.values():
        gone.sign_ups.update(role=None)  # cancelled ones: the others were refused above
        gone.delete()
    if roles:
        locked.places = sum(role.places for role in roles)
        locked.save(update_fields=["places"])
    offer_free_places(shift=locked, rules=rules_of(locked), now=timezone.now())
    return locked
