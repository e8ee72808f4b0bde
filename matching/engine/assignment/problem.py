"""What an assignment problem is: seats of needs, people with capacity, whole-number costs.

Two ways to say which pairs may meet and what they cost:

* ``SpatialProblem``: places and masks. The cost of a pair is its distance in whole metres plus the person's
  ``surcharge`` (fairness, load, unwillingness), unless ``pair_costs`` names it (continuity, travel time). Every
  eligible pair counts, none is listed.
* ``PairProblem``: an explicit list of pairs with costs. What is not listed is forbidden.

Costs are whole numbers (metres, cents, seconds) from 0 to 2**31 - 2, so that optimality can be proved exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import ArrayLike

from matching.engine.errors import NotFittedError
from matching.engine.words import Integers

if TYPE_CHECKING:
    from matching.engine.assignment.changes import Changes

LARGEST_COST = 2**31 - 2
EMPTY_PAIRS: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class PairProblem:
    """Explicit pairs. R needs, V people, P pairs.

    headcount (R,) seats of each need; capacity (V,) how many needs a person can take; penalty (R,) or one number, the
    cost of one empty seat; request, volunteer, cost (P,). A pair fills at most one seat; of a pair listed twice the
    cheaper counts. forbidden, pinned: (request, volunteer) pairs; a pinned pair must be listed.
    """

    headcount: ArrayLike
    capacity: ArrayLike
    penalty: ArrayLike
    request: ArrayLike
    volunteer: ArrayLike
    cost: ArrayLike
    forbidden: ArrayLike = EMPTY_PAIRS
    pinned: ArrayLike = EMPTY_PAIRS


@dataclass(frozen=True, kw_only=True)
class SpatialProblem:
    """Everybody in a district. R needs, V people.

    request_xy (R, 2), volunteer_xy (V, 2) metres; *_skill, *_slot masks of words.py (a person must hold all bits of the
    need); headcount (R,); capacity (V,) needs in total; penalty (R,) or one number, the cost of an empty seat;
    request_radius, volunteer_radius metres, may be infinite; surcharge (V,) whole numbers >= 0; remote (R,) needs whose
    distance counts 0. A person takes at most one need in a slot and fills at most one seat of a need; ``several`` marks
    providers (studios) for whom neither holds: they may fill as many seats as their capacity.

    forbidden, pinned: (request, volunteer) pairs. A pinned pair counts even where masks or radius forbid it (a person
    decided so) but not against a capacity. pair_costs: (request, volunteer, cost) rows replacing the cost of a pair
    that is eligible.
    """

    request_xy: ArrayLike
    volunteer_xy: ArrayLike
    headcount: ArrayLike
    penalty: ArrayLike
    request_skill: ArrayLike | None = None
    request_slot: ArrayLike | None = None
    volunteer_skill: ArrayLike | None = None
    volunteer_slot: ArrayLike | None = None
    request_radius: ArrayLike = np.inf
    volunteer_radius: ArrayLike = np.inf
    capacity: ArrayLike | None = None
    surcharge: ArrayLike | None = None
    remote: ArrayLike | None = None
    several: ArrayLike | None = None
    forbidden: ArrayLike = EMPTY_PAIRS
    pinned: ArrayLike = EMPTY_PAIRS
    pair_costs: ArrayLike = field(default=())


Problem = PairProblem | SpatialProblem


class Standing(Protocol):
    """What a plan stands on: able to plan again after changes."""

    def refit(self, plan: Plan, changes: Changes) -> Plan: ...


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What ``solve`` found.

    pairs (n, 2) request and volunteer of each filled seat, ascending; cost (n,) of each, in the same order; unfilled
    (R,) empty seats; objective = costs + penalties; lower_bound <= the optimum over all pairs; exact: both are equal
    and proved. request_price (R,) what one more seat would cost (u); volunteer_price (V,) what the plan would save with
    one more of this person (p), 0 for anybody to spare. seconds of solving.
    """

    pairs: Integers
    cost: Integers
    unfilled: Integers
    objective: int
    lower_bound: int
    exact: bool
    request_price: Integers
    volunteer_price: Integers
    seconds: float
    pairs_looked_at: int = 0
    standing: Standing | None = field(default=None, repr=False, compare=False)

    @property
    def gap(self) -> float:
        """How far from the optimum this can be at most, as a share of the lower bound."""
        return (self.objective - self.lower_bound) / max(self.lower_bound, 1)

    def refit(self, changes: Changes) -> Plan:
        """The optimum after changes, proved again. Much faster than solving anew when little changed (refit.py).

        What the plan stands on is carried over to the new one: refit the newest plan, an older one refuses
        (``StalePlanError``).
        """
        if self.standing is None:
            raise NotFittedError("a plan that did not come from ExactAssignment cannot be refitted")
        return self.standing.refit(self, changes)

    def volunteers_of(self, request: int) -> Integers:
        """Who fills the seats of one request, ascending."""
        who: Integers = self.pairs[self.pairs[:, 0] == request, 1]
        return who
