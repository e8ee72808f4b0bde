"""The matching engine: who could help, who would, who should, whom to ask now, and why.

Plain Python on arrays. No Django, none of our apps; it can be used on its own::

    python -m matching.engine FILE...          solve public benchmark files, one JSON line each

Parts, in the order a need passes through them:

==================  ==========================================================================================
``CandidateGrid``   hard limits, then the k nearest eligible people                        (candidates.py)
``build_features``  the closed list of what may be known about a pair                      (features.py)
``PriorAcceptance`` who would say yes, before there is history                             (acceptance.py)
``ExactAssignment`` the best plan for all needs at once, with a proof over all pairs       (assignment/)
``Plan.refit``      the same after ``Changes``, in a fraction of the time                   (assignment/refit.py)
``first_wave``      how many to ask at once; ``next_action`` what to do after each answer  (dispatch.py)
``EquityRanking``   what a browsing volunteer sees first                                   (ranking.py)
``why``/``why_not`` reasons as codes with numbers, for the product to put into words       (explain.py)
==================  ==========================================================================================

Heavier parts are imported by their own names: ``learned_acceptance`` (scikit-learn), ``asking`` (policies that price
attention, their bounds), ``replay`` (a changed policy judged on the log), ``assignment.teams`` (all or nobody),
``alerting``, ``browsing``, ``arrivals``, ``simulation`` (the policy laboratory), ``synthetic`` (invented worlds).

Manners are scikit-learn's: parameters in ``__init__``, ``fit`` returns self, learned names end in ``_``. Places are
metres in a flat local projection, masks are bit sets (words.py), costs are whole numbers. Everything is deterministic.
Bad input raises an ``EngineError`` (errors.py) that says what and where.
"""

from matching.engine.acceptance import AcceptanceModel, PriorAcceptance
from matching.engine.assignment import Changes, ExactAssignment, PairProblem, Plan, SpatialProblem
from matching.engine.candidates import CandidateGrid, Candidates
from matching.engine.dispatch import (
    Action,
    Asked,
    DispatchRules,
    Situation,
    Step,
    choose_among_equals,
    first_wave,
    next_action,
    probability_of_at_least,
)
from matching.engine.errors import EngineError
from matching.engine.explain import Reason, why, why_not
from matching.engine.features import FEATURES, FeatureMatrix, build_features, smoothed_accept_rate
from matching.engine.ranking import EquityRanking

__all__ = [
    "FEATURES",
    "AcceptanceModel",
    "Action",
    "Asked",
    "CandidateGrid",
    "Candidates",
    "Changes",
    "DispatchRules",
    "EngineError",
    "EquityRanking",
    "ExactAssignment",
    "FeatureMatrix",
    "PairProblem",
    "Plan",
    "PriorAcceptance",
    "Reason",
    "Situation",
    "SpatialProblem",
    "Step",
    "build_features",
    "choose_among_equals",
    "first_wave",
    "next_action",
    "probability_of_at_least",
    "smoothed_accept_rate",
    "why",
    "why_not",
]
