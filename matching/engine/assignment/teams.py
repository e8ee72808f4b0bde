"""Teams: a nurse and a driver, both or nobody.

A team is a set of requests (its roles) that must be filled completely or not at all; an empty team costs the penalties
of all its seats. Without that rule the plan is at most as dear, so it proves a bound; a team that comes out half filled
is then decided both ways, "all of them" (an empty seat costs more than everything else together) and "nobody" (no
seats), best bound first (Land and Doig 1960). Each branch is one exact plan. Exact unless ``most_plans`` ends it; then
the best plan found, with its proven gap. Dropping half-filled teams gives a plan that keeps the rule at once.

Complexity: one plan where no team is torn, and at most two for each decision; in the worst case exponential in the
number of torn teams, which is why there is a limit.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from matching.engine.assignment.exact import ExactAssignment
from matching.engine.assignment.network import pair_rows, penalties_of
from matching.engine.assignment.problem import LARGEST_COST, PairProblem, Plan, Problem
from matching.engine.errors import ImpossiblePinError, OutOfRangeError
from matching.engine.words import Integers, points, whole_numbers


@dataclass(frozen=True)
class TeamPlan:
    """pairs (n, 2) and cost (n,) as in ``Plan``; unfilled (R,); objective with all penalties; lower_bound over every
    plan that keeps teams whole; exact: both are equal. plans: how many were solved."""

    pairs: Integers
    cost: Integers
    unfilled: Integers
    objective: int
    lower_bound: int
    exact: bool
    plans: int


@dataclass(frozen=True)
class _Choice:
    """Teams decided so far, by number."""

    whole: frozenset[int] = frozenset()
    nobody: frozenset[int] = frozenset()


class TeamAssignment:
    """Plans with teams. ``most_plans``: how many plans may be solved before the best one so far is given."""

    def __init__(self, most_plans: int = 200) -> None:
        self.most_plans = most_plans

    def solve(self, problem: Problem, teams: Sequence[Sequence[int]]) -> TeamPlan:
        """``teams``: for each team the indices of its requests; a request belongs to one team at most.

        Raises ImpossiblePinError when somebody is pinned to a team that cannot be filled.
        """
        if self.most_plans < 1:
            raise OutOfRangeError(f"most_plans must be at least 1, not {self.most_plans}")
        search = _Search(problem, teams)
        root = _Choice(search.wanted, frozenset())
        bound, best, plans = search.branch_and_bound(root, self.most_plans)
        if best is None:
            raise ImpossiblePinError("somebody is pinned to a team that cannot be filled")
        bound = min(bound, best.objective)
        return replace(best, lower_bound=bound, exact=bound == best.objective, plans=plans)


class _Search:
    def __init__(self, problem: Problem, teams: Sequence[Sequence[int]]) -> None:
        self.problem = problem
        self.headcount = whole_numbers(problem.headcount, "headcount", least=0)
        needs = len(self.headcount)
        self.penalty = penalties_of(problem.penalty, needs)
        self.teams = [whole_numbers(team, "team", least=0, most=max(needs - 1, 0)) for team in teams]
        members = np.concatenate([*self.teams, np.empty(0, np.int64)])
        if len(np.unique(members)) < len(members):
            raise OutOfRangeError("a request is named twice in the teams")
        pinned = pair_rows(problem.pinned, "pinned", 2, needs, LARGEST_COST)[:, 0]
        self.wanted = frozenset(
            number for number, team in enumerate(self.teams) if np.isin(team, pinned).any()
        )
        everything = int((self.headcount * np.maximum(self.penalty, _dearest(problem))).sum()) + 1
        if len(members) and everything > LARGEST_COST:
            raise OutOfRangeError(
                f"costs of all seats together must stay below {LARGEST_COST} where teams exist"
            )
        self.prohibitive = everything

    def branch_and_bound(self, root: _Choice, most_plans: int) -> tuple[int, TeamPlan | None, int]:
        """The proven bound, the best plan found and how many were solved."""
        number = count()
        heap: list[tuple[int, int, _Choice, Plan]] = []
        best: TeamPlan | None = None
        branches, plans = [root], 0
        while True:
            for branch in branches:
                found = self.plan(branch)
                plans += 1
                if found is None:
                    continue
                kept = self.without_torn(found[1], branch)
                if kept is not None and (best is None or kept.objective < best.objective):
                    best = kept
                heapq.heappush(heap, (found[0], next(number), branch, found[1]))
            if not heap:
                return LARGEST_COST, best, plans
            bound, _, choice, plan = heapq.heappop(heap)
            torn = self.torn(plan, choice)
            if torn is None or plans >= most_plans or (best is not None and bound >= best.objective):
                return bound, best, plans
            branches = [
                _Choice(choice.whole | {torn}, choice.nobody),
                _Choice(choice.whole, choice.nobody | {torn}),
            ]

    def plan(self, choice: _Choice) -> tuple[int, Plan] | None:
        """The bound of a choice and its plan; None when a team that must be whole cannot be."""
        headcount, penalty = self.headcount.copy(), self.penalty.copy()
        for number in choice.nobody:
            headcount[self.teams[number]] = 0
        for number in choice.whole:
            penalty[self.teams[number]] = self.prohibitive
        plan = ExactAssignment().solve(replace(self.problem, headcount=headcount, penalty=penalty))
        if any(plan.unfilled[self.teams[number]].any() for number in choice.whole):
            return None
        nobody = sum(self._empty(number) for number in choice.nobody)
        return plan.objective + nobody, plan

    def _empty(self, number: int) -> int:
        team = self.teams[number]
        return int((self.headcount[team] * self.penalty[team]).sum())

    def torn(self, plan: Plan, choice: _Choice) -> int | None:
        """The half-filled team with the most at stake."""
        worst, stake = None, -1
        for number, team in enumerate(self.teams):
            if number in choice.whole or number in choice.nobody:
                continue
            missing = int(plan.unfilled[team].sum())
            if 0 < missing < int(self.headcount[team].sum()) and self._empty(number) > stake:
                worst, stake = number, self._empty(number)
        return worst

    def without_torn(self, plan: Plan, choice: _Choice) -> TeamPlan | None:
        """The plan without the people of half-filled teams; None where such a team must be whole."""
        dropped = np.zeros(len(self.headcount), bool)
        for number, team in enumerate(self.teams):
            seats, missing = int(self.headcount[team].sum()), int(plan.unfilled[team].sum())
            if number not in choice.nobody and 0 < missing < seats:
                if number in self.wanted:
                    return None
                dropped[team] = True
        keep = ~dropped[plan.pairs[:, 0]]
        pairs, cost = plan.pairs[keep], plan.cost[keep]
        filled = np.bincount(pairs[:, 0], minlength=len(self.headcount)).astype(np.int64)
        unfilled = self.headcount - filled
        objective = int(cost.sum()) + int((unfilled * self.penalty).sum())
        return TeamPlan(pairs, cost, unfilled, objective, 0, False, 0)


def _dearest(problem: Problem) -> int:
    """No pair costs more than this."""
    if isinstance(problem, PairProblem):
        return int(np.max(np.asarray(problem.cost), initial=0))
    places = np.concatenate(
        [points(problem.request_xy, "request_xy"), points(problem.volunteer_xy, "volunteer_xy")]
    )
    if len(places) == 0:
        return 0
    far = int(np.ceil(np.hypot(*(places.max(axis=0) - places.min(axis=0)))))
    extra = 0 if problem.surcharge is None else int(np.max(np.asarray(problem.surcharge), initial=0))
    named = pair_rows(problem.pair_costs, "pair_costs", 3, LARGEST_COST, LARGEST_COST)
    return max(far + extra, int(named[:, 2].max(initial=0)))
