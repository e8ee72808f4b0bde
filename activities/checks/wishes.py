"""A volunteer wants a shift: everything that the checks look at, read beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Commitment, RuleSet, SourceKind, Volunteer
from activities.models import Shift, ShiftRole, SignUp, Waiting
from activities.qualifications import Papers


@dataclass(frozen=True)
class Wish:
    shift: Shift
    volunteer: Volunteer | None
    rules: RuleSet
    now: datetime
    is_signed_up: bool = False
    is_kept: bool = False  # a place is kept for this person (waiting list)
    in_the_way: Commitment | None = None
    papers: Papers = field(default_factory=Papers)
    roles: tuple[ShiftRole, ...] = ()

    @property
    def held(self) -> frozenset[int]:
        """Ids of the qualifications that the person has on the day of the shift."""
        if self.volunteer is None:
            return frozenset()
        return self.papers.held(self.volunteer.pk, timezone.localdate(self.shift.starts_at))

    @property
    def own_roles(self) -> list[ShiftRole]:
        """The roles that this person may fill; first those of which too few have come, and the special ones."""
        held = self.held
        may = [role for role in self.roles if role.qualification_id is None or role.qualification_id in held]
        return sorted(may, key=lambda role: (not role.is_short, role.qualification_id is None, role.pk))

    @property
    def has_room(self) -> bool:
        if self.roles:
            return any(role.free > 0 for role in self.own_roles)
        return self.shift.free > 0


def wishes_for(
    shifts: Sequence[Shift],
    volunteer: Volunteer | None,
    *,
    rules: RuleSet,
    now: datetime,
    instead_of_sign_up: int | None = None,
) -> list[Wish]:
    """The wishes of one person for several shifts, with seven queries however many there are. The promise of the
    sign-up `instead_of_sign_up` is not in the way: it would be given for the shift."""
    if volunteer is None or not shifts:
        return [Wish(shift, volunteer, rules, now) for shift in shifts]
    taken = set(
        SignUp.objects.standing()
        .filter(volunteer=volunteer, shift__in=shifts)
        .values_list("shift", flat=True)
    )
    kept = set(
        Waiting.objects.filter(
            volunteer=volunteer, shift__in=shifts, status=Waiting.Status.OFFERED, answer_by__gt=now
        ).values_list("shift", flat=True)
    )
    rest = timedelta(minutes=rules.rest_minutes)
    first = min(shift.starts_at for shift in shifts) - rest
    last = max(shift.ends_at for shift in shifts) + rest
    promises = list(
        Commitment.objects.filter(volunteer=volunteer)
        .overlapping(first, last)
        .exclude(source_kind=SourceKind.SIGN_UP, source_id=instead_of_sign_up or 0)
        .order_by("period")
    )
    papers, roles = Papers.of([volunteer.pk]), roles_of(shifts)
    return [
        Wish(
            shift,
            volunteer,
            rules,
            now,
            is_signed_up=shift.pk in taken,
            is_kept=shift.pk in kept,
            in_the_way=_in_the_way(promises, shift, rest),
            papers=papers,
            roles=roles.get(shift.pk, ()),
        )
        for shift in shifts
    ]


def roles_of(shifts: Iterable[Shift]) -> dict[int, tuple[ShiftRole, ...]]:
    """The roles by shift, one query."""
    found: dict[int, tuple[ShiftRole, ...]] = {}
    for role in (
        ShiftRole.objects.filter(shift__in=list(shifts)).select_related("qualification").order_by("id")
    ):
        found[role.shift_id] = (*found.get(role.shift_id, ()), role)
    return found


def with_fresh_roles(wish: Wish) -> Wish:
    """The same with the roles as they are now, after a place in them was given back."""
    return replace(wish, roles=roles_of([wish.shift]).get(wish.shift.pk, ()))


def _in_the_way(promises: Iterable[Commitment], shift: Shift, rest: timedelta) -> Commitment | None:
    for promise in promises:
        if promise.period.lower < shift.ends_at + rest and shift.starts_at - rest < promise.period.upper:
            return promise
    return None
