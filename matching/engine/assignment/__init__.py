"""Who should help: exact plans over everybody, with a certificate."""

from matching.engine.assignment.changes import Changes
from matching.engine.assignment.exact import ExactAssignment
from matching.engine.assignment.problem import PairProblem, Plan, Problem, SpatialProblem

__all__ = ["Changes", "ExactAssignment", "PairProblem", "Plan", "Problem", "SpatialProblem"]
