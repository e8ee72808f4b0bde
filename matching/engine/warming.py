"""Machine code before it is needed."""

from matching.engine.assignment import ExactAssignment, PairProblem


def ready_for_pairs() -> None:
    """Compile, or load from the cache, what a plan of priced pairs needs, which is all that the site solves.

    Some 20 s of a processor the first time on a machine, 1 s from then on.
    """
    ExactAssignment().solve(
        PairProblem(headcount=[1], capacity=[1], penalty=[9], request=[0], volunteer=[0], cost=[1])
    )
