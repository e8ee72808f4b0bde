"""Who should help: exact plans over everybody, with a certificate."""

from matching.engine.assignment.exact import ExactAssignment
from matching.engine.assignment.problem import PairProblem, Plan, Problem, SpatialProblem

__all__ = ["ExactAssignment", "PairProblem", "Plan", "Problem", "SpatialProblem"]
