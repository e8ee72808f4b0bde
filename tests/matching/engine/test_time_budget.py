"""What a time budget rests on: work is counted where it is done, and a search can be given up in the middle."""

import numpy as np
import pytest

from matching.engine.assignment import ExactAssignment, SpatialProblem
from matching.engine.assignment.exact import build_network
from matching.engine.assignment.lists import NO_MORE, lengthen
from matching.engine.assignment.proof import bound_of_paths
from matching.engine.assignment.search import fill_seats
from matching.engine.assignment.stages import empty_trail
from tests.matching.engine.districts import random_pairs


@pytest.mark.parametrize("method", ["auction", "paths"])
def test_where_hardly_anybody_has_the_skill_the_clock_is_looked_at_too(method):
    rng = np.random.default_rng(16)
    problem = SpatialProblem(
        request_xy=rng.uniform(0, 60_000, (3000, 2)), volunteer_xy=rng.uniform(0, 60_000, (200_000, 2)),
        headcount=np.full(3000, 2), penalty=60_000, request_skill=np.full(3000, 2),
        volunteer_skill=np.where(np.arange(200_000) < 30, 3, 1),
    )  # fmt: skip
    plan = ExactAssignment(seconds=0.4, method=method).solve(problem)
    assert plan.lower_bound <= plan.objective
    network = build_network(problem)
    pool, cost = lengthen(network.source, network.lists, network.pool, 0)
    while network.lists.bound[0] < NO_MORE:
        pool, more = lengthen(network.source, network.lists, pool, 0)
        cost += more
    assert cost >= 200_000 > 1000 * network.lists.length[0]


def test_a_search_that_is_given_up_changes_nothing_and_may_be_asked_again():
    rng = np.random.default_rng(17)
    problem = random_pairs(rng, 40, 60, 0.8, 50)
    network = build_network(problem)
    trail, at, stamp, quota = empty_trail(40), 0, 0, 1
    queue = np.arange(len(network.flow.seat_unit))
    while at < len(queue):
        before, done = network.flow.seat_unit.copy(), at
        at, stamp, _, network.pool = fill_seats(
            network.source, network.lists, network.pool, network.flow, trail, queue, at, stamp, quota
        )
        if at == done:
            assert (network.flow.seat_unit == before).all()
        quota = 2 * quota if at == done else 1
    assert bound_of_paths(network) == ExactAssignment().solve(problem).objective
