"""Who holds what on a day, with everything that a paper includes: the graph is walked here, in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from activities.models import Qualification, QualificationGrant


def closure(includes: dict[int, set[int]]) -> dict[int, frozenset[int]]:
    """Everything that each includes, itself too, however deep; a circle includes all its members."""
    reached: dict[int, frozenset[int]] = {}
    for start in includes:
        seen, ahead = {start}, [start]
        while ahead:
            ahead = [below for one in ahead for below in includes.get(one, ()) if below not in seen]
            seen.update(ahead)
        reached[start] = frozenset(seen)
    return reached


@dataclass(frozen=True)
class Papers:
    """The checked papers of some people, read once; `held` answers for a person and a day."""

    includes: dict[int, frozenset[int]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    grants: dict[int, list[QualificationGrant]] = field(default_factory=dict)

    @classmethod
    def of(cls, volunteer_ids: Iterable[int]) -> Papers:
        """Three queries."""
        known = list(Qualification.objects.all())
        direct: dict[int, set[int]] = {one.pk: set() for one in known}
        for whole, part in Qualification.includes.through.objects.values_list(
            "from_qualification", "to_qualification"
        ):
            direct[whole].add(part)
        grants: dict[int, list[QualificationGrant]] = {}
        checked = QualificationGrant.objects.filter(
            volunteer__in=list(volunteer_ids), status=QualificationGrant.Status.CHECKED
        )
        for grant in checked:
            grants.setdefault(grant.volunteer_id, []).append(grant)
        return cls(closure(direct), {one.pk: str(one) for one in known}, grants)

    def held(self, volunteer_id: int, day: date) -> frozenset[int]:
        """Ids of the qualifications that this person has on that day."""
        valid = (g.qualification_id for g in self.grants.get(volunteer_id, ()) if g.is_valid_on(day))
        return frozenset().union(*(self.includes[one] for one in valid))
